//! Weights from a file: a state dict by name, and what of it fitted the net.
//!
//! Read are safetensors and both formats of `torch.save`, told by content, never by extension; written is
//! safetensors. [`Checkpoint::open`] reads a file's index, [`Checkpoint::tensor`] and [`Checkpoint::read`] stream
//! the numbers into libtorch's memory, [`load()`] and [`Checkpoint::load_into`] into a net's.
//! A net of this crate does all of it in one call, [`WeightFiles::load`](crate::models::WeightFiles::load), and a
//! [`LoadReport`] says what fitted:
//!
//! ```
//! use transfer::prelude::*;
//!
//! # fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("leaves.safetensors");
//! let small = CifarResNetConfig { blocks: 1 };
//! let net = |classes: i64, seed: u64| CifarResNet::new(small, classes, Device::Cpu, seed);
//! net(16, 0).save(&path)?;
//! // The same trunk, with a head for other classes.
//! let mut other = net(5, 1);
//! let report: LoadReport = other.load(&path, &LoadOptions::new().without("linear"))?;
//! println!("{report}");
//! // Or the tensors themselves, by name.
//! let weights: StateDict = checkpoint::read(&path)?;
//! assert_eq!(weights["linear.weight"].size(), [16, 64]);
//! # Ok(())
//! # }
//! ```
//!
//! A pickle is a program, and it is never run here: it is parsed as data, with a fixed list of the names that it may
//! use ([`Error::ForbiddenGlobal`] names any other).
//!
//! Why a reader of its own, where others exist:
//!
//! * `tch`'s `Tensor::load_multi`, `Tensor::loadz_multi` and `VarStore::load` call libtorch's C++ readers
//!   (`InputArchive`, `torch::jit`), which are made for what C++ or TorchScript wrote. They know no legacy format and no
//!   dict within a dict, and what is wrong with a file is lost on the way.
//! * `candle_core::pickle` reads zip archives into candle's tensors: no legacy format, no strides but row- and
//!   column-major, and what is no tensor it skips with a line on standard error.
//! * burn-store's `PytorchReader` reads zip, legacy and tar files, into Burn's tensors and with Burn's dependencies.

mod archive;
mod fit;
mod load;
mod reader;
mod report;
mod tensors;
mod write;

pub(crate) use archive::Flaw;
pub use archive::{Format, Plain};
pub(crate) use load::load_state;
pub use load::{LoadOptions, load, load_into};
pub use reader::Checkpoint;
pub use report::{LoadReport, Mismatch};
pub use write::write;

use std::collections::BTreeMap;
use std::path::Path;

use tch::Tensor;

#[cfg(doc)]
use crate::Error;
use crate::Result;

/// Tensors by name, in the order of their names: what PyTorch calls a `state_dict`.
pub type StateDict = BTreeMap<String, Tensor>;

/// Reads every tensor of a weights file's state dict, on the CPU and in the file's own kinds: what
/// [`Checkpoint::open`] and [`Checkpoint::read`] do.
///
/// # Errors
///
/// The file cannot be read, is no weights file, is damaged, or holds several state dicts.
pub fn read(path: impl AsRef<Path>) -> Result<StateDict> {
    Checkpoint::open(path)?.read()
}
