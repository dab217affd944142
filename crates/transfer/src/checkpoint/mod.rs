//! Weights from a file: a state dict by name, and what of it fitted the net.
//!
//! The format is told by content, never by extension. safetensors is read; a `torch.save` file is recognised
//! and answered with [`Error::Pickle`]: a pickle is a program, and it is never run here.

mod format;
mod load;
mod report;
mod safetensors;

pub use format::Format;
pub use load::{LoadOptions, load_into};
pub use report::{LoadReport, Mismatch};
pub use safetensors::write;

use std::collections::BTreeMap;
use std::path::Path;

use tch::Tensor;

use crate::{Error, Result};

/// Tensors by name, in the order of their names: what PyTorch calls a `state_dict`.
pub type StateDict = BTreeMap<String, Tensor>;

/// Reads every tensor of a weights file, on the CPU and in the file's own kinds.
///
/// # Errors
///
/// The file cannot be read, is a pickle, is no weights file, or is damaged.
pub fn read(path: impl AsRef<Path>) -> Result<StateDict> {
    let path = path.as_ref();
    let file = std::fs::File::open(path).map_err(Error::io("read", path))?;
    let length = file.metadata().map_err(Error::io("read", path))?.len();
    if length == 0 {
        return Err(Error::NotACheckpoint {
            path: path.into(),
            found: "an empty file".into(),
        });
    }
    // SAFETY: the map is read-only and private to this call; as with every mapped file, another process that
    // truncates it meanwhile would crash this one. Weights files are replaced by rename, not rewritten.
    let bytes = unsafe { memmap2::Mmap::map(&file) }.map_err(Error::io("read", path))?;
    match format::sniff(&bytes) {
        Format::SafeTensors => safetensors::parse(path, &bytes),
        Format::TorchZip => Err(Error::Pickle {
            path: path.into(),
            format: "torch.save's zip archive",
        }),
        Format::TorchLegacy => Err(Error::Pickle {
            path: path.into(),
            format: "torch.save's legacy stream",
        }),
        Format::Unknown(found) => Err(Error::NotACheckpoint {
            path: path.into(),
            found,
        }),
    }
}
