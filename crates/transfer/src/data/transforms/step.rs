//! One step of a transform.

use std::fmt;

use image::RgbImage;

use super::super::rng::Rng;
use super::augment::{rand_augment, trivial_augment_wide};
use super::cut::{Cut, Fit, random_part};
use super::functional::{self as f, Interpolation, Size};
use super::jitter::ColorJitter;
use crate::Result;

/// What is done to a picture. The text of a step (`Display`) holds all of its settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    Resize(Size),
    Cut(Cut),
    RandomResizedCrop {
        size: u32,
        scale: [f32; 2],
        ratio: [f32; 2],
    },
    Fit(Fit),
    HorizontalFlip,
    RandomHorizontalFlip(f32),
    RandomVerticalFlip(f32),
    ColorJitter(ColorJitter),
    RandomGrayscale(f32),
    TrivialAugmentWide,
    RandAugment {
        operations: u32,
        magnitude: u32,
    },
}

impl Step {
    /// Whether the same picture can become different ones.
    pub(super) fn is_random(&self) -> bool {
        match self {
            Step::Resize(_) | Step::Cut(Cut::Center(_)) | Step::HorizontalFlip => false,
            Step::Fit(fit) => fit.is_random(),
            _ => true,
        }
    }

    /// Whether it moves what the picture shows, another time elsewhere.
    pub(super) fn moves_at_random(&self) -> bool {
        let colours = matches!(self, Step::ColorJitter(_) | Step::RandomGrayscale(_));
        self.is_random() && !colours
    }

    pub(super) fn apply(
        &self,
        picture: RgbImage,
        filter: Interpolation,
        rng: &mut Rng,
    ) -> Result<RgbImage> {
        Ok(match *self {
            Step::Resize(size) => f::resize_with(&picture, size, filter)?,
            Step::Cut(cut) => {
                let at = cut.rect(picture.dimensions(), rng);
                f::crop(&picture, at.left, at.top, at.width, at.height)
            }
            Step::RandomResizedCrop { size, scale, ratio } => {
                let at = random_part(picture.dimensions(), scale, ratio, rng);
                f::resized_crop(
                    &picture,
                    [at.left, at.top],
                    [at.width, at.height],
                    size,
                    filter,
                )?
            }
            Step::Fit(fit) => fit.apply(&picture, filter, rng)?,
            Step::HorizontalFlip => f::hflip(&picture),
            Step::RandomHorizontalFlip(p) if rng.chance(p) => f::hflip(&picture),
            Step::RandomGrayscale(p) if rng.chance(p) => f::grayscale(&picture),
            Step::RandomVerticalFlip(p) if rng.chance(p) => f::vflip(&picture),
            Step::RandomHorizontalFlip(_)
            | Step::RandomVerticalFlip(_)
            | Step::RandomGrayscale(_) => picture,
            Step::ColorJitter(jitter) => jitter.apply(picture, rng),
            Step::TrivialAugmentWide => trivial_augment_wide(&picture, rng),
            Step::RandAugment {
                operations,
                magnitude,
            } => rand_augment(&picture, operations, magnitude, rng),
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Resize(Size::Shorter(size)) => write!(f, "Resize({size})"),
            Step::Resize(Size::Exact { height, width }) => write!(f, "Resize([{height}, {width}])"),
            Step::Cut(Cut::Center(size)) => write!(f, "CenterCrop({size})"),
            Step::Cut(Cut::Random { size, padding }) => {
                write!(f, "RandomCrop({size}, padding={padding})")
            }
            Step::RandomResizedCrop { size, scale, ratio } => {
                write!(
                    f,
                    "RandomResizedCrop({size}, scale={scale:?}, ratio={ratio:?})"
                )
            }
            Step::Fit(Fit {
                height,
                width,
                scale,
            }) => match scale {
                [1.0, 1.0] => write!(f, "Letterbox([{height}, {width}])"),
                _ => write!(f, "ScaleJitter([{height}, {width}], {scale:?})"),
            },
            Step::HorizontalFlip => write!(f, "HorizontalFlip()"),
            Step::RandomVerticalFlip(p) => write!(f, "RandomVerticalFlip({p})"),
            Step::RandomHorizontalFlip(p) => write!(f, "RandomHorizontalFlip({p})"),
            Step::ColorJitter(ColorJitter {
                brightness,
                contrast,
                saturation,
                hue,
            }) => {
                write!(
                    f,
                    "ColorJitter({brightness}, {contrast}, {saturation}, {hue})"
                )
            }
            Step::RandomGrayscale(p) => write!(f, "RandomGrayscale({p})"),
            Step::TrivialAugmentWide => write!(f, "TrivialAugmentWide()"),
            Step::RandAugment {
                operations,
                magnitude,
            } => {
                write!(f, "RandAugment({operations}, {magnitude})")
            }
        }
    }
}
