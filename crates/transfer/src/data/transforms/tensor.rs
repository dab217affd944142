//! From a picture's bytes to a net's numbers, and what is done to those.

use image::RgbImage;

use super::super::rng::Rng;

/// In which order the numbers of a picture lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// Channel, row, column: PyTorch's contiguous format.
    #[default]
    ChannelsFirst,
    /// Row, column, channel: PyTorch's `channels_last`.
    ChannelsLast,
}

/// `(value / 255 − mean) / std` for each number of the picture, in one pass. `target` has a place for each.
pub(super) fn normalize(
    picture: &RgbImage,
    mean: [f32; 3],
    std: [f32; 3],
    layout: Layout,
    target: &mut [f32],
) {
    let pixels = picture.as_raw().as_chunks::<3>().0;
    let scale = std.map(|std| 1.0 / (255.0 * std));
    let shift: [f32; 3] = std::array::from_fn(|channel| mean[channel] / std[channel]);
    let value = |pixel: &[u8; 3], channel: usize| {
        f32::from(pixel[channel]) * scale[channel] - shift[channel]
    };
    match layout {
        Layout::ChannelsLast => {
            for (numbers, pixel) in target.as_chunks_mut::<3>().0.iter_mut().zip(pixels) {
                *numbers = [0, 1, 2].map(|channel| value(pixel, channel));
            }
        }
        Layout::ChannelsFirst => {
            let planes = target.chunks_exact_mut(pixels.len().max(1));
            for (channel, plane) in planes.enumerate() {
                for (number, pixel) in plane.iter_mut().zip(pixels) {
                    *number = value(pixel, channel);
                }
            }
        }
    }
}

/// Sets a random rectangle to 0 with the probability `p`: torchvision's `RandomErasing` with its usual ranges (Zhong
/// and others, "Random Erasing Data Augmentation", AAAI 2020).
pub(super) fn random_erasing(
    values: &mut [f32],
    [height, width]: [usize; 2],
    p: f32,
    layout: Layout,
    rng: &mut Rng,
) {
    if !rng.chance(p) {
        return;
    }
    for _ in 0..10 {
        let area = (height * width) as f32 * rng.range(0.02, 0.33);
        let aspect = rng.range(0.3_f32.ln(), 3.3_f32.ln()).exp();
        let rows = (area * aspect).sqrt().round_ties_even() as usize;
        let columns = (area / aspect).sqrt().round_ties_even() as usize;
        if rows >= height || columns >= width {
            continue;
        }
        let (top, left) = (rng.below(height - rows + 1), rng.below(width - columns + 1));
        for row in top..top + rows {
            let start = row * width + left;
            match layout {
                Layout::ChannelsLast => values[3 * start..3 * (start + columns)].fill(0.0),
                Layout::ChannelsFirst => {
                    for plane in values.chunks_exact_mut(height * width) {
                        plane[start..start + columns].fill(0.0);
                    }
                }
            }
        }
        return;
    }
}
