//! What everything that delivers labelled pictures has in common.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;

use super::{FolderReport, stamp};
use crate::Result;

/// Labelled pictures, by number. Labels are positions in [`classes`](Self::classes).
pub trait Dataset: fmt::Debug + Send + Sync {
    /// How many pictures there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of the classes; a label is a position in it. Sorted, unless the data come with an order of their own.
    fn classes(&self) -> &[String];

    /// The label of a picture, without decoding it. `index` must be below [`len`](Self::len).
    fn label(&self, index: usize) -> usize;

    /// What a message calls a picture: its file, where it has one.
    fn name(&self, index: usize) -> PathBuf {
        format!("picture {index}").into()
    }

    /// The picture itself. `index` must be below [`len`](Self::len).
    ///
    /// # Errors
    ///
    /// It cannot be read or decoded.
    fn picture(&self, index: usize) -> Result<RgbImage>;

    /// Further numbers that belong to the picture: the targets of a regression, or several labels at once. None unless
    /// the data set has them; as many for each picture.
    fn targets(&self, _index: usize) -> &[f32] {
        &[]
    }

    /// A text that changes when the picture does: what results that are kept on disk are found by. A file's is made of
    /// its path, size and times of change; without a file, of the pixels.
    fn stamp(&self, index: usize) -> String {
        match self.picture(index) {
            Ok(picture) => stamp::of_pixels(&picture),
            Err(error) => error.to_string(),
        }
    }

    /// All labels, in order.
    fn labels(&self) -> Vec<usize> {
        (0..self.len()).map(|index| self.label(index)).collect()
    }
}

/// Some pictures of a data set, as a data set.
#[derive(Debug, Clone)]
pub struct Subset {
    of: Arc<dyn Dataset>,
    indices: Vec<usize>,
}

impl Subset {
    /// The pictures of `of` at these positions, in this order.
    ///
    /// # Panics
    ///
    /// A position is not below `of.len()`.
    #[must_use]
    pub fn new(of: Arc<dyn Dataset>, indices: Vec<usize>) -> Self {
        assert!(
            indices.iter().all(|&index| index < of.len()),
            "a subset's positions lie within its data set"
        );
        Self { of, indices }
    }
}

impl Dataset for Subset {
    fn len(&self) -> usize {
        self.indices.len()
    }

    fn classes(&self) -> &[String] {
        self.of.classes()
    }

    fn label(&self, index: usize) -> usize {
        self.of.label(self.indices[index])
    }

    fn name(&self, index: usize) -> PathBuf {
        self.of.name(self.indices[index])
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        self.of.picture(self.indices[index])
    }

    fn targets(&self, index: usize) -> &[f32] {
        self.of.targets(self.indices[index])
    }

    fn stamp(&self, index: usize) -> String {
        self.of.stamp(self.indices[index])
    }
}

/// Pictures to learn from and pictures to be judged by, with the same classes.
#[derive(Debug, Clone)]
pub struct Splits {
    /// To learn from.
    pub train: Arc<dyn Dataset>,
    /// To be judged by; never trained on.
    pub test: Arc<dyn Dataset>,
    /// What was found in the folders behind them and what was left out; empty where there are none.
    pub reports: Vec<FolderReport>,
}

/// A file that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: PathBuf,
    /// What the decoder said.
    pub reason: String,
}

impl Skipped {
    /// Some of them as one text, for a file.
    pub(crate) fn to_text(all: &[Skipped]) -> String {
        let text = |one: &Skipped| format!("{}\0{}\0", one.path.display(), one.reason);
        all.iter().map(text).collect()
    }

    /// What [`to_text`](Self::to_text) wrote.
    pub(crate) fn from_text(text: &str) -> Vec<Skipped> {
        let parts: Vec<&str> = text.split_terminator('\0').collect();
        let one = |[path, reason]: &[&str; 2]| Skipped {
            path: path.into(),
            reason: (*reason).into(),
        };
        parts.as_chunks::<2>().0.iter().map(one).collect()
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}
