//! A net's weights from a file and to a file.

use std::path::Path;

use super::Backbone;
use crate::Result;
use crate::checkpoint::{self, LoadOptions, LoadReport};

/// Loading and saving for every [`Backbone`], a `Box<dyn Backbone>` too. (Methods that take any sort of path cannot
/// be called on a `dyn` of their own trait, so they are in this one.)
pub trait WeightFiles: Backbone {
    /// Loads weights from a file, told by content: safetensors, or either format of `torch.save`.
    ///
    /// # Errors
    ///
    /// The file cannot be read or is no weights file; or names or shapes do not fit and `options` is strict.
    fn load(&mut self, path: impl AsRef<Path>, options: &LoadOptions) -> Result<LoadReport> {
        checkpoint::load(self.var_store(), path, options)
    }

    /// Writes all variables, running statistics included, to a safetensors file.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        checkpoint::write(path, &self.var_store().variables().into_iter().collect())
    }
}

impl<B: Backbone + ?Sized> WeightFiles for B {}
