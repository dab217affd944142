//! Picture files: what their header says, and their pixels.

use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};

/// Reads a picture file's header: it is a picture of a size that can be decoded.
pub(super) fn check(path: &Path) -> Result<(), String> {
    decoder(path).map(|_| ())
}

/// Decodes a picture file, turned upright, as 8-bit RGB. Transparency is laid on white.
pub(super) fn decode(path: &Path) -> Result<RgbImage, String> {
    let mut decoder = decoder(path)?;
    let orientation = decoder.orientation().map_err(|error| error.to_string())?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| error.to_string())?;
    picture.apply_orientation(orientation);
    if !picture.color().has_alpha() {
        return Ok(picture.into_rgb8());
    }
    let rgba = picture.into_rgba8();
    let over_white = |value: u8, alpha: u8| {
        let (value, alpha) = (u32::from(value), u32::from(alpha));
        ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    Ok(RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        image::Rgb([over_white(r, a), over_white(g, a), over_white(b, a)])
    }))
}

/// A decoder that knows the format from the file's content. A file of a few bytes can claim any number of
/// pixels; one that would need more memory than `image` allows by default (512 MiB) is refused before that.
fn decoder(path: &Path) -> Result<impl ImageDecoder, String> {
    let text = |error: image::ImageError| error.to_string();
    let reader = ImageReader::open(path)
        .and_then(ImageReader::with_guessed_format)
        .map_err(|error| error.to_string())?;
    let mut decoder = reader.into_decoder().map_err(text)?;
    let mut limits = Limits::default();
    let (width, height) = decoder.dimensions();
    let (needed, most) = (decoder.total_bytes(), limits.max_alloc.unwrap_or(u64::MAX));
    limits.reserve(needed).map_err(|_| {
        format!(
            "expected a picture of at most {} MiB in memory, found {width} x {height} pixels ({} MiB)",
            most >> 20,
            needed >> 20
        )
    })?;
    decoder.set_limits(limits).map_err(text)?;
    Ok(decoder)
}
