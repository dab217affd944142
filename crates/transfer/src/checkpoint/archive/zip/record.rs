//! One file of an archive.

use std::io::{BufReader, Read};

use flate2::bufread::DeflateDecoder;

use super::super::{Flaw, Result, Source};
use super::number;

const HEADER: &[u8] = b"PK\x03\x04";
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Where a record lies and how it is packed, as the directory says.
#[derive(Debug, Clone)]
pub(in super::super) struct Record {
    pub(super) method: u16,
    pub(super) checksum: u32,
    /// Unpacked bytes.
    pub(in super::super) size: u64,
    pub(super) packed: u64,
    /// Where its header begins.
    pub(super) header: u64,
    /// Where the next record begins.
    pub(super) bound: u64,
}

impl Record {
    /// The least size of the header before the bytes.
    pub(super) const HEADER_BYTES: u64 = 30;

    /// Whether it is packed in a way that is read here.
    pub(super) fn check(&self, name: &str) -> Result<()> {
        match self.method {
            STORED if self.packed == self.size => Ok(()),
            STORED => Flaw::damaged(format!(
                "its zip record {name:?} has {} bytes packed in {}, and is not compressed",
                self.size, self.packed
            )),
            DEFLATED => Ok(()),
            method => Err(Flaw::Unsupported(format!(
                "its zip record {name:?} is compressed by the method {method} (only deflate is read)"
            ))),
        }
    }

    /// The unpacked bytes from `skip` on.
    pub(in super::super) fn reader<'a>(
        &self,
        source: &'a Source,
        skip: u64,
    ) -> Result<Box<dyn Read + 'a>> {
        let mut header = [0; Self::HEADER_BYTES as usize];
        source.fill(self.header, &mut header)?;
        if !header.starts_with(HEADER) {
            return Flaw::damaged("a zip record is not where the directory says");
        }
        let (name, extra) = (number(&header, 26, 2), number(&header, 28, 2));
        let start = self.header + Self::HEADER_BYTES + name + extra;
        let end = start.saturating_add(self.packed);
        if end > self.bound {
            return Flaw::damaged("a zip record overlaps the next");
        }
        if self.method == STORED {
            return Ok(Box::new(source.range(start.saturating_add(skip), end)));
        }
        let packed = BufReader::with_capacity(64 << 10, source.range(start, end));
        let mut reader = DeflateDecoder::new(packed).take(self.size);
        std::io::copy(&mut (&mut reader).take(skip), &mut std::io::sink())?;
        Ok(Box::new(reader))
    }

    /// All unpacked bytes, if they are at most `limit`, with their checksum verified.
    pub(in super::super) fn read(&self, source: &Source, limit: u64) -> Result<Vec<u8>> {
        if self.size > limit {
            return Flaw::limit(format!(
                "a part of {} bytes is beyond the {limit} that are read",
                self.size
            ));
        }
        let mut bytes = Vec::new();
        self.reader(source, 0)?.read_to_end(&mut bytes)?;
        if bytes.len() as u64 != self.size {
            return Flaw::damaged("a zip record unpacks to fewer bytes than the directory says");
        }
        self.verify(crc32fast::hash(&bytes))?;
        Ok(bytes)
    }

    /// Compares the checksum of all bytes with the directory's. `torch.serialization.set_crc32_options(False)` has
    /// PyTorch write 0 for "not computed".
    pub(in super::super) fn verify(&self, checksum: u32) -> Result<()> {
        if self.checksum != 0 && self.checksum != checksum {
            return Flaw::damaged(format!(
                "a zip record has the checksum {checksum:08x}, and should have {:08x}",
                self.checksum
            ));
        }
        Ok(())
    }
}
