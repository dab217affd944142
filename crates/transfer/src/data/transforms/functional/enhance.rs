//! Brightness, contrast, saturation, sharpness and hue, in Pillow's 8-bit arithmetic (`ImageEnhance`, `HSV`).

use image::{Rgb, RgbImage};

/// Blends with black: 0 is black, 1 the picture, more is brighter.
#[must_use]
pub fn adjust_brightness(picture: &RgbImage, factor: f32) -> RgbImage {
    let table: Vec<u8> = (0..=255).map(|value| blend(0, value, factor)).collect();
    map(picture, |value| table[usize::from(value)])
}

/// Blends with the mean grey of the picture: 0 is grey, 1 the picture, more has more contrast.
#[must_use]
pub fn adjust_contrast(picture: &RgbImage, factor: f32) -> RgbImage {
    let sum: u64 = picture.pixels().map(|p| u64::from(luma(p))).sum();
    let pixels = (u64::from(picture.width()) * u64::from(picture.height())).max(1);
    let mean = (sum as f64 / pixels as f64 + 0.5) as u8;
    let table: Vec<u8> = (0..=255).map(|value| blend(mean, value, factor)).collect();
    map(picture, |value| table[usize::from(value)])
}

/// Blends with the picture in grey: 0 is grey, 1 the picture, more is more colourful.
#[must_use]
pub fn adjust_saturation(picture: &RgbImage, factor: f32) -> RgbImage {
    let mut result = picture.clone();
    for pixel in result.pixels_mut() {
        let grey = luma(pixel);
        pixel.0 = pixel.0.map(|value| blend(grey, value, factor));
    }
    result
}

/// Blends with a smoothed picture: 0 is smooth, 1 the picture, more is sharper. The outermost pixels stay.
#[must_use]
pub fn adjust_sharpness(picture: &RgbImage, factor: f32) -> RgbImage {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut result = picture.clone();
    if width < 3 || height < 3 {
        return result;
    }
    let (source, pitch): (&[u8], usize) = (picture.as_raw(), 3 * width);
    for y in 1..height - 1 {
        let [above, here, below] = [y - 1, y, y + 1].map(|row| &source[row * pitch..][..pitch]);
        let target = &mut result.as_mut()[y * pitch..][..pitch];
        for at in 3..pitch - 3 {
            let around =
                |row: &[u8]| u32::from(row[at - 3]) + u32::from(row[at]) + u32::from(row[at + 3]);
            let sum = around(above) + around(here) + around(below) + 4 * u32::from(here[at]);
            // Pillow's ImageFilter.SMOOTH: the pixel five times, its neighbours once, over 13.
            let smooth = (sum as f32 / 13.0 + 0.5) as u8;
            target[at] = blend(smooth, here[at], factor);
        }
    }
    result
}

/// Turns the hue by `factor` of a full circle, from −0.5 to 0.5.
#[must_use]
pub fn adjust_hue(picture: &RgbImage, factor: f32) -> RgbImage {
    let turn = ((factor * 255.0) as i32) as u8;
    let mut result = picture.clone();
    for pixel in result.pixels_mut() {
        let [hue, saturation, value] = to_hsv(pixel.0);
        pixel.0 = from_hsv([hue.wrapping_add(turn), saturation, value]);
    }
    result
}

/// The picture in shades of grey, still three channels: torchvision's `Grayscale(3)`.
#[must_use]
pub fn grayscale(picture: &RgbImage) -> RgbImage {
    let mut result = picture.clone();
    for pixel in result.pixels_mut() {
        *pixel = Rgb([luma(pixel); 3]);
    }
    result
}

/// ITU-R 601 luma in 16-bit fixed point, as Pillow's `convert("L")`.
fn luma(pixel: &Rgb<u8>) -> u8 {
    let [r, g, b] = pixel.0.map(u32::from);
    ((19_595 * r + 38_470 * g + 7_471 * b + 0x8000) >> 16) as u8
}

/// From `low` (factor 0) over `high` (factor 1) and beyond, cut off at 0 and 255, rounded down: `Image.blend`.
fn blend(low: u8, high: u8, factor: f32) -> u8 {
    let (low, high) = (f32::from(low), f32::from(high));
    (low + factor * (high - low)) as u8
}

fn map(picture: &RgbImage, value: impl Fn(u8) -> u8) -> RgbImage {
    let mut result = picture.clone();
    for byte in result.iter_mut() {
        *byte = value(*byte);
    }
    result
}

/// Pillow's `rgb2hsv`, each in a byte.
fn to_hsv([r, g, b]: [u8; 3]) -> [u8; 3] {
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    if most == least {
        return [0, 0, most];
    }
    let range = f32::from(most - least);
    let [rc, gc, bc] = [r, g, b].map(|value| f32::from(most - value) / range);
    // Pillow adds in double precision here.
    let hue = if r == most {
        f64::from(bc - gc)
    } else if g == most {
        2.0 + f64::from(rc) - f64::from(bc)
    } else {
        4.0 + f64::from(gc) - f64::from(rc)
    } as f32;
    let hue = (f64::from(hue) / 6.0 + 1.0).fract() as f32;
    let saturation = range / f32::from(most);
    [
        (f64::from(hue) * 255.0) as u8,
        (f64::from(saturation) * 255.0) as u8,
        most,
    ]
}

/// Pillow's `hsv2rgb`.
fn from_hsv([hue, saturation, value]: [u8; 3]) -> [u8; 3] {
    if saturation == 0 {
        return [value; 3];
    }
    let sector = f64::from(hue) as f32 * 6.0 / 255.0;
    let whole = sector.floor();
    let part = sector - whole;
    let saturation = f32::from(saturation) / 255.0;
    let shade = |share: f32| (f32::from(value) * (1.0 - saturation * share)).round() as u8;
    let (p, q, t) = (shade(1.0), shade(part), shade(1.0 - part));
    match whole as u8 % 6 {
        0 => [value, t, p],
        1 => [q, value, p],
        2 => [p, value, t],
        3 => [p, q, value],
        4 => [t, p, value],
        _ => [value, p, q],
    }
}
