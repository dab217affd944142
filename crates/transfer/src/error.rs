//! The crate's one error type. A message says what was expected, what was found, where, and what to do.

use std::path::{Path, PathBuf};

use crate::checkpoint::{Flaw, LoadReport};

/// The result of everything in this crate that touches files, data or configuration.
pub type Result<T> = std::result::Result<T, Error>;

/// How a checkpoint that is not read here becomes one that is, up to the two paths.
const CONVERSION: &str = "python -c \"import sys, torch; from safetensors.torch import save_file; \
    d = torch.load(sys.argv[1], map_location='cpu', weights_only=True); d = d.get('state_dict', d.get('model', d)); \
    save_file({k: v.contiguous().clone() for k, v in d.items() if torch.is_tensor(v)}, sys.argv[2])\"";

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
        "{path:?} is not a weights file: expected safetensors or a torch.save file, found {found}. \
         Check that the download is complete and that it is not an error page."
    )]
    NotACheckpoint {
        /// The file.
        path: PathBuf,
        /// What its first bytes look like.
        found: String,
    },

    /// The pickle in a weights file names something of Python's that weights do not need. A pickle can run arbitrary code
    /// when Python loads it; here it is parsed, and no more.
    #[error(
        "{path:?} is a Python pickle that uses {global}, which is not among the names that weights need; nothing was \
         executed. Convert it once, where you trust it (weights_only=False, if PyTorch refuses it too and you know who \
         made it):\n  {CONVERSION} {path:?} weights.safetensors"
    )]
    ForbiddenGlobal {
        /// The file.
        path: PathBuf,
        /// `module.name`.
        global: String,
    },

    /// A file holds a whole pickled module (`torch.save(model)`), Python classes included.
    #[error(
        "{path:?} is a whole pickled module (it uses {global}), which only Python can rebuild; nothing was executed. \
         Save its weights alone where its code is: torch.save(model.state_dict(), \"weights.pt\"). If the file also has \
         a state dict, convert that:\n  {CONVERSION} {path:?} weights.safetensors"
    )]
    PickledModule {
        /// The file.
        path: PathBuf,
        /// The first of its classes.
        global: String,
    },

    /// A file is a TorchScript program (`torch.jit.save`).
    #[error(
        "{path:?} is a TorchScript program, not a state dict. Save its weights in Python: \
         torch.save(torch.jit.load({path:?}).state_dict(), \"weights.pt\")"
    )]
    TorchScript {
        /// The file.
        path: PathBuf,
    },

    /// A weights file is sound, and of a variety that is not read here.
    #[error("{path:?} cannot be read here: {reason}. Save it again with a present PyTorch.")]
    UnsupportedCheckpoint {
        /// The file.
        path: PathBuf,
        /// What was found, and what is read.
        reason: String,
    },

    /// A weights file asks for more than any weights file needs, as one would that is made to exhaust memory.
    #[error(
        "{path:?} was not read: {reason}. If you trust it, load it in Python and save the state dict alone."
    )]
    CheckpointLimit {
        /// The file.
        path: PathBuf,
        /// Which budget it goes beyond.
        reason: String,
    },

    /// It is not clear which dict of a weights file is the state dict.
    #[error(
        "{path:?} has {}, and {}.",
        match asked {
            Some(asked) => format!("no dict of tensors {asked:?}"),
            None => "no single state dict".to_owned(),
        },
        match entries[..] {
            [] => "no other: it may be a single tensor. Save a dict of tensors in Python".to_owned(),
            _ => format!(
                "the tensors in it are under {entries:?}. Choose one: Checkpoint::open(…)?.entry(\"…\") or \
                 LoadOptions::new().entry(\"…\")"
            ),
        }
    )]
    ChooseEntry {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        asked: Option<String>,
        /// What there is: dotted paths.
        entries: Vec<String>,
    },

    /// A weights file could not be read to its end after some of its tensors were copied into the net.
    #[error(
        "the net is partly loaded from {path:?}: {} of its variables were replaced (the last is {:?}), then {failed:?} \
         failed: {source}\nLoad a sound file before using the net.",
        replaced.len(),
        replaced.last().map_or("", String::as_str)
    )]
    PartlyLoaded {
        /// The file.
        path: PathBuf,
        /// The variable that could not be replaced.
        failed: String,
        /// Those that were, in this order.
        replaced: Vec<String>,
        /// Why.
        source: Box<Error>,
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
        "{path:?}: tensor {tensor:?} has the type {found}; expected float64, float32, float16, bfloat16, int64, int32, \
         int16, int8, uint8 or bool. Convert it where it was written (in PyTorch: `tensor.float()`) and save it again."
    )]
    UnsupportedType {
        /// The file.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// Its type, as PyTorch calls it.
        found: String,
    },

    /// The names or shapes in a weights file are not those of the net.
    #[error(
        "the weights of {path:?} do not fit the net, and nothing was copied: {report}\n\
         If only the head differs, leave it out: LoadOptions::new().without(net.head_name()). \
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

    /// Code that decodes or transforms a picture panicked, which is a mistake in that code.
    #[error(
        "a thread of the loader panicked at {path:?}: {reason}. The other pictures are not affected"
    )]
    Panicked {
        /// The file, or the picture's name.
        path: PathBuf,
        /// What the panic said.
        reason: String,
    },

    /// A loss, a gradient or a weight is no longer a finite number; training stopped there.
    #[error(
        "training diverged in step {step} (epoch {epoch}, learning rate {lr:e}): {reason}. The net is back at its last \
         good state. Train with a lower learning rate (Learner::lr_find suggests one), a warm-up, or gradients \
         shortened by clip_norm; if it is the first step, look for numbers that are not finite in the weights or the \
         pictures."
    )]
    Diverged {
        /// From 1.
        epoch: usize,
        /// From 1; 0 if there was none.
        step: usize,
        /// The learning rate of the head in that step.
        lr: f64,
        /// What was found.
        reason: String,
    },

    /// The reader of a notebook asked the running cell to stop.
    #[error(
        "interrupted, as the kernel was asked to. Variables are as they were; a net that was being trained has the \
         weights of its last step."
    )]
    Interrupted,

    /// A training cannot go on from this checkpoint, because it is another training's.
    #[error("cannot go on from {path:?}: {difference}.")]
    CannotResume {
        /// The checkpoint.
        path: PathBuf,
        /// What is different.
        difference: String,
    },

    /// A file is not the table of this comparison.
    #[error(
        "{path:?} is not the table of this study: {reason}. Move it away, or name another file."
    )]
    Study {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
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

    /// A file could not be fetched: no network, a server that refuses, or the network is forbidden.
    #[error(
        "cannot fetch {name}: {reason}\n\
         Fetch it by hand from\n  {url}\nand put it here; it is checked and then used:\n  {path:?}\n\
         TRANSFER_CACHE names another cache folder, TRANSFER_OFFLINE=1 forbids the network."
    )]
    NotFetched {
        /// The file's name.
        name: String,
        /// Where it would have come from.
        url: String,
        /// Where it would lie.
        path: PathBuf,
        /// What went wrong, and what is kept of it.
        reason: String,
    },

    /// A file's SHA-256 is not the one that is known for it.
    #[error(
        "{path:?} is not the file that it should be: its SHA-256 should begin with {expected} and is {found}. {advice}"
    )]
    WrongHash {
        /// The file.
        path: PathBuf,
        /// The hash, or its first digits.
        expected: String,
        /// The hash of what is there.
        found: String,
        /// What became of the file, and what to do.
        advice: String,
    },

    /// The disk is full.
    #[error(
        "the disk is full: {path:?} needs {needed} more. Make room, or name another cache folder in TRANSFER_CACHE; what came so far is kept."
    )]
    DiskFull {
        /// The file.
        path: PathBuf,
        /// How much is missing of it, in words.
        needed: String,
    },

    /// An archive holds what must not be unpacked, or is damaged.
    #[error("{path:?} was not unpacked: {reason}. Nothing of it was left behind.")]
    Archive {
        /// The archive.
        path: PathBuf,
        /// Which entry, and what is wrong with it.
        reason: String,
    },

    /// Nothing has this name.
    #[error(
        "no {kind} are known by the name {name:?}; the nearest are {near:?}, {list} lists them all"
    )]
    UnknownName {
        /// "weights", "data sets" or "architectures".
        kind: &'static str,
        /// What lists all names.
        list: &'static str,
        /// The name that was asked for.
        name: String,
        /// The nearest names that there are.
        near: Vec<String>,
    },
}

impl Error {
    /// What the reading of weights found wrong, with the file's path.
    pub(crate) fn of_checkpoint(path: &Path, flaw: Flaw) -> Error {
        let path = path.to_path_buf();
        match flaw {
            Flaw::Io(source) => Error::io("read", path)(source),
            Flaw::Unknown(found) => Error::NotACheckpoint { path, found },
            Flaw::Damaged(reason) => Error::DamagedCheckpoint { path, reason },
            Flaw::Limit(reason) => Error::CheckpointLimit { path, reason },
            Flaw::Unsupported(reason) => Error::UnsupportedCheckpoint { path, reason },
            Flaw::Forbidden {
                global,
                module: true,
            } => Error::PickledModule { path, global },
            Flaw::Forbidden { global, .. } => Error::ForbiddenGlobal { path, global },
            Flaw::TorchScript => Error::TorchScript { path },
            Flaw::Type { tensor, found } => Error::UnsupportedType {
                path,
                tensor,
                found,
            },
            Flaw::Choice { asked, entries } => Error::ChooseEntry {
                path,
                asked,
                entries,
            },
        }
    }

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
