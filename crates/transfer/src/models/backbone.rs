//! What transfer learning needs of a net: features, a head that can be changed, weights that can be loaded.

use std::path::Path;

use tch::nn::{ModuleT, VarStore};
use tch::{Device, Tensor};

use crate::Result;
use crate::checkpoint::{self, LoadOptions, LoadReport, StateDict};

/// A net in two parts: a trunk that turns pictures into feature vectors, and a linear head on them.
pub trait Backbone: ModuleT {
    /// The net's variables, named as in torchvision.
    fn var_store(&self) -> &VarStore;

    /// The named layers, from the input to the head; each is the prefix of its variables' names.
    fn layer_names(&self) -> &'static [&'static str];

    /// The last of [`layer_names`](Self::layer_names).
    fn head_name(&self) -> &'static str {
        self.layer_names().last().copied().unwrap_or_default()
    }

    /// How many numbers describe a picture: the `C` of [`features`](Self::features).
    fn feature_dim(&self) -> i64;

    /// What the head would see: `[N, 3, H, W]` → `[N, C]`. With `train`, batch normalisation uses the batch's
    /// own statistics and updates its running ones.
    fn features(&self, xs: &Tensor, train: bool) -> Tensor;

    /// Puts a new, untrained head for `num_classes` classes in the place of the present one.
    fn replace_head(&mut self, num_classes: i64);

    /// Where the variables live.
    fn device(&self) -> Device {
        self.var_store().device()
    }

    /// How many numbers training can change, and how many there are (running statistics not counted).
    fn parameter_counts(&self) -> (i64, i64) {
        let count = |trainable: bool| {
            let variables = self.var_store().trainable_variables();
            let chosen = variables
                .iter()
                .filter(|variable| !trainable || variable.requires_grad());
            chosen.map(|variable| variable.numel() as i64).sum::<i64>()
        };
        (count(true), count(false))
    }

    /// Loads weights from a file: safetensors, told by content.
    ///
    /// # Errors
    ///
    /// The file cannot be read or is no weights file; or names or shapes do not fit and `options` is strict.
    fn load(&mut self, path: impl AsRef<Path>, options: &LoadOptions) -> Result<LoadReport>
    where
        Self: Sized,
    {
        let tensors: StateDict = checkpoint::read(&path)?;
        checkpoint::load_into(self.var_store(), &tensors, path.as_ref(), options)
    }

    /// Writes all variables, running statistics included, to a safetensors file.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    fn save(&self, path: impl AsRef<Path>) -> Result<()>
    where
        Self: Sized,
    {
        checkpoint::write(path, &self.var_store().variables().into_iter().collect())
    }
}
