//! Pictures of one size in one block of bytes: what IDX and CIFAR files hold.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use image::RgbImage;

use super::{Dataset, stamp};
use crate::{Error, Result};

/// Pictures that were read from an archive of their own format, such as [`mnist`](super::mnist) and
/// [`cifar10`](super::cifar10) read. All pixels are in memory; clones share them.
#[derive(Clone)]
pub struct PackedImages {
    pub(super) source: PathBuf,
    pub(super) classes: Arc<[String]>,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Per picture: one plane of grey, or three of red, green and blue.
    pub(super) planes: usize,
    pub(super) pixels: Arc<[u8]>,
    pub(super) labels: Arc<[usize]>,
}

impl fmt::Debug for PackedImages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, source) = (self.labels.len(), &self.source);
        write!(
            f,
            "{count} pictures of {} x {} from {source:?}",
            self.width, self.height
        )
    }
}

impl Dataset for PackedImages {
    fn len(&self) -> usize {
        self.labels.len()
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn label(&self, index: usize) -> usize {
        self.labels[index]
    }

    fn name(&self, index: usize) -> PathBuf {
        self.source.join(format!("picture {index}"))
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        let plane = self.width * self.height;
        let pixels = &self.pixels[index * self.planes * plane..][..self.planes * plane];
        let channel = |number: usize| number.min(self.planes - 1) * plane;
        Ok(RgbImage::from_fn(
            self.width as u32,
            self.height as u32,
            |x, y| {
                let at = y as usize * self.width + x as usize;
                image::Rgb([0, 1, 2].map(|number| pixels[channel(number) + at]))
            },
        ))
    }

    fn stamp(&self, index: usize) -> String {
        let (planes, width, height) = (self.planes, self.width, self.height);
        let bytes = planes * width * height;
        let hash = stamp::of_bytes(&self.pixels[index * bytes..][..bytes]);
        // The same bytes in other rows are another picture.
        format!("{width} x {height} x {planes} {hash}")
    }
}

/// A whole file; unpacked, where it is gzip's by its first bytes. At most `most` bytes.
pub(super) fn read_unpacked(path: &Path, most: u64) -> Result<Vec<u8>> {
    let io = || Error::io("read", path);
    let mut bytes = std::fs::read(path).map_err(io())?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        let mut decoder = MultiGzDecoder::new(&bytes[..]).take(most.saturating_add(1));
        decoder.read_to_end(&mut unpacked).map_err(io())?;
        bytes = unpacked;
    }
    if bytes.len() as u64 > most {
        return Err(Error::Dataset {
            path: path.into(),
            reason: format!("expected at most {most} bytes, found more"),
        });
    }
    Ok(bytes)
}
