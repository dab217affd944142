//! From the canvas to the picture: focus, light, sensor.

use image::RgbImage;
use tiny_skia::Pixmap;

use crate::data::rng::Rng;
use crate::data::synth::colour::{Colour, load};
use crate::data::synth::noise::Noise;

/// Turns the painted canvas into a picture.
pub(super) fn develop(mut canvas: Pixmap, rng: &mut Rng) -> RgbImage {
    let size = canvas.width() as usize;
    if rng.chance(0.3) {
        blur(canvas.data_mut(), size, 1);
    }
    let exposure = rng.range(0.75, 1.2);
    let balance: Colour = std::array::from_fn(|_| exposure * (1.0 + 0.06 * rng.bell()));
    let (grain, vignette) = (rng.range(0.0, 0.03), rng.range(0.0, 0.6));
    let clouds = Noise::new(rng.next());
    let (cloud, lift) = (rng.range(0.0, 0.25), rng.range(0.0, 0.12));
    let mut picture = RgbImage::new(size as u32, size as u32);
    let pixels = canvas.data().chunks_exact(4).zip(picture.pixels_mut());
    for (number, (from, to)) in pixels.enumerate() {
        let [x, y] = [number % size, number / size].map(|at| at as f32 / size as f32 - 0.5);
        let light = 1.0 - vignette * (x * x + y * y) + cloud * clouds.at(3.0 * x, 3.0 * y);
        let random = rng.next();
        let colour = load(from);
        for channel in 0..3 {
            let speck = ((random >> (16 * channel)) & 0xFFFF) as f32 / 32_768.0 - 1.0;
            let value = lift + (1.0 - lift) * colour[channel] * light * balance[channel];
            to.0[channel] = ((value + grain * speck).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        }
    }
    picture
}

/// A box filter of that radius in pixels along rows and columns, twice: close to a Gaussian. Edges are continued.
pub(super) fn blur(data: &mut [u8], size: usize, radius: usize) {
    let mut line = vec![[0u32; 3]; size];
    let width = 2 * radius as u32 + 1;
    for _ in 0..2 {
        for (step, across) in [(4, 4 * size), (4 * size, 4)] {
            for start in (0..size).map(|number| number * across) {
                for (number, value) in line.iter_mut().enumerate() {
                    let pixel = &data[start + number * step..];
                    *value = std::array::from_fn(|channel| u32::from(pixel[channel]));
                }
                let at = |position: usize| line[position.saturating_sub(radius).min(size - 1)];
                // Positions count from `radius` before the first pixel.
                let mut sum = [0u32; 3];
                for position in 0..width as usize {
                    let value = at(position);
                    (0..3).for_each(|channel| sum[channel] += value[channel]);
                }
                for number in 0..size {
                    let (new, old) = (at(number + width as usize), at(number));
                    for channel in 0..3 {
                        data[start + number * step + channel] = (sum[channel] / width) as u8;
                        sum[channel] = sum[channel] + new[channel] - old[channel];
                    }
                }
            }
        }
    }
}
