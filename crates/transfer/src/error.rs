//! The crate's one error type. A message says what was expected, what was found, where, and what to do.

use std::path::{Path, PathBuf};

use crate::checkpoint::LoadReport;

/// The result of everything in this crate that touches files, data or configuration.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {path:?}: {source}")]
    Io {
        /// What was tried: "read", "write", "list".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// A weights file is neither safetensors nor a PyTorch checkpoint.
    #[error(
        "{path:?} is not a weights file: expected safetensors, found {found}. \
         Check that the download is complete and that it is not an error page."
    )]
    NotACheckpoint {
        /// The file.
        path: PathBuf,
        /// What its first bytes look like.
        found: String,
    },

    /// A weights file is a Python pickle (`torch.save`), which this crate never executes.
    #[error(
        "{path:?} is a Python pickle ({format}), which can run arbitrary code when it is loaded; it was not executed. \
         Convert it once, where you trust it:\n  python -c \"import sys, torch; from safetensors.torch import save_file; \
         d = torch.load(sys.argv[1], map_location='cpu', weights_only=True); d = d.get('state_dict', d); \
         save_file({{k: v.contiguous() for k, v in d.items()}}, sys.argv[2])\" {path:?} weights.safetensors"
    )]
    Pickle {
        /// The file.
        path: PathBuf,
        /// Which of the formats: torch.save's zip archive or its legacy stream.
        format: &'static str,
    },

    /// A weights file began well and then was not what its header promised: cut short, or damaged.
    #[error("{path:?} is damaged or incomplete: {reason}. Fetch or write it again.")]
    DamagedCheckpoint {
        /// The file.
        path: PathBuf,
        /// What did not hold.
        reason: String,
    },

    /// A weights file is sound, and holds numbers of a type that is not read here.
    #[error(
        "{path:?}: tensor {tensor:?} has the type {found}; expected F64, F32, F16, BF16, I64, I32, I16, I8, U8 or \
         BOOL. Convert it where it was written (in PyTorch: `tensor.float()`) and save it again."
    )]
    UnsupportedType {
        /// The file.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// Its type, as safetensors calls it.
        found: String,
    },

    /// The names or shapes in a weights file are not those of the net.
    #[error(
        "the weights of {path:?} do not fit the net: {report}\n\
         If only the head differs, leave it out: LoadOptions::new().without(\"fc\"). \
         To load what fits, LoadOptions::new().lenient()."
    )]
    WeightsDoNotFit {
        /// The file.
        path: PathBuf,
        /// What fitted and what did not.
        report: Box<LoadReport>,
    },

    /// A folder does not hold what a data set needs.
    #[error("{path:?} cannot be used as a data set: {reason}")]
    Dataset {
        /// The folder.
        path: PathBuf,
        /// What was expected, what was found, what to do.
        reason: String,
    },

    /// One picture could not be decoded or resized.
    #[error("cannot use the picture {path:?}: {reason}")]
    Picture {
        /// The file, or the picture's name.
        path: PathBuf,
        /// What the decoder said.
        reason: String,
    },

    /// An argument has a value that makes no sense here.
    #[error("{what}: expected {expected}, found {found}")]
    Argument {
        /// Which argument.
        what: &'static str,
        /// What would do.
        expected: String,
        /// What it was.
        found: String,
    },

    /// libtorch refused an operation.
    #[error("libtorch: {0}")]
    Torch(#[from] tch::TchError),

    /// A table or a chart could not be made.
    #[error("cannot draw the {what}: {source}")]
    Display {
        /// Which table or chart.
        what: &'static str,
        /// What the library below said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// Wraps an [`std::io::Error`] with what was tried on which path.
    pub(crate) fn io(
        action: &'static str,
        path: impl AsRef<Path>,
    ) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.as_ref().to_path_buf();
        move |source| Error::Io {
            action,
            path,
            source,
        }
    }

    /// An [`Error::Argument`].
    pub(crate) fn argument(
        what: &'static str,
        expected: impl ToString,
        found: impl ToString,
    ) -> Error {
        Error::Argument {
            what,
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}
