//! Picture files: what their header says, and their pixels.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use super::jpeg_end::has_end;

/// Reads a picture file's header: it is a picture of a size that can be decoded. Of a JPEG file, which `image` reads to
/// its end for that anyway, it is also known that nothing is missing.
pub(super) fn check(path: &Path) -> Result<(), String> {
    decoder(path).map(|_| ())
}

/// Decodes a picture file, turned upright as its EXIF data say, as 8-bit RGB: Pillow's
/// `exif_transpose(open(path)).convert("RGB")`. Transparency is dropped as it is there: what lies behind glass is the
/// file's own colour. 16-bit values are scaled to 8 bits; of an animation the first frame is taken.
pub(super) fn decode(path: &Path) -> Result<RgbImage, String> {
    let mut decoder = decoder(path)?;
    let orientation = decoder.orientation().map_err(|error| error.to_string())?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| error.to_string())?;
    picture.apply_orientation(orientation);
    Ok(picture.into_rgb8())
}

/// A decoder that knows the format from the file's content. A file of a few bytes can claim any number of
/// pixels; one that would need more memory than `image` allows by default (512 MiB) is refused before that.
pub(super) fn decoder(path: &Path) -> Result<impl ImageDecoder, String> {
    let text = |error: image::ImageError| error.to_string();
    // Opening a pipe would wait for whoever writes into it.
    if !std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return Err("expected a file, found none or something else under this name".into());
    }
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut reader = ImageReader::new(BufReader::new(file))
        .with_guessed_format()
        .map_err(|error| error.to_string())?;
    if reader.format() == Some(ImageFormat::Jpeg) {
        // The decoder would paint what is missing grey, without a word.
        let mut file = reader.into_inner();
        let whole = file.rewind().and_then(|()| has_end(&mut file));
        if !whole.map_err(|error| error.to_string())? {
            return Err("the JPEG data break off before their end: the file is incomplete".into());
        }
        file.rewind().map_err(|error| error.to_string())?;
        reader = ImageReader::with_format(file, ImageFormat::Jpeg);
    }
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
