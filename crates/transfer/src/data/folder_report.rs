//! What was found in a folder of pictures, and what was left out.

use std::fmt;
use std::path::PathBuf;

use super::Skipped;

/// What was found when a folder was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderReport {
    /// The folder.
    pub folder: PathBuf,
    /// How many pictures each class has.
    pub counts: Vec<(String, usize)>,
    /// Files that have a picture's extension and could not be opened as one.
    pub unreadable: Vec<Skipped>,
    /// How many files have no picture's extension (or lie beside the class folders).
    pub ignored: usize,
    /// Folders beside this one that were not opened, where it was opened as a part of a split
    /// ([`open_splits`](super::ImageFolder::open_splits)): `test/`, where `val/` was taken.
    pub left_alone: Vec<PathBuf>,
}

/// How many unreadable files `Display` names.
const SHOWN: usize = 5;

impl FolderReport {
    /// Whether everything was used: each file is a picture, each class has one, and no folder was left alone.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.unreadable.is_empty()
            && self.ignored == 0
            && self.left_alone.is_empty()
            && self.empty_classes().next().is_none()
    }

    /// Classes without a single picture.
    pub fn empty_classes(&self) -> impl Iterator<Item = &str> {
        self.counts
            .iter()
            .filter(|(_, count)| *count == 0)
            .map(|(class, _)| class.as_str())
    }
}

/// The counts, and what was left out; of unreadable files the first few.
impl fmt::Display for FolderReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pictures: usize = self.counts.iter().map(|(_, count)| count).sum();
        let (classes, folder) = (self.counts.len(), &self.folder);
        write!(f, "{pictures} pictures in {classes} classes in {folder:?}")?;
        for class in self.empty_classes() {
            write!(f, "\n  class {class:?} has no picture")?;
        }
        if self.ignored > 0 {
            write!(f, "\n  {} other files ignored", self.ignored)?;
        }
        if !self.unreadable.is_empty() {
            write!(
                f,
                "\n  {} files could not be read as pictures:",
                self.unreadable.len()
            )?;
        }
        for skipped in self.unreadable.iter().take(SHOWN) {
            write!(f, "\n    {skipped}")?;
        }
        if self.unreadable.len() > SHOWN {
            write!(f, "\n    … and {} more", self.unreadable.len() - SHOWN)?;
        }
        for folder in &self.left_alone {
            write!(f, "\n  {folder:?} was left alone")?;
        }
        Ok(())
    }
}
