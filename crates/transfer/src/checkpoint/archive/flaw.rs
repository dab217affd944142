//! What can be wrong with a weights file, before it has a path.

use std::io;

/// The result of everything in this room.
pub(crate) type Result<T> = std::result::Result<T, Flaw>;

/// Why a weights file cannot be read. The room above adds the path and what to do.
#[derive(Debug)]
pub(crate) enum Flaw {
    /// The system refused.
    Io(io::Error),
    /// It is no weights file; the text says what it looks like.
    Unknown(String),
    /// It contradicts itself or ends too early.
    Damaged(String),
    /// It asks for more than any weights file needs.
    Limit(String),
    /// It is sound, and of a variety that is not read here.
    Unsupported(String),
    /// Its pickle names something of Python's that is not on the list.
    Forbidden {
        /// `module.name`.
        global: String,
        /// Whether it looks like a whole pickled module.
        module: bool,
    },
    /// It is a TorchScript program.
    TorchScript,
    /// A tensor's numbers have a type that is not read here.
    Type {
        /// The tensor's name.
        tensor: String,
        /// Its type.
        found: String,
    },
    /// It cannot be said which of its dicts is meant.
    Choice {
        /// The entry that was asked for.
        asked: Option<String>,
        /// The entries that there are.
        entries: Vec<String>,
    },
}

impl Flaw {
    /// A [`Flaw::Damaged`].
    pub(crate) fn damaged<T>(reason: impl Into<String>) -> Result<T> {
        Err(Flaw::Damaged(reason.into()))
    }

    /// A [`Flaw::Limit`].
    pub(crate) fn limit<T>(reason: impl Into<String>) -> Result<T> {
        Err(Flaw::Limit(reason.into()))
    }
}

impl From<io::Error> for Flaw {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Flaw::Damaged("it ends too early".into()),
            // What flate2 calls a broken stream.
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                Flaw::Damaged(error.to_string())
            }
            _ => Flaw::Io(error),
        }
    }
}
