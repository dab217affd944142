//! From tensors to pictures.

use image::{Rgb, RgbImage};
use plotters::style::RGBColor;
use tch::{Device, Kind, Tensor};

use super::theme;
use crate::data::{IMAGENET_MEAN, IMAGENET_STD, resize};
use crate::{Error, Result};

/// The pictures of a batch `[N, 3, H, W]` that was normalised with these means and deviations; values outside of
/// [0, 1] are cut, and what is not a number is black.
///
/// # Errors
///
/// Another shape.
pub fn pictures_of(batch: &Tensor, mean: [f32; 3], std: [f32; 3]) -> Result<Vec<RgbImage>> {
    let [count, 3, height, width] = batch.size()[..] else {
        return Err(Error::argument(
            "batch of pictures",
            "a tensor [N, 3, H, W]",
            format!("{:?}", batch.size()),
        ));
    };
    let values = floats(batch)?;
    let plane = (height * width) as usize;
    let picture = |number: usize| {
        RgbImage::from_fn(width as u32, height as u32, |x, y| {
            let pixel = y as usize * width as usize + x as usize;
            let channel = |c: usize| {
                let value = values[(number * 3 + c) * plane + pixel] * std[c] + mean[c];
                (value.clamp(0.0, 1.0) * 255.0).round() as u8
            };
            Rgb([channel(0), channel(1), channel(2)])
        })
    };
    Ok((0..count as usize).map(picture).collect())
}

/// [`pictures_of`] with ImageNet's mean and deviation: what [`Transform::imagenet`](crate::data::Transform::imagenet)
/// and [`Transform::square`](crate::data::Transform::square) normalise with.
///
/// # Errors
///
/// As [`pictures_of`].
pub fn imagenet_pictures(batch: &Tensor) -> Result<Vec<RgbImage>> {
    pictures_of(batch, IMAGENET_MEAN, IMAGENET_STD)
}

/// Which values the ends of the colour map stand for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MapScale {
    /// The least and the greatest of each map: shows where, hides how much.
    #[default]
    PerMap,
    /// The least and the greatest of all maps: they can be compared.
    Common,
}

/// Maps `[C, H, W]` as pictures in viridis. What is not finite is the colour of the least value; a map whose
/// values are all the same has one colour.
///
/// # Errors
///
/// Another shape.
pub fn map_pictures(maps: &Tensor, scale: MapScale) -> Result<Vec<RgbImage>> {
    let [count, height, width] = maps.size()[..] else {
        return Err(Error::argument(
            "feature maps",
            "a tensor [C, H, W]",
            format!("{:?}", maps.size()),
        ));
    };
    let values = floats(maps)?;
    let plane = (height * width) as usize;
    let common = range(&values);
    let picture = |number: usize| {
        let map = &values[number * plane..(number + 1) * plane];
        let (low, high) = if scale == MapScale::Common {
            common
        } else {
            range(map)
        };
        RgbImage::from_fn(width as u32, height as u32, |x, y| {
            let share = (map[(y * width as u32 + x) as usize] - low) / (high - low);
            let RGBColor(r, g, b) = theme::viridis(f64::from(share));
            Rgb([r, g, b])
        })
    };
    Ok((0..count as usize).map(picture).collect())
}

/// Filters `[O, 3, k, k]` of a first layer as pictures, each with its own least value as 0 and its greatest as 1; a
/// filter without differences is mid-grey.
///
/// # Errors
///
/// Another shape.
pub fn filter_pictures(filters: &Tensor) -> Result<Vec<RgbImage>> {
    let [count, 3, height, width] = filters.size()[..] else {
        return Err(Error::argument(
            "filters",
            "a tensor [O, 3, k, k]: a first layer's weight",
            format!("{:?}", filters.size()),
        ));
    };
    let values = floats(filters)?;
    let plane = (height * width) as usize;
    let picture = |number: usize| {
        let filter = &values[number * 3 * plane..(number + 1) * 3 * plane];
        let (low, high) = range(filter);
        RgbImage::from_fn(width as u32, height as u32, |x, y| {
            let pixel = (y * width as u32 + x) as usize;
            let channel = |c: usize| {
                let share = (filter[c * plane + pixel] - low) / (high - low);
                if share.is_finite() {
                    (share.clamp(0.0, 1.0) * 255.0).round() as u8
                } else {
                    128
                }
            };
            Rgb([channel(0), channel(1), channel(2)])
        })
    };
    Ok((0..count as usize).map(picture).collect())
}

/// A picture with no more pixels than a thumbnail of that side needs.
pub(super) fn thumbnail(picture: &RgbImage, side: u32) -> RgbImage {
    let (width, height) = picture.dimensions();
    let shorter = (u64::from(side) * u64::from(width.min(height))
        / u64::from(width.max(height).max(1)))
    .max(1) as u32;
    // A picture that cannot be resized, because it is far longer than it is wide, stays as it is.
    if shorter >= width.min(height) {
        picture.clone()
    } else {
        resize(picture, shorter).unwrap_or_else(|_| picture.clone())
    }
}

/// The least and the greatest finite value of a tensor.
pub(super) fn value_range(tensor: &Tensor) -> Result<Option<(f64, f64)>> {
    let (low, high) = range(&floats(tensor)?);
    Ok((low <= high).then_some((f64::from(low), f64::from(high))))
}

fn floats(tensor: &Tensor) -> Result<Vec<f32>> {
    let flat = tensor
        .detach()
        .to_device(Device::Cpu)
        .to_kind(Kind::Float)
        .contiguous()
        .view([-1]);
    Ok(Vec::<f32>::try_from(&flat)?)
}

fn range(values: &[f32]) -> (f32, f32) {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    })
}
