//! One picture, from its header.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use image::{ImageDecoder, ImageFormat};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

use super::super::Dataset;
use super::super::decode::decoder;
use crate::{Error, Result};

/// What a picture's header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureHeader {
    /// Its columns, before it is turned as its EXIF data say.
    pub width: u32,
    /// Its rows, likewise.
    pub height: u32,
    /// The format, by content and not by name: `"JPEG"`, `"PNG"`; `"pixels"` where there is no file.
    pub format: String,
    /// Whether it is stored without colours.
    pub grayscale: bool,
}

/// A picture's header, its size in bytes, and a hash of it where that cost nothing more.
pub(super) struct Measured {
    pub(super) bytes: u64,
    pub(super) header: std::result::Result<PictureHeader, String>,
    pub(super) hash: Option<u128>,
}

/// Reads the header of a picture's file; a picture that is no file is decoded, or drawn.
pub(super) fn measure(dataset: &dyn Dataset, index: usize) -> Measured {
    let path = dataset.name(index);
    match std::fs::metadata(&path) {
        Ok(metadata) => Measured {
            bytes: metadata.len(),
            header: header(&path),
            hash: None,
        },
        Err(_) => match dataset.picture(index) {
            Ok(picture) => Measured {
                bytes: picture.as_raw().len() as u64,
                header: Ok(PictureHeader {
                    width: picture.width(),
                    height: picture.height(),
                    format: "pixels".into(),
                    grayscale: false,
                }),
                hash: Some(xxh3_128(picture.as_raw())),
            },
            Err(error) => Measured {
                bytes: 0,
                header: Err(error.to_string()),
                hash: None,
            },
        },
    }
}

fn header(path: &Path) -> std::result::Result<PictureHeader, String> {
    let decoder = decoder(path)?;
    let (width, height) = decoder.dimensions();
    Ok(PictureHeader {
        width,
        height,
        format: format_of(path),
        grayscale: !decoder.color_type().has_color(),
    })
}

/// By the file's first bytes, as [`decoder`] tells it.
fn format_of(path: &Path) -> String {
    let mut first = Vec::new();
    let read = File::open(path).and_then(|file| file.take(32).read_to_end(&mut first));
    let format = read.ok().and_then(|_| image::guess_format(&first).ok());
    match format {
        Some(ImageFormat::Jpeg) => "JPEG".into(),
        Some(format) => format!("{format:?}").to_uppercase(),
        None => "unknown".into(),
    }
}

/// A hash of a file's bytes, read piece by piece.
pub(super) fn hash_of(path: &Path) -> Result<u128> {
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    let mut hash = Xxh3Default::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece).map_err(Error::io("read", path))? {
            0 => return Ok(hash.digest128()),
            count => hash.update(&piece[..count]),
        }
    }
}
