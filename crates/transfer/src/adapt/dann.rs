//! Adversarial adaptation: features by which nobody can tell the domains apart.

use tch::{Kind, Tensor};

use super::Discriminator;
use super::check::same_width;
use super::reverse_gradient;
use crate::Result;

/// The domain classifier's loss on features `source` `[N, C]` and `target` `[M, C]` (DANN; Ganin et al., JMLR 2016): binary
/// cross-entropy, source 1 and target 0, the mean of the two domains' means. Minimising it trains the discriminator to tell
/// the domains apart and, through a [reversal](reverse_gradient) of this strength, the features to be told apart no
/// longer. A number, ln 2 ≈ 0.69 where it can do no better than guess.
///
/// # Errors
///
/// The shapes are others, or not of the discriminator's width.
pub fn dann(
    discriminator: &Discriminator,
    source: &Tensor,
    target: &Tensor,
    strength: f64,
) -> Result<Tensor> {
    same_width(source, target, 1)?;
    let said = |features: &Tensor| discriminator.logits(&reverse_gradient(features, strength));
    let (ours, theirs) = (said(source)?, said(target)?);
    Ok(
        (as_source(&ours, true).mean(Kind::Float) + as_source(&theirs, false).mean(Kind::Float))
            / 2.0,
    )
}

/// Binary cross-entropy of each logit `[N]` with the source domain as truth, or with the target.
pub(super) fn as_source(logits: &Tensor, source: bool) -> Tensor {
    // -ln σ(x) = softplus(-x)
    (if source {
        -logits
    } else {
        logits.shallow_clone()
    })
    .softplus()
}
