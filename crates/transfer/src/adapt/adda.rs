//! Adversarial discriminative adaptation: a copy of the trunk learns the target.

use tch::{Kind, Tensor};

use super::check::same_width;
use super::dann::as_source;
use super::method::not_begun;
use super::{Discriminator, Method, SourceUse, Views};
use crate::Result;
use crate::models::{Backbone, ParameterGroup};

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
/// beginning than a reversed gradient.) No gradient reaches the discriminator.
///
/// # Errors
///
/// As [`adda_discriminator`].
pub fn adda_trunk(discriminator: &Discriminator, target: &Tensor) -> Result<Tensor> {
    Ok(as_source(&discriminator.logits_of_fixed(target)?, true).mean(Kind::Float))
}

/// [`adda_discriminator`] and [`adda_trunk`] in the same step, on a net that has learned the source. Its head, and the trunk's
/// features of the source, stay what they were.
#[derive(Debug)]
pub struct Adda {
    /// The width of the discriminator's two hidden layers.
    pub hidden: i64,
    /// The discriminator; `None` before the first training.
    pub discriminator: Option<Discriminator>,
}

impl Default for Adda {
    fn default() -> Self {
        Self {
            hidden: 256,
            discriminator: None,
        }
    }
}

impl Method for Adda {
    fn name(&self) -> &'static str {
        "ADDA"
    }

    fn source_use(&self) -> SourceUse {
        SourceUse::Frozen
    }

    fn begin(&mut self, net: &mut dyn Backbone, seed: u64) -> Result<()> {
        net.freeze(net.head_name())?;
        let (width, device) = (net.feature_dim(), net.device());
        self.discriminator = Some(Discriminator::new(width, self.hidden, device, seed));
        Ok(())
    }

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let groups = self.discriminator.iter();
        groups.map(Discriminator::parameter_group).collect()
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        let discriminator = not_begun(self.discriminator.as_ref())?;
        let (source, target) = (step.source()?.features, step.target.features);
        let told_apart = adda_discriminator(discriminator, source, target)?;
        Ok(told_apart + adda_trunk(discriminator, target)?)
    }
}
