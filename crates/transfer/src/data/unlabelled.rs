//! Pictures whose labels nobody is to see.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::RgbImage;

use super::{Dataset, FolderReport, ImageFolder};
use crate::Result;

/// The pictures of a data set without their labels and targets: there are no classes, and whoever wants to train on labels or to
/// be judged by them is refused. The target of a domain adaptation.
///
/// ```
/// use transfer::prelude::*;
///
/// let drawings = Leaves::new(SpeciesSet::Novel, 2, 32, 0).domain(Domain::Ink);
/// let target = Unlabelled::new(Arc::new(drawings));
/// assert_eq!((target.len(), target.classes().len()), (24, 0));
/// ```
#[derive(Debug, Clone)]
pub struct Unlabelled {
    of: Arc<dyn Dataset>,
    report: Option<FolderReport>,
}

impl Unlabelled {
    /// The same pictures in the same order.
    #[must_use]
    pub fn new(of: Arc<dyn Dataset>) -> Self {
        Self { of, report: None }
    }

    /// All pictures below a folder, whatever its subfolders are called.
    ///
    /// # Errors
    ///
    /// As [`ImageFolder::open_flat`].
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = ImageFolder::open_flat(folder)?;
        Ok(Self {
            report: Some(folder.report().clone()),
            of: Arc::new(folder),
        })
    }

    /// What was found in the folder, and what was left out.
    #[must_use]
    pub fn report(&self) -> Option<&FolderReport> {
        self.report.as_ref()
    }
}

impl Dataset for Unlabelled {
    fn len(&self) -> usize {
        self.of.len()
    }

    fn classes(&self) -> &[String] {
        &[]
    }

    fn label(&self, _: usize) -> usize {
        0
    }

    fn name(&self, index: usize) -> PathBuf {
        self.of.name(index)
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        self.of.picture(index)
    }

    fn stamp(&self, index: usize) -> String {
        self.of.stamp(index)
    }
}
