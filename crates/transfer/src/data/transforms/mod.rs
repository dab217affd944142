//! From a picture of any size to the numbers a net expects, with torchvision's names and meanings.

mod augment;
mod cut;
mod draw;
pub mod functional;
mod jitter;
mod placement;
mod preprocessing;
mod presets;
mod step;
mod tensor;

use std::borrow::Cow;
use std::fmt;

use image::RgbImage;

use self::cut::{Cut, Fit};
use self::functional::{Interpolation, Size};
use self::step::Step;
use crate::Result;

pub use draw::Draw;
pub use jitter::ColorJitter;
pub use placement::{PlacedBox, Placement};
pub use preprocessing::Preprocessing;
pub use presets::{IMAGENET_MEAN, IMAGENET_STD};
pub use tensor::Layout;

/// Steps on a picture, in the order in which they are named; then its numbers, normalised where that is set, and of
/// these a rectangle erased where that is set, wherever in the chain these two are named.
///
/// Random steps take their numbers from a [`Draw`] (seed, epoch, position) and from nothing else, so that any number
/// of threads makes the same pictures. `Display` gives a text that two transforms share if and only if they are
/// equal: a key for what was computed with one.
///
/// ```
/// use transfer::data::Transform;
///
/// let train = Transform::train(224).trivial_augment_wide().random_erasing(0.1);
/// assert!(train.is_random());
/// assert_eq!(
///     Transform::new().resize(256).center_crop(224).to_string(),
///     "Resize(256), CenterCrop(224), Bilinear, Normalize([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])"
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Transform {
    steps: Vec<Step>,
    interpolation: Interpolation,
    mean: [f32; 3],
    std: [f32; 3],
    erasing: f32,
}

impl Default for Transform {
    fn default() -> Self {
        Self {
            steps: Vec::new(),
            interpolation: Interpolation::Bilinear,
            mean: [0.0; 3],
            std: [1.0; 3],
            erasing: 0.0,
        }
    }
}

impl Transform {
    /// Numbers in [0, 1] at the picture's own size.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Resizes so that the shorter side has `size` pixels ([`functional::resize`]).
    #[must_use]
    pub fn resize(self, size: u32) -> Self {
        self.step(Step::Resize(Size::Shorter(size)))
    }

    /// Resizes to exactly so many rows and columns: torchvision's `Resize([height, width])`.
    #[must_use]
    pub fn resize_to(self, height: u32, width: u32) -> Self {
        self.step(Step::Resize(Size::Exact { height, width }))
    }

    /// The filter of all resizing in this transform; bilinear unless set.
    #[must_use]
    pub fn interpolation(mut self, filter: Interpolation) -> Self {
        self.interpolation = filter;
        self
    }

    /// Cuts out the central square of `size` pixels ([`functional::center_crop`]).
    #[must_use]
    pub fn center_crop(self, size: u32) -> Self {
        self.step(Step::Cut(Cut::Center(size)))
    }

    /// Cuts out a square of `size` pixels at random, after `padding` black pixels were put on each side; more where
    /// the picture would still be too small.
    #[must_use]
    pub fn random_crop(self, size: u32, padding: u32) -> Self {
        self.step(Step::Cut(Cut::Random { size, padding }))
    }

    /// A random part of 8 to 100 % of the picture, of a ratio from 3:4 to 4:3, resized to a square of `size` pixels.
    #[must_use]
    pub fn random_resized_crop(self, size: u32) -> Self {
        self.random_resized_crop_with(size, [0.08, 1.0], [3.0 / 4.0, 4.0 / 3.0])
    }

    /// Likewise, with other ranges for the part's share of the area and for its width over its height.
    #[must_use]
    pub fn random_resized_crop_with(self, size: u32, scale: [f32; 2], ratio: [f32; 2]) -> Self {
        self.step(Step::RandomResizedCrop { size, scale, ratio })
    }

    /// Scales the whole picture, both sides alike, so that it just fits into a frame of so many rows and columns, and lays it in the middle; what is left
    /// beside it has ImageNet's mean colour (YOLO's letterbox).
    #[must_use]
    pub fn letterbox(self, height: u32, width: u32) -> Self {
        self.scale_jitter(height, width, [1.0; 2])
    }

    /// As [`letterbox`](Self::letterbox), times a factor from this range, at a random place of the frame; what is larger than the frame is cut off
    /// ("large scale jitter" is from 0.1 to 2: Ghiasi and others, CVPR 2021; torchvision's `ScaleJitter` and `FixedSizeCrop` do it in two steps). Rows,
    /// columns and factors that are 0, or the larger factor first, are an error where the transform is used.
    #[must_use]
    pub fn scale_jitter(self, height: u32, width: u32, scale: [f32; 2]) -> Self {
        self.step(Step::Fit(Fit {
            height,
            width,
            scale,
        }))
    }

    /// Turns left and right over, always: the second view of test-time augmentation.
    #[must_use]
    pub fn horizontal_flip(self) -> Self {
        self.step(Step::HorizontalFlip)
    }

    /// Turns left and right over with the probability `p`.
    #[must_use]
    pub fn random_horizontal_flip(self, p: f32) -> Self {
        self.step(Step::RandomHorizontalFlip(p))
    }

    /// Turns top and bottom over with the probability `p`: for pictures that have no up and down.
    #[must_use]
    pub fn random_vertical_flip(self, p: f32) -> Self {
        self.step(Step::RandomVerticalFlip(p))
    }

