//! How a table of pictures is read.

use std::path::{Path, PathBuf};

/// How a table is read; see [`CsvManifest::open`](super::CsvManifest::open).
#[derive(Debug, Clone, Default)]
pub struct CsvOptions {
    pub(super) path: Option<String>,
    pub(super) label: Option<String>,
    pub(super) targets: Vec<String>,
    pub(super) classes: Option<Vec<String>>,
    pub(super) root: Option<PathBuf>,
    pub(super) missing_targets: bool,
    pub(super) strict: bool,
}

impl CsvOptions {
    /// Columns found by their names, paths relative to the table's folder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The column with the pictures' files.
    #[must_use]
    pub fn path_column(mut self, name: &str) -> Self {
        self.path = Some(name.into());
        self
    }

    /// The column with the labels.
    #[must_use]
    pub fn label_column(mut self, name: &str) -> Self {
        self.label = Some(name.into());
        self
    }

    /// The classes, in the order of their numbers: `train.classes()` for a table beside it, which may lack one of them and
    /// would then number the others differently. A row with another label cannot be used.
    #[must_use]
    pub fn classes(mut self, names: &[impl AsRef<str>]) -> Self {
        self.classes = Some(names.iter().map(|name| name.as_ref().into()).collect());
        self
    }

    /// Columns with numbers, which become [`Dataset::targets`](super::super::Dataset::targets) in this order. Without a label column named as well,
    /// all pictures are then of one class, `all`.
    #[must_use]
    pub fn target_columns(mut self, names: &[&str]) -> Self {
        self.targets = names.iter().map(|&name| name.into()).collect();
        self
    }

    /// Lets a field of [`target_columns`](Self::target_columns) be empty: its number is NaN, which tasks take as not known
    /// ([`multitask`](crate::multitask)). Otherwise such a row cannot be used.
    #[must_use]
    pub fn missing_targets(mut self) -> Self {
        self.missing_targets = true;
        self
    }

    /// The folder that paths are relative to.
    #[must_use]
    pub fn root(mut self, folder: impl AsRef<Path>) -> Self {
        self.root = Some(folder.as_ref().into());
        self
    }

    /// Makes a row that cannot be used an error.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }
}
