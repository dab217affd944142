//! Transforms for the usual cases, ready-made.

use super::{ColorJitter, Transform};

/// The mean of ImageNet's red, green and blue, in [0, 1].
pub const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
/// The standard deviation of ImageNet's red, green and blue, in [0, 1].
pub const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];

impl Transform {
    /// What ImageNet's nets are judged with: the shorter side to 256/224 of `size`, the central square of
    /// `size` pixels, ImageNet's mean and deviation.
    #[must_use]
    pub fn imagenet(size: u32) -> Self {
        Self::new()
            .resize((size * 256 + 112) / 224)
            .center_crop(size)
            .normalize(IMAGENET_MEAN, IMAGENET_STD)
    }

    /// The whole shorter side as `size` pixels and the central square of it, ImageNet's mean and deviation: for
    /// pictures whose object fills the frame, such as those that [`synth`](super::super::synth) draws.
    #[must_use]
    pub fn square(size: u32) -> Self {
        Self::new()
            .resize(size)
            .center_crop(size)
            .normalize(IMAGENET_MEAN, IMAGENET_STD)
    }

    /// What ImageNet's nets are trained with (torchvision's `ClassificationPresetTrain`): a random part of the
    /// picture as `size` × `size` pixels, turned over half of the time, ImageNet's mean and deviation. Its further
    /// options follow it: `.trivial_augment_wide()` or `.rand_augment(2, 9)`, and `.random_erasing(0.1)`.
    #[must_use]
    pub fn train(size: u32) -> Self {
        Self::new()
            .random_resized_crop(size)
            .random_horizontal_flip(0.5)
            .normalize(IMAGENET_MEAN, IMAGENET_STD)
    }

    /// What detectors are judged with: the whole picture in a frame of so many rows and columns ([`letterbox`](Self::letterbox)), ImageNet's mean and
    /// deviation. Multiples of 32 leave no place of a detector's maps beside the frame.
    #[must_use]
    pub fn detection(height: u32, width: u32) -> Self {
        Self::new()
            .letterbox(height, width)
            .normalize(IMAGENET_MEAN, IMAGENET_STD)
    }

    /// What detectors are trained with: likewise, but from three quarters to four thirds as large, anywhere in the frame, turned over half of the time, with
    /// other colours.
    #[must_use]
    pub fn detection_train(height: u32, width: u32) -> Self {
        let colours = ColorJitter {
            brightness: 0.2,
            contrast: 0.2,
            saturation: 0.2,
            hue: 0.02,
        };
        Self::new()
            .scale_jitter(height, width, [0.75, 1.33])
            .random_horizontal_flip(0.5)
            .color_jitter(colours)
            .normalize(IMAGENET_MEAN, IMAGENET_STD)
    }

    /// What nets for small pictures (CIFAR's 32 × 32) are trained with: four black pixels around, a random square of
    /// `size` pixels of that, turned over half of the time, ImageNet's mean and deviation.
    #[must_use]
    pub fn train_small(size: u32) -> Self {
        Self::new()
            .random_crop(size, 4)
            .random_horizontal_flip(0.5)
            .normalize(IMAGENET_MEAN, IMAGENET_STD)
    }
}