    /// Shifts brightness, contrast, saturation and hue at random, in random order.
    #[must_use]
    pub fn color_jitter(self, jitter: ColorJitter) -> Self {
        self.step(Step::ColorJitter(jitter))
    }

    /// Takes the colours away with the probability `p`; 1 for always.
    #[must_use]
    pub fn random_grayscale(self, p: f32) -> Self {
        self.step(Step::RandomGrayscale(p))
    }

    /// One of 14 operations at a random strength (Müller and Hutter, ICCV 2021).
    #[must_use]
    pub fn trivial_augment_wide(self) -> Self {
        self.step(Step::TrivialAugmentWide)
    }

    /// So many of 14 operations in turn, at the strength `magnitude` of 0 to 30 (Cubuk and others, 2020);
    /// torchvision's usual values are 2 and 9.
    #[must_use]
    pub fn rand_augment(self, operations: u32, magnitude: u32) -> Self {
        self.step(Step::RandAugment {
            operations,
            magnitude,
        })
    }

    /// Sets a rectangle of the normalised numbers to 0 with the probability `p` (Zhong and others, AAAI 2020).
    #[must_use]
    pub fn random_erasing(mut self, p: f32) -> Self {
        self.erasing = p;
        self
    }

    /// Subtracts the mean and divides by the standard deviation of each channel.
    #[must_use]
    pub fn normalize(mut self, mean: [f32; 3], std: [f32; 3]) -> Self {
        (self.mean, self.std) = (mean, std);
        self
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Whether the same picture can become different ones.
    #[must_use]
    pub fn is_random(&self) -> bool {
        self.erasing > 0.0 || self.steps.iter().any(Step::is_random)
    }

    /// Whether it moves what a picture shows at random, so that what is known of places in it (a map, a direction) no longer holds.
    #[must_use]
    pub fn moves_at_random(&self) -> bool {
        self.erasing > 0.0 || self.steps.iter().any(Step::moves_at_random)
    }

    /// The picture after all steps, still a picture: what the net is shown. Random steps use the default draw.
    ///
    /// # Errors
    ///
    /// As [`functional::resize`].
    pub fn picture(&self, picture: &RgbImage) -> Result<RgbImage> {
        self.picture_drawn(picture, Draw::default())
    }

    /// As [`picture`](Self::picture), with the random numbers of `draw`.
    ///
    /// # Errors
    ///
    /// As [`functional::resize`].
    pub fn picture_drawn(&self, picture: &RgbImage, draw: Draw) -> Result<RgbImage> {
        Ok(self.steps_on(picture, draw)?.into_owned())
    }

    /// The picture as numbers in channel, row, column order (`[3, H, W]`), with its height and width. Random steps
    /// use the default draw.
    ///
    /// # Errors
    ///
    /// As [`functional::resize`].
    pub fn apply(&self, picture: &RgbImage) -> Result<(Vec<f32>, [usize; 2])> {
        self.apply_drawn(picture, Draw::default(), Layout::ChannelsFirst)
    }

    /// As [`apply`](Self::apply), with the random numbers of `draw` and in either order of memory.
    ///
    /// # Errors
    ///
    /// As [`functional::resize`].
    pub fn apply_drawn(
        &self,
        picture: &RgbImage,
        draw: Draw,
        layout: Layout,
    ) -> Result<(Vec<f32>, [usize; 2])> {
        let picture = self.steps_on(picture, draw)?;
        let mut values = vec![0.0; picture.as_raw().len()];
        self.numbers_into(&picture, draw, layout, &mut values);
        Ok((
            values,
            [picture.height(), picture.width()].map(|side| side as usize),
        ))
    }

    /// The numbers of a picture that went through the steps already, written to `target`, which is as long.
    pub(super) fn numbers_into(
        &self,
        picture: &RgbImage,
        draw: Draw,
        layout: Layout,
        target: &mut [f32],
    ) {
        tensor::normalize(picture, self.mean, self.std, layout, target);
        if self.erasing > 0.0 {
            let size = [picture.height(), picture.width()].map(|side| side as usize);
            let mut rng = draw.rng(self.steps.len());
            tensor::random_erasing(target, size, self.erasing, layout, &mut rng);
        }
    }

    fn steps_on<'a>(&self, picture: &'a RgbImage, draw: Draw) -> Result<Cow<'a, RgbImage>> {
        let mut picture = Cow::Borrowed(picture);
        let mut place = 0;
        while let Some(step) = self.steps.get(place) {
            picture = Cow::Owned(match (step, self.steps.get(place + 1)) {
                // A cut after a resize says which pixels need not be computed.
                (Step::Resize(size), Some(Step::Cut(cut))) => {
                    place += 1;
                    let mut rng = draw.rng(place);
                    let cut = |size| cut.rect(size, &mut rng);
                    functional::resize_then_crop(&picture, *size, self.interpolation, cut)?
                }
                _ => step.apply(
                    picture.into_owned(),
                    self.interpolation,
                    &mut draw.rng(place),
                )?,
            });
            place += 1;
        }
        Ok(picture)
    }
}

/// All settings, in a fixed form.
impl fmt::Display for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            write!(f, "{step}, ")?;
        }
        let (mean, std) = (self.mean, self.std);
        write!(f, "{:?}, Normalize({mean:?}, {std:?})", self.interpolation)?;
        if self.erasing > 0.0 {
            write!(f, ", RandomErasing({})", self.erasing)?;
        }
        Ok(())
    }
}
