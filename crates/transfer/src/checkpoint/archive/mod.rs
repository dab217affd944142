//! What needs no libtorch: telling formats apart, parsing their indexes, and reading the bytes of a storage.
//!
//! Everything here treats the file as hostile. Sizes are checked against the file and against the budgets of
//! [`limits`] before anything is allocated, a pickle is parsed and never executed, and every way out is a
//! [`Flaw`]. The room depends on nothing else of the crate, so that the fuzz targets compile it alone.

mod choose;
mod element;
mod flaw;
mod format;
mod legacy;
mod limits;
mod numpy;
mod pickle;
mod safetensors;
mod source;
mod torch_zip;
mod tree;
mod view;
mod zip;

pub(crate) use choose::Entry;
pub(crate) use element::DType;
pub(crate) use flaw::{Flaw, Result};
pub use format::Format;
pub(crate) use limits::CHUNK;
pub(crate) use source::Source;
pub use tree::Plain;
pub(crate) use view::View;

use std::io::Read;
use std::ops::Range;

use pickle::{Heap, Id};
use zip::Record;

/// Where the bytes of a storage lie.
enum Blob {
    /// In the file as they are, from an offset on.
    Span(u64),
    /// In a record of the zip archive.
    Record(Record),
}

/// A weights file whose index was read, and whose numbers were not.
pub(crate) struct Archive {
    source: Source,
    format: Format,
    heap: Heap,
    root: Id,
    /// Parallel to the heap's storages.
    blobs: Vec<Blob>,
    /// For each value of the heap, whether a tensor can be reached from it by names.
    holds_tensors: Vec<bool>,
}

impl Archive {
    /// Reads the index of a weights file.
    pub(crate) fn open(source: Source) -> Result<Archive> {
        let format = format::sniff(&source)?;
        let (heap, root, blobs) = match &format {
            Format::SafeTensors => safetensors::open(&source)?,
            Format::TorchZip => torch_zip::open(&source)?,
            Format::TorchLegacy => legacy::open(&source)?,
            Format::Unknown(found) => return Err(Flaw::Unknown(found.clone())),
        };
        let holds_tensors = tree::holders_of_tensors(&heap);
        Ok(Archive {
            source,
            format,
            heap,
            root,
            blobs,
            holds_tensors,
        })
    }

    /// What the file is.
    pub(crate) fn format(&self) -> &Format {
        &self.format
    }

    /// Hands `range` (bytes) of a view's storage to `sink`, in pieces of at most [`CHUNK`] bytes whose lengths are
    /// multiples of 16 (the last excepted). A zip record that is read whole has its checksum verified. `buffer` is the
    /// caller's, so that many small reads leave no holes between what the caller allocates.
    pub(crate) fn read<E: From<Flaw>>(
        &self,
        view: &View,
        range: Range<u64>,
        buffer: &mut Vec<u8>,
        mut sink: impl FnMut(&mut [u8]) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let wanted = range.end.saturating_sub(range.start);
        let blob = self.blobs.get(view.storage as usize);
        let Some(blob) = blob.filter(|_| wanted > 0) else {
            return Ok(());
        };
        let (mut reader, checksum): (Box<dyn Read + '_>, _) = match blob {
            Blob::Span(start) => {
                let at = start.saturating_add(range.start);
                let bytes = self.source.range(at, at.saturating_add(wanted));
                (Box::new(bytes), None)
            }
            Blob::Record(record) => {
                let whole = range == (0..record.size);
                let reader = record.reader(&self.source, range.start)?;
                (reader, whole.then_some(record))
            }
        };
        buffer.resize(CHUNK, 0);
        let mut hasher = crc32fast::Hasher::new();
        let mut left = wanted;
        while left > 0 {
            let piece = &mut buffer[..left.min(CHUNK as u64) as usize];
            reader.read_exact(piece).map_err(Flaw::from)?;
            if checksum.is_some() {
                hasher.update(piece);
            }
            left -= piece.len() as u64;
            sink(piece)?;
        }
        match checksum {
            Some(record) => Ok(record.verify(hasher.finalize())?),
            None => Ok(()),
        }
    }
}
