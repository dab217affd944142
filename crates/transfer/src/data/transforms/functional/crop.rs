//! Cutting out a part of a picture, and turning it over.

use image::RgbImage;

/// A rectangle of pixels; it may reach beyond the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rect {
    pub(crate) left: i64,
    pub(crate) top: i64,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Rect {
    /// Whether it lies within a picture of this size.
    pub(crate) fn within(&self, (width, height): (u32, u32)) -> bool {
        self.left >= 0
            && self.top >= 0
            && self.left + i64::from(self.width) <= i64::from(width)
            && self.top + i64::from(self.height) <= i64::from(height)
    }
}

/// The central square of `size` pixels of a picture of `width` × `height`, as torchvision rounds it.
pub(crate) fn centered((width, height): (u32, u32), size: u32) -> Rect {
    let offset = |length: u32| {
        let over = i64::from(length) - i64::from(size);
        if over < 0 {
            // The smaller half of the black comes first.
            return -(-over / 2);
        }
        // Python's round: halves to the even number.
        (over as f64 / 2.0).round_ties_even() as i64
    };
    Rect {
        left: offset(width),
        top: offset(height),
        width: size,
        height: size,
    }
}

/// Cuts out the central square of `size` pixels, on black where the picture is smaller: torchvision's
/// `CenterCrop(size)`.
#[must_use]
pub fn center_crop(picture: &RgbImage, size: u32) -> RgbImage {
    cut(picture, centered(picture.dimensions(), size))
}

/// Cuts out `width` × `height` pixels whose upper left corner is at (`left`, `top`), on black beyond the picture's
/// edges.
#[must_use]
pub fn crop(picture: &RgbImage, left: i64, top: i64, width: u32, height: u32) -> RgbImage {
    let rect = Rect {
        left,
        top,
        width,
        height,
    };
    cut(picture, rect)
}

/// Row by row: a part of a picture is a part of each of its rows.
fn cut(picture: &RgbImage, rect: Rect) -> RgbImage {
    let mut cropped = RgbImage::new(rect.width, rect.height);
    let (from_width, from_height) = (i64::from(picture.width()), i64::from(picture.height()));
    let (first, last) = (
        rect.left.max(0),
        (rect.left + i64::from(rect.width)).min(from_width),
    );
    if first >= last {
        return cropped;
    }
    let (length, pitch) = (3 * (last - first) as usize, 3 * rect.width as usize);
    let source: &[u8] = picture.as_raw();
    for (row, target) in (rect.top..).zip(cropped.chunks_exact_mut(pitch)) {
        if !(0..from_height).contains(&row) {
            continue;
        }
        let from = 3 * (row * from_width + first) as usize;
        let to = 3 * (first - rect.left) as usize;
        target[to..to + length].copy_from_slice(&source[from..from + length]);
    }
    cropped
}

/// Turns left and right over: torchvision's `hflip`.
#[must_use]
pub fn hflip(picture: &RgbImage) -> RgbImage {
    image::imageops::flip_horizontal(picture)
}

/// Turns top and bottom over: torchvision's `vflip`.
#[must_use]
pub fn vflip(picture: &RgbImage) -> RgbImage {
    image::imageops::flip_vertical(picture)
}
