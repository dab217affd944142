//! Adversarial discriminative adaptation: a copy of the trunk learns the target.

use tch::{Kind, Tensor};

use super::Discriminator;
use super::check::same_width;
use super::dann::as_source;
use crate::Result;

/// What the discriminator learns by (ADDA; Tzeng et al., "Adversarial discriminative domain adaptation", CVPR 2017): to tell the
/// frozen source trunk's features of source pictures `[N, C]` from the learning target trunk's of target pictures `[M, C]`. No
/// gradient reaches the features.
///
/// # Errors
///
/// The shapes are others, or not of the discriminator's width.
pub fn adda_discriminator(
    discriminator: &Discriminator,
    source: &Tensor,
    target: &Tensor,
) -> Result<Tensor> {
    same_width(source, target, 1)?;
    let ours = as_source(&discriminator.logits(&source.detach())?, true).mean(Kind::Float);
    let theirs = as_source(&discriminator.logits(&target.detach())?, false).mean(Kind::Float);
    Ok((ours + theirs) / 2.0)
}

/// What the target trunk learns by: to be taken for the source. (Labels are turned round, which has stronger gradients at the
/// beginning than a reversed gradient.) Step the trunk's optimiser alone with it.
///
/// # Errors
///
/// As [`adda_discriminator`].
pub fn adda_trunk(discriminator: &Discriminator, target: &Tensor) -> Result<Tensor> {
    Ok(as_source(&discriminator.logits(target)?, true).mean(Kind::Float))
}
