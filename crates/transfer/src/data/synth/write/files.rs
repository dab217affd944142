//! Pictures as files.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{EncodableLayout, ImageBuffer, ImageEncoder, Pixel, PixelWithColorType, RgbImage};

use crate::{Error, Result};

/// What JPEG keeps: of 100, so that it is hardly seen.
const QUALITY: u8 = 95;

/// Writes a picture as PNG.
pub(in super::super) fn save_png<P>(picture: &ImageBuffer<P, Vec<u8>>, path: &Path) -> Result<()>
where
    P: Pixel<Subpixel = u8> + PixelWithColorType,
{
    save(path, |file| {
        let (width, height) = picture.dimensions();
        PngEncoder::new(file).write_image(picture.as_bytes(), width, height, P::COLOR_TYPE)
    })
}

/// Writes a picture as JPEG.
pub(super) fn save_jpeg(picture: &RgbImage, path: &Path) -> Result<()> {
    save(path, |file| {
        JpegEncoder::new_with_quality(file, QUALITY).encode_image(picture)
    })
}

fn save(
    path: &Path,
    encode: impl FnOnce(&mut BufWriter<File>) -> image::ImageResult<()>,
) -> Result<()> {
    let mut file = BufWriter::new(File::create(path).map_err(Error::io("write", path))?);
    encode(&mut file)
        .map_err(std::io::Error::other)
        .and_then(|()| file.flush())
        .map_err(Error::io("write", path))
}
