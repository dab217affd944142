//! Maximum classifier discrepancy: two heads that must agree on the target.

use tch::{Kind, Tensor};

use super::check::{logits, same_width};
use super::method::{not_begun, num_classes};
use super::{Method, SideNet, Views, reverse_gradient};
use crate::Result;
use crate::models::{Backbone, ParameterGroup};

/// How far two heads' predictions `[N, K]` and `[N, K]` for the same pictures are apart: the mean absolute difference of their
/// softmax (Saito et al., "Maximum classifier discrepancy for unsupervised domain adaptation", CVPR 2018). The heads
/// learn to raise it on target pictures (beside the source's cross-entropy), then the trunk to lower it.
///
/// # Errors
///
/// The shapes are others.
pub fn classifier_discrepancy(one: &Tensor, other: &Tensor) -> Result<Tensor> {
    logits(one)?;
    same_width(one, other, one.size()[0])?;
    same_width(other, one, other.size()[0])?;
    let apart = one.softmax(-1, Kind::Float) - other.softmax(-1, Kind::Float);
    Ok(apart.abs().mean(Kind::Float))
}

/// [`classifier_discrepancy`] between the net's head and a second one, which learns the source too: both heads raise it on target
/// pictures, the trunk lowers it. In one step, by a [reversal](reverse_gradient), as the authors' program can, in
/// place of the paper's three in turn. What is delivered is the net with its own head.
#[derive(Debug)]
pub struct Mcd {
    /// What the discrepancy is multiplied by.
    pub weight: f64,
    /// The second head; `None` before the first training.
    pub other: Option<SideNet>,
}

impl Default for Mcd {
    fn default() -> Self {
        Self {
            weight: 1.0,
            other: None,
        }
    }
}

impl Method for Mcd {
    fn name(&self) -> &'static str {
        "MCD"
    }

    fn begin(&mut self, net: &mut dyn Backbone, seed: u64) -> Result<()> {
        let (width, layers) = (net.feature_dim(), [("other", num_classes(net)?)]);
        let made = SideNet::new("second head", width, &layers, net.device(), seed);
        self.other = Some(made);
        Ok(())
    }

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        self.other.iter().map(SideNet::parameter_group).collect()
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        let other = not_begun(self.other.as_ref())?;
        let source = other.forward(step.source()?.features, false);
        let learned = source.cross_entropy_for_logits(step.source_labels);
        let features = reverse_gradient(step.target.features, 1.0);
        let ours = step.net.classify(&features, true);
        let apart = classifier_discrepancy(&ours, &other.forward(&features, false))?;
        Ok(learned - apart * self.weight)
    }
}
