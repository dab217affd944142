//! What a detector starts from.

use std::fmt;

/// The backbone before the training, and whether it learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// Pretrained; everything learns.
    Pretrained,
    /// Pretrained; only the pyramid and the heads learn.
    Frozen,
    /// Drawn at random; everything learns.
    Scratch,
}

impl Start {
    pub(crate) const ALL: [Self; 3] = [Self::Pretrained, Self::Frozen, Self::Scratch];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pretrained => "pretrained",
            Self::Frozen => "frozen",
            Self::Scratch => "scratch",
        }
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
