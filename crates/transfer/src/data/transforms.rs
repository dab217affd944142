//! From a picture of any size to the numbers a net expects, with torchvision's names and meanings.

use fast_image_resize as fir;
use image::RgbImage;

use crate::{Error, Result};

/// The mean of ImageNet's red, green and blue, in [0, 1].
pub const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
/// The standard deviation of ImageNet's red, green and blue, in [0, 1].
pub const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];

/// Resize, crop and normalise, in this order; each only where it is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transform {
    resize: Option<u32>,
    crop: Option<u32>,
    mean: [f32; 3],
    std: [f32; 3],
}

impl Default for Transform {
    fn default() -> Self {
        Self {
            resize: None,
            crop: None,
            mean: [0.0; 3],
            std: [1.0; 3],
        }
    }
}

impl Transform {
    /// Numbers in [0, 1] at the picture's own size.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

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
    /// pictures whose object fills the frame, such as those that [`synth`](super::synth) draws.
    #[must_use]
    pub fn square(size: u32) -> Self {
        Self::new()
            .resize(size)
            .center_crop(size)
            .normalize(IMAGENET_MEAN, IMAGENET_STD)
    }

    /// Resizes so that the shorter side has `size` pixels ([`resize`]).
    #[must_use]
    pub fn resize(mut self, size: u32) -> Self {
        self.resize = Some(size);
        self
    }

    /// Cuts out the central square of `size` pixels ([`center_crop`]).
    #[must_use]
    pub fn center_crop(mut self, size: u32) -> Self {
        self.crop = Some(size);
        self
    }

    /// Subtracts the mean and divides by the standard deviation of each channel.
    #[must_use]
    pub fn normalize(mut self, mean: [f32; 3], std: [f32; 3]) -> Self {
        (self.mean, self.std) = (mean, std);
        self
    }

    /// The picture resized and cropped, still a picture: what the net is shown.
    ///
    /// # Errors
    ///
    /// As [`resize`].
    pub fn picture(&self, picture: &RgbImage) -> Result<RgbImage> {
        let resized = self.resize.map(|size| resize(picture, size)).transpose()?;
        let picture = resized.as_ref().unwrap_or(picture);
        Ok(match self.crop {
            Some(size) => center_crop(picture, size),
            None => picture.clone(),
        })
    }

    /// The picture as numbers in channel, row, column order (`[3, H, W]`), with its height and width.
    ///
    /// # Errors
    ///
    /// As [`resize`].
    pub fn apply(&self, picture: &RgbImage) -> Result<(Vec<f32>, [usize; 2])> {
        let picture = self.picture(picture)?;
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let mut values = Vec::with_capacity(3 * width * height);
        for channel in 0..3 {
            let scale = 1.0 / (255.0 * self.std[channel]);
            let shift = self.mean[channel] / self.std[channel];
            values.extend(
                picture.as_raw()[channel..]
                    .iter()
                    .step_by(3)
                    .map(|&v| f32::from(v) * scale - shift),
            );
        }
        Ok((values, [height, width]))
    }
}

/// The most pixels that [`resize`] makes of a picture: 192 MiB of them.
const MOST_PIXELS: u64 = 1 << 26;

/// Resizes so that the shorter side has `size` pixels and the longer one follows, rounded down, with an
/// antialiased bilinear filter: torchvision's `Resize(size)` on a Pillow picture.
///
/// # Errors
///
/// The result would have more than 2²⁶ pixels: the picture is far longer than it is wide, or `size` is too large.
///
/// # Panics
///
/// `size` is 0.
pub fn resize(picture: &RgbImage, size: u32) -> Result<RgbImage> {
    assert!(size > 0, "a picture is resized to at least one pixel");
    let (width, height) = picture.dimensions();
    let (short, long) = (width.min(height), width.max(height));
    let longer = u64::from(size) * u64::from(long) / u64::from(short.max(1));
    if longer.saturating_mul(u64::from(size)) > MOST_PIXELS {
        let expected = format!("at most {MOST_PIXELS} pixels");
        let found = format!("{width} x {height} pixels, which would become {longer} x {size}");
        return Err(Error::argument("resized picture", expected, found));
    }
    let (to_width, to_height) = if width <= height {
        (size, longer as u32)
    } else {
        (longer as u32, size)
    };
    if (to_width, to_height) == (width, height) || width == 0 || height == 0 {
        return Ok(picture.clone());
    }
    let options = fir::ResizeOptions::new()
        .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Bilinear));
    let mut resized = fir::images::Image::new(to_width, to_height, fir::PixelType::U8x3);
    let resized = fir::images::ImageRef::new(width, height, picture.as_raw(), fir::PixelType::U8x3)
        .ok()
        .and_then(|source| {
            fir::Resizer::new()
                .resize(&source, &mut resized, &options)
                .ok()
        })
        .and_then(|()| RgbImage::from_raw(to_width, to_height, resized.into_vec()))
        .expect("an RGB picture has three bytes per pixel, and both sizes are positive");
    Ok(resized)
}

/// Cuts out the central square of `size` pixels, on black where the picture is smaller: torchvision's
/// `CenterCrop(size)`.
#[must_use]
pub fn center_crop(picture: &RgbImage, size: u32) -> RgbImage {
    // Python's round: halves to the even number.
    let offset =
        |length: u32| ((f64::from(length) - f64::from(size)) / 2.0).round_ties_even() as i64;
    let (left, top) = (offset(picture.width()), offset(picture.height()));
    if left == 0 && top == 0 && picture.dimensions() == (size, size) {
        return picture.clone();
    }
    let mut cropped = RgbImage::new(size, size);
    image::imageops::replace(&mut cropped, picture, -left, -top);
    cropped
}
