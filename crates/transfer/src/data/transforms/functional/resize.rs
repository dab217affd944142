//! Resizing with an antialiased filter, as Pillow does it.

use fast_image_resize as fir;
use fir::images::{TypedImage, TypedImageRef};
use fir::pixels::U8x3;
use image::RgbImage;

use super::Rect;
use super::crop::crop;
use crate::{Error, Result};

/// The most pixels that a picture is resized to: 192 MiB of them.
const MOST_PIXELS: u64 = 1 << 26;

/// How pixels in between are found: torchvision's `InterpolationMode`. Both widen when a picture shrinks
/// (antialiasing), as Pillow's filters of these names do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interpolation {
    /// A triangle over two pixels.
    #[default]
    Bilinear,
    /// A cubic over four pixels, with a = −0.5.
    Bicubic,
}

/// What a picture is resized to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// The shorter side has so many pixels; the longer one follows, rounded down.
    Shorter(u32),
    /// Exactly so many rows and columns, whatever becomes of the proportions.
    Exact {
        /// Rows.
        height: u32,
        /// Columns.
        width: u32,
    },
}

impl Size {
    /// Width and height of a picture after it was resized, checked.
    pub(crate) fn of(self, (width, height): (u32, u32)) -> Result<(u32, u32)> {
        let (to_width, to_height) = match self {
            Size::Exact { height, width } => (u64::from(width), u64::from(height)),
            Size::Shorter(size) => {
                let (short, long) = (width.min(height), width.max(height));
                let longer = u64::from(size) * u64::from(long) / u64::from(short.max(1));
                if width <= height {
                    (u64::from(size), longer)
                } else {
                    (longer, u64::from(size))
                }
            }
        };
        assert!(
            to_width > 0 && to_height > 0,
            "a picture is resized to at least one pixel"
        );
        if to_width.saturating_mul(to_height) > MOST_PIXELS {
            let expected = format!("at most {MOST_PIXELS} pixels");
            let found =
                format!("{width} x {height} pixels, which would become {to_width} x {to_height}");
            return Err(Error::argument("resized picture", expected, found));
        }
        Ok((to_width as u32, to_height as u32))
    }
}

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
    resize_with(picture, Size::Shorter(size), Interpolation::Bilinear)
}

/// Resizes to any [`Size`] with either filter: torchvision's `Resize(size, interpolation)` on a Pillow picture.
///
/// # Errors
///
/// As [`resize`].
///
/// # Panics
///
/// A side of `size` is 0.
pub fn resize_with(picture: &RgbImage, size: Size, filter: Interpolation) -> Result<RgbImage> {
    let to = size.of(picture.dimensions())?;
    let (width, height) = picture.dimensions();
    let all = [0.0, 0.0, f64::from(width), f64::from(height)];
    Ok(convolve(picture, all, to, filter))
}

/// Cuts out `width` × `height` pixels at (`left`, `top`) and resizes them to a square of `size` pixels:
/// torchvision's `resized_crop`.
///
/// # Errors
///
/// As [`resize`].
///
/// # Panics
///
/// `size` is 0.
pub fn resized_crop(
    picture: &RgbImage,
    [left, top]: [i64; 2],
    [width, height]: [u32; 2],
    size: u32,
    filter: Interpolation,
) -> Result<RgbImage> {
    let exact = Size::Exact {
        height: size,
        width: size,
    };
    // Cut first, as torchvision does: the filter must not see what lies beyond the edge.
    resize_with(&crop(picture, left, top, width, height), exact, filter)
}

/// Resizes, and of the result keeps what `rect` chooses by its size. Only what is kept is computed.
pub(crate) fn resize_then_crop(
    picture: &RgbImage,
    size: Size,
    filter: Interpolation,
    rect: impl FnOnce((u32, u32)) -> Rect,
) -> Result<RgbImage> {
    let to = size.of(picture.dimensions())?;
    let rect = rect(to);
    if !rect.within(to) {
        let resized = resize_with(picture, size, filter)?;
        return Ok(crop(&resized, rect.left, rect.top, rect.width, rect.height));
    }
    let scale = [
        f64::from(picture.width()) / f64::from(to.0),
        f64::from(picture.height()) / f64::from(to.1),
    ];
    let source = [
        rect.left as f64 * scale[0],
        rect.top as f64 * scale[1],
        f64::from(rect.width) * scale[0],
        f64::from(rect.height) * scale[1],
    ];
    Ok(convolve(picture, source, (rect.width, rect.height), filter))
}

/// The part `[left, top, width, height]` of a picture as `to` pixels. The filter sees beyond the part's edges.
fn convolve(
    picture: &RgbImage,
    [left, top, part_width, part_height]: [f64; 4],
    (to_width, to_height): (u32, u32),
    filter: Interpolation,
) -> RgbImage {
    let (width, height) = picture.dimensions();
    let whole =
        [left, top, part_width, part_height] == [0.0, 0.0, f64::from(width), f64::from(height)];
    // Not so where a part that is smaller by a fraction of a pixel becomes as many pixels.
    if whole && (to_width, to_height) == (width, height) || width == 0 || height == 0 {
        return picture.clone();
    }
    let filter = match filter {
        Interpolation::Bilinear => fir::FilterType::Bilinear,
        Interpolation::Bicubic => fir::FilterType::CatmullRom,
    };
    // A sum of floats can end a hair beyond the picture.
    let options = fir::ResizeOptions::new()
        .resize_alg(fir::ResizeAlg::Convolution(filter))
        .crop(
            left,
            top,
            part_width.min(f64::from(width) - left),
            part_height.min(f64::from(height) - top),
        );
    let mut resized = RgbImage::new(to_width, to_height);
    // Named by its type: resizing for whatever type an image has would compile all of them.
    let source = TypedImageRef::<U8x3>::from_buffer(width, height, picture.as_raw());
    let target = TypedImage::<U8x3>::from_buffer(to_width, to_height, resized.as_mut());
    source
        .ok()
        .zip(target.ok())
        .and_then(|(source, mut target)| {
            fir::Resizer::new()
                .resize_typed(&source, &mut target, &options)
                .ok()
        })
        .expect("an RGB picture has three bytes per pixel, and the part lies within it");
    resized
}
