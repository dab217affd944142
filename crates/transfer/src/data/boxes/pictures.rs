//! Pictures with boxes as pictures without.

use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;

use super::BoxDataset;
use crate::Result;
use crate::data::Dataset;

/// The pictures of a set with boxes alone, without classes or labels: to compute features of them, or to learn from maps of them.
#[derive(Debug, Clone)]
pub struct BoxPictures(Arc<dyn BoxDataset>);

impl BoxPictures {
    /// The pictures of this set.
    #[must_use]
    pub fn new(of: Arc<dyn BoxDataset>) -> Self {
        Self(of)
    }
}

impl Dataset for BoxPictures {
    fn len(&self) -> usize {
        self.0.len()
    }

    /// None.
    fn classes(&self) -> &[String] {
        &[]
    }

    /// 0: there is no label.
    fn label(&self, _index: usize) -> usize {
        0
    }

    fn name(&self, index: usize) -> PathBuf {
        self.0.name(index)
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        self.0.picture(index)
    }
}
