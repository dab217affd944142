//! How a picture is shown to a net, as four numbers that can be written down.

use super::{IMAGENET_MEAN, IMAGENET_STD, Transform};

/// How a picture is shown to a net: resized, cut, normalised, in torchvision's order and by its rules (bilinear, antialiased, as
/// Pillow resizes). What weights were trained for, and what a saved classifier wants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preprocessing {
    /// The shorter side after resizing, in pixels.
    pub resize: u32,
    /// The side of the central square, in pixels.
    pub crop: u32,
    /// What is subtracted from red, green and blue in [0, 1].
    pub mean: [f32; 3],
    /// What red, green and blue are divided by.
    pub std: [f32; 3],
}

impl Preprocessing {
    /// The whole shorter side as `size` pixels, ImageNet's mean and deviation: [`Transform::square`].
    #[must_use]
    pub const fn square(size: u32) -> Self {
        Self {
            resize: size,
            crop: size,
            mean: IMAGENET_MEAN,
            std: IMAGENET_STD,
        }
    }

    /// The same for pictures of `size` pixels a side: the central square keeps its share.
    #[must_use]
    pub const fn at(self, size: u32) -> Self {
        Self {
            resize: (size * self.resize + self.crop / 2) / self.crop,
            crop: size,
            ..self
        }
    }

    /// The transform that does it; pictures become `[3, crop, crop]`.
    #[must_use]
    pub fn transform(&self) -> Transform {
        Transform::new()
            .resize(self.resize)
            .center_crop(self.crop)
            .normalize(self.mean, self.std)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_size_keeps_the_share_of_the_square() {
        let imagenet = Preprocessing {
            resize: 256,
            ..Preprocessing::square(224)
        };
        let smaller = imagenet.at(64);
        assert_eq!((smaller.resize, smaller.crop), (73, 64));
        assert_eq!(imagenet.at(224), imagenet);
        assert_eq!(smaller.transform(), Transform::imagenet(64));
        assert_eq!(Preprocessing::square(32).transform(), Transform::square(32));
    }
}
