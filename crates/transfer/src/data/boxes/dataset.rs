//! What everything that delivers pictures with boxes has in common.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;

use super::BoxLabel;
use crate::Result;

/// Pictures with boxes, by number.
pub trait BoxDataset: fmt::Debug + Send + Sync {
    /// How many pictures there are, those without a box included.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of the classes; a box's class is a position in it. There is none for the background.
    fn classes(&self) -> &[String];

    /// The picture itself, turned upright as its EXIF data say. `index` must be below [`len`](Self::len).
    ///
    /// # Errors
    ///
    /// It cannot be read or decoded.
    fn picture(&self, index: usize) -> Result<RgbImage>;

    /// Columns and rows of a picture as [`picture`](Self::picture) returns it; unless a set knows better, by decoding it, which costs as much as the
    /// picture itself whenever a [`BoxLoader`](crate::train::BoxLoader) delivers it. `index` must be below
    /// [`len`](Self::len).
    ///
    /// # Errors
    ///
    /// It cannot be read or decoded.
    fn size(&self, index: usize) -> Result<(u32, u32)> {
        Ok(self.picture(index)?.dimensions())
    }

    /// The boxes of a picture, without decoding it; none, where there is only background. Each lies in the picture and
    /// has a width and a height. `index` must be below [`len`](Self::len).
    fn boxes(&self, index: usize) -> &[BoxLabel];

    /// What a message calls a picture: its file, where it has one.
    fn name(&self, index: usize) -> PathBuf {
        format!("picture {index}").into()
    }

    /// How many boxes each class has.
    fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes().len()];
        for label in (0..self.len()).flat_map(|index| self.boxes(index)) {
            counts[label.class] += 1;
        }
        counts
    }
}

/// Some pictures of a set with boxes, as a set with boxes.
#[derive(Debug, Clone)]
pub struct BoxSubset {
    of: Arc<dyn BoxDataset>,
    indices: Vec<usize>,
}

impl BoxSubset {
    /// The pictures of `of` at these positions, in this order.
    ///
    /// # Panics
    ///
    /// A position is not below `of.len()`.
    #[must_use]
    pub fn new(of: Arc<dyn BoxDataset>, indices: Vec<usize>) -> Self {
        assert!(
            indices.iter().all(|&index| index < of.len()),
            "a subset's positions lie within its data set"
        );
        Self { of, indices }
    }
}

impl BoxDataset for BoxSubset {
    fn len(&self) -> usize {
        self.indices.len()
    }

    fn classes(&self) -> &[String] {
        self.of.classes()
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        self.of.picture(self.indices[index])
    }

    fn size(&self, index: usize) -> Result<(u32, u32)> {
        self.of.size(self.indices[index])
    }

    fn boxes(&self, index: usize) -> &[BoxLabel] {
        self.of.boxes(self.indices[index])
    }

    fn name(&self, index: usize) -> PathBuf {
        self.of.name(self.indices[index])
    }
}
