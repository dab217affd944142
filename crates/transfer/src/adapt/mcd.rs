//! Maximum classifier discrepancy: two heads that must agree on the target.

use tch::{Kind, Tensor};

use super::check::{logits, same_width};
use crate::Result;

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
