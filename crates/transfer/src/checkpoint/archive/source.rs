//! The file, read at offsets.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::Result;

trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Bytes of a known length that can be read from any offset. It is read rather than mapped: a map of a file that
/// another process shortens kills this one.
pub(crate) struct Source {
    inner: Mutex<Box<dyn ReadSeek>>,
    length: u64,
}

impl Source {
    /// Opens a regular file.
    pub(crate) fn open(path: &Path) -> io::Result<Source> {
        // A pipe would block in `open`, and a device has no end.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        Source::new(File::open(path)?)
    }

    /// Anything that can seek.
    pub(crate) fn new(mut inner: impl Read + Seek + Send + 'static) -> io::Result<Source> {
        let length = inner.seek(SeekFrom::End(0))?;
        Ok(Source {
            inner: Mutex::new(Box::new(inner)),
            length,
        })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Fills `buffer` from `offset` on.
    pub(super) fn fill(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        Ok(self.range(offset, self.length).read_exact(buffer)?)
    }

    /// The bytes from `start` to `end` (at most the file's), as a reader.
    pub(super) fn range(&self, start: u64, end: u64) -> Span<'_> {
        Span {
            source: self,
            at: start,
            end: end.min(self.length),
        }
    }
}

/// A part of a [`Source`].
pub(super) struct Span<'a> {
    source: &'a Source,
    at: u64,
    end: u64,
}

impl Read for Span<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end.saturating_sub(self.at);
        let wanted = (buffer.len() as u64).min(left) as usize;
        if wanted == 0 {
            return Ok(0);
        }
        let mut inner = self
            .source
            .inner
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        inner.seek(SeekFrom::Start(self.at))?;
        let read = inner.read(&mut buffer[..wanted])?;
        self.at += read as u64;
        Ok(read)
    }
}
