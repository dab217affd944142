//! A detector's weights: torchvision's and its own.

use std::path::Path;

use super::Detector;
use super::norms::{eps_of, with_eps};
use crate::Result;
use crate::checkpoint::{self, Checkpoint, LoadOptions, LoadReport, StateDict};
use crate::detection::DetectorKind;

impl Detector {
    /// Loads weights from a file, told by content, such as those that torchvision trained on COCO (91 classes, of which the first is none; for another
    /// number, [leave out](LoadOptions::without) `head.classification_head.cls_logits`). Names from before torchvision 0.14 are understood.
    ///
    /// torchvision's RetinaNet for COCO is known by its file's name, and gets the ε of its training, 0. Under another name, or in another format:
    /// [`load_with_norm_eps`](Self::load_with_norm_eps).
    ///
    /// # Errors
    ///
    /// The file cannot be read or is no weights file; or names or shapes do not fit and `options` is strict.
    pub fn load(&mut self, path: impl AsRef<Path>, options: &LoadOptions) -> Result<LoadReport> {
        let eps = eps_of(path.as_ref());
        self.load_with_norm_eps(path, options, eps)
    }

    /// As [`load`](Self::load), from a file whose net added `eps` to variances in its batch normalisation, and not PyTorch's 1e-5: older frozen ones
    /// added 0. The layers here keep 1e-5; the difference goes into their weights, γ' = γ √((σ² + 1e-5) / (σ² + ε)), with which they compute the same
    /// from their running statistics, and [`save`](Self::save) writes what any reader can use. Where a variance is near 0, γ' is large: before
    /// training, [`freeze_batch_norm`](crate::models::Backbone::freeze_batch_norm) of [`body_mut`](Self::body_mut), as torchvision does.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load); and a variance, with `eps`, is not above 0.
    pub fn load_with_norm_eps(
        &mut self,
        path: impl AsRef<Path>,
        options: &LoadOptions,
        eps: f64,
    ) -> Result<LoadReport> {
        let path = path.as_ref();
        let tensors = Checkpoint::open(path)?.read()?;
        let kind = self.config().kind;
        let renamed = tensors
            .into_iter()
            .map(|(name, tensor)| (renamed(kind, name), tensor));
        let state = with_eps(renamed.collect(), eps)?;
        checkpoint::load_state(self.state(), &state, path, options)
    }

    /// Writes all variables to a safetensors file, under torchvision's names.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        checkpoint::write(path, &self.state())
    }

    /// Copies values into the variables of these names: all, or none where one does not fit.
    ///
    /// # Errors
    ///
    /// One of the variables is missing, or has another shape.
    pub fn set_state(&mut self, state: &StateDict) -> Result<()> {
        let options = LoadOptions::new();
        checkpoint::load_state(
            self.state(),
            state,
            Path::new("a detector's state"),
            &options,
        )?;
        Ok(())
    }
}

/// Convolutions have become blocks with their norm and activation: there is a 0 in their names, and those of `RetinaNet`'s heads are numbered through.
fn renamed(kind: DetectorKind, name: String) -> String {
    let Some((layer, what)) = name.rsplit_once('.') else {
        return name;
    };
    let Some((block, number)) = layer.rsplit_once('.') else {
        return name;
    };
    let Ok(number) = number.parse::<usize>() else {
        return name;
    };
    let of_pyramid = block.ends_with("fpn.inner_blocks") || block.ends_with("fpn.layer_blocks");
    let of_head = block.starts_with("head.") && block.ends_with(".conv");
    match kind {
        _ if of_pyramid => format!("{layer}.0.{what}"),
        DetectorKind::RetinaNet if of_head => format!("{block}.{}.0.{what}", number / 2),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_older_files_are_todays() {
        let of = |kind, name: &str| renamed(kind, name.to_owned());
        let (fcos, retinanet) = (DetectorKind::Fcos, DetectorKind::RetinaNet);
        assert_eq!(
            of(fcos, "backbone.fpn.inner_blocks.1.weight"),
            "backbone.fpn.inner_blocks.1.0.weight"
        );
        assert_eq!(
            of(fcos, "backbone.fpn.inner_blocks.1.0.bias"),
            "backbone.fpn.inner_blocks.1.0.bias"
        );
        assert_eq!(
            of(fcos, "head.regression_head.conv.4.bias"),
            "head.regression_head.conv.4.bias"
        );
        assert_eq!(
            of(retinanet, "head.regression_head.conv.4.bias"),
            "head.regression_head.conv.2.0.bias"
        );
        assert_eq!(
            of(retinanet, "head.regression_head.conv.2.0.bias"),
            "head.regression_head.conv.2.0.bias"
        );
        assert_eq!(
            of(retinanet, "backbone.body.layer1.0.conv1.weight"),
            "backbone.body.layer1.0.conv1.weight"
        );
    }
}
