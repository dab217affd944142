//! Random shifts of colour.

use image::RgbImage;

use super::super::rng::Rng;
use super::functional as f;

/// How far colours are shifted at most: torchvision's arguments of `ColorJitter`. The first three are factors' largest
/// distance from 1, `hue` is a share of the full circle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ColorJitter {
    /// Factors from `1 − brightness` (not below 0) to `1 + brightness`.
    pub brightness: f32,
    /// Likewise for contrast.
    pub contrast: f32,
    /// Likewise for saturation.
    pub saturation: f32,
    /// Turns by `−hue` to `hue`, at most 0.5.
    pub hue: f32,
}

impl ColorJitter {
    /// The four in random order, as torchvision.
    pub(super) fn apply(self, mut picture: RgbImage, rng: &mut Rng) -> RgbImage {
        let mut order = [0, 1, 2, 3];
        rng.shuffle(&mut order);
        for which in order {
            let mut factor = |by: f32| rng.range((1.0 - by).max(0.0), 1.0 + by);
            picture = match which {
                0 if self.brightness > 0.0 => {
                    f::adjust_brightness(&picture, factor(self.brightness))
                }
                1 if self.contrast > 0.0 => f::adjust_contrast(&picture, factor(self.contrast)),
                2 if self.saturation > 0.0 => {
                    f::adjust_saturation(&picture, factor(self.saturation))
                }
                3 if self.hue > 0.0 => f::adjust_hue(&picture, rng.range(-self.hue, self.hue)),
                _ => picture,
            };
        }
        picture
    }
}
