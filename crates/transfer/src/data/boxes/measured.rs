//! A picture file's size, and which way is up.

use std::path::Path;

use image::ImageDecoder;
use image::metadata::Orientation;

use crate::data::decode::decoder;

/// What a picture file's header says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    /// Width and height of the stored pixels.
    pub(super) stored: [u32; 2],
    /// What makes an upright picture of them.
    pub(super) orientation: Orientation,
}

impl Measured {
    /// Reads the header; the pixels are not decoded. What is no picture, cut short or too large is an error as it is
    /// for every other data set.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let mut decoder = decoder(path)?;
        let orientation = decoder.orientation().map_err(|error| error.to_string())?;
        let (width, height) = decoder.dimensions();
        Ok(Self {
            stored: [width, height],
            orientation,
        })
    }

    /// Width and height of the picture as it is shown.
    pub(super) fn upright(&self) -> [u32; 2] {
        use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
        let [width, height] = self.stored;
        match self.orientation {
            Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH => [height, width],
            _ => self.stored,
        }
    }
}

/// Where a box of a picture of this size lies when the picture was turned: what `image`'s `apply_orientation` does to
/// the pixels.
pub(super) fn turned(bounds: [f64; 4], size: [u32; 2], how: Orientation) -> [f64; 4] {
    let [left, top, right, bottom] = bounds;
    let [width, height] = size.map(f64::from);
    match how {
        Orientation::NoTransforms => bounds,
        Orientation::FlipHorizontal => [width - right, top, width - left, bottom],
        Orientation::FlipVertical => [left, height - bottom, right, height - top],
        Orientation::Rotate180 => [width - right, height - bottom, width - left, height - top],
        Orientation::Rotate90 => [height - bottom, left, height - top, right],
        Orientation::Rotate270 => [top, width - right, bottom, width - left],
        Orientation::Rotate90FlipH => [top, left, bottom, right],
        Orientation::Rotate270FlipH => [height - bottom, width - right, height - top, width - left],
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, Rgb, RgbImage};

    use super::*;

    #[test]
    fn boxes_turn_as_pixels_do() {
        // White where the box is.
        let mut picture = RgbImage::new(7, 4);
        let bounds = [4.0, 1.0, 6.0, 2.0];
        for x in 4..6 {
            picture.put_pixel(x, 1, Rgb([255; 3]));
        }
        for exif in 1..=8 {
            let orientation = Orientation::from_exif(exif).unwrap();
            let mut shown = DynamicImage::ImageRgb8(picture.clone());
            shown.apply_orientation(orientation);
            let shown = shown.into_rgb8();
            let measured = Measured {
                stored: [7, 4],
                orientation,
            };
            assert_eq!(measured.upright(), <[u32; 2]>::from(shown.dimensions()));
            let [left, top, right, bottom] = turned(bounds, [7, 4], orientation);
            for (x, y, pixel) in shown.enumerate_pixels() {
                let (x, y) = (f64::from(x), f64::from(y));
                let inside = left <= x && x < right && top <= y && y < bottom;
                assert_eq!(pixel.0 == [255; 3], inside, "EXIF orientation {exif}");
            }
        }
    }
}
