//! Adversarial adaptation: features by which nobody can tell the domains apart.

use tch::{Kind, Tensor};

use super::check::same_width;
use super::method::not_begun;
use super::{Discriminator, Method, Views, reversal_schedule, reverse_gradient};
use crate::Result;
use crate::models::{Backbone, ParameterGroup};

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

/// [`dann()`] on the features, with a reversal that grows [as in the paper](reversal_schedule).
#[derive(Debug)]
pub struct Dann {
    /// What the domain loss is multiplied by.
    pub weight: f64,
    /// The width of the discriminator's two hidden layers.
    pub hidden: i64,
    /// The discriminator; `None` before the first training.
    pub discriminator: Option<Discriminator>,
}

impl Default for Dann {
    fn default() -> Self {
        Self {
            weight: 1.0,
            hidden: 256,
            discriminator: None,
        }
    }
}

impl Method for Dann {
    fn name(&self) -> &'static str {
        "DANN"
    }

    fn begin(&mut self, net: &mut dyn Backbone, seed: u64) -> Result<()> {
        let (width, device) = (net.feature_dim(), net.device());
        self.discriminator = Some(Discriminator::new(width, self.hidden, device, seed));
        Ok(())
    }

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let groups = self.discriminator.iter();
        groups.map(Discriminator::parameter_group).collect()
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        let strength = reversal_schedule(step.progress);
        let discriminator = not_begun(self.discriminator.as_ref())?;
        let (source, target) = (step.source()?.features, step.target.features);
        Ok(dann(discriminator, source, target, strength)? * self.weight)
    }
}
