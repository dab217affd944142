//! Self-training: the net's own sure predictions as labels.

use tch::{Kind, Tensor};

use super::check::{logits as check, same_width};
use super::{Method, Views, reversal_schedule};
use crate::{Error, Result};

/// Cross-entropy of `logits` `[N, K]` against the classes that `teacher` `[N, K]` (the same net's logits, of the same pictures or of
/// less changed ones) is sure of (Lee, "Pseudo-label", ICML workshops 2013; with the threshold of FixMatch, Sohn et al., NeurIPS 2020):
/// those with a probability of `threshold` or more count, and the sum over them is divided by N. With it, the share of
/// pictures that count, in [0, 1]. No gradient reaches the teacher.
///
/// # Errors
///
/// The shapes are others, or the threshold is outside of [0, 1].
pub fn pseudo_label(logits: &Tensor, teacher: &Tensor, threshold: f64) -> Result<(Tensor, f64)> {
    check(logits)?;
    same_width(logits, teacher, logits.size()[0])?;
    same_width(teacher, logits, teacher.size()[0])?;
    if !(0.0..=1.0).contains(&threshold) {
        return Err(Error::argument("threshold", "0 to 1", threshold));
    }
    let (sure, labels) = teacher.detach().softmax(-1, Kind::Float).max_dim(1, true);
    let counted = sure.ge(threshold).to_kind(Kind::Float);
    let losses = -logits
        .log_softmax(-1, Kind::Float)
        .gather(1, &labels, false);
    let share = counted.sum(Kind::Double).double_value(&[]) / logits.size()[0] as f64;
    Ok(((losses * counted).mean(Kind::Float), share))
}

/// [`pseudo_label()`] with the net as its own teacher, at a weight that grows in the course of the training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PseudoLabels {
    /// What the loss is multiplied by in the end.
    pub weight: f64,
    /// How sure the net must be.
    pub threshold: f64,
}

impl Default for PseudoLabels {
    fn default() -> Self {
        Self {
            weight: 1.0,
            threshold: 0.95,
        }
    }
}

impl Method for PseudoLabels {
    fn name(&self) -> &'static str {
        "pseudo-labels"
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        let logits = step.target.logits;
        let (loss, _) = pseudo_label(logits, logits, self.threshold)?;
        Ok(loss * (self.weight * reversal_schedule(step.progress)))
    }
}
