//! Operations that replace each value by another one, channel by channel (Pillow's `ImageOps`).

use image::RgbImage;

/// Stretches each channel so that its darkest value becomes 0 and its lightest 255.
#[must_use]
pub fn autocontrast(picture: &RgbImage) -> RgbImage {
    let tables = histograms(picture).map(|histogram| {
        let first = histogram.iter().position(|&count| count > 0).unwrap_or(0);
        let last = histogram.iter().rposition(|&count| count > 0).unwrap_or(0);
        if last <= first {
            return identity();
        }
        let scale = 255.0 / (last - first) as f64;
        let offset = -(first as f64) * scale;
        std::array::from_fn(|value| (value as f64 * scale + offset) as u8)
    });
    through(picture, &tables)
}

/// Spreads each channel's values so that all of them are about equally frequent.
#[must_use]
pub fn equalize(picture: &RgbImage) -> RgbImage {
    let tables = histograms(picture).map(|histogram| {
        let last = histogram.iter().rfind(|&&count| count > 0).copied();
        let step = (histogram.iter().sum::<u64>() - last.unwrap_or(0)) / 255;
        if step == 0 {
            return identity();
        }
        let mut seen = step / 2;
        std::array::from_fn(|value| {
            let level = (seen / step).min(255) as u8;
            seen += histogram[value];
            level
        })
    });
    through(picture, &tables)
}

/// Keeps the upper `bits` (0 to 8) of each value.
#[must_use]
pub fn posterize(picture: &RgbImage, bits: u8) -> RgbImage {
    let mask = !(0xff_u32 >> bits.min(8)) as u8;
    through(
        picture,
        &[std::array::from_fn(|value| value as u8 & mask); 3],
    )
}

/// Inverts the values from `threshold` up.
#[must_use]
pub fn solarize(picture: &RgbImage, threshold: f32) -> RgbImage {
    let table = std::array::from_fn(|value| {
        if (value as f32) < threshold {
            value as u8
        } else {
            255 - value as u8
        }
    });
    through(picture, &[table; 3])
}

/// The negative.
#[must_use]
pub fn invert(picture: &RgbImage) -> RgbImage {
    solarize(picture, 0.0)
}

type Table = [u8; 256];

fn identity() -> Table {
    std::array::from_fn(|value| value as u8)
}

fn histograms(picture: &RgbImage) -> [[u64; 256]; 3] {
    let mut histograms = [[0; 256]; 3];
    for pixel in picture.pixels() {
        for (histogram, value) in histograms.iter_mut().zip(pixel.0) {
            histogram[usize::from(value)] += 1;
        }
    }
    histograms
}

fn through(picture: &RgbImage, tables: &[Table; 3]) -> RgbImage {
    let mut result = picture.clone();
    for pixel in result.pixels_mut() {
        for (value, table) in pixel.0.iter_mut().zip(tables) {
            *value = table[usize::from(*value)];
        }
    }
    result
}
