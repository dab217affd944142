//! Conditional adversarial adaptation: domains are told apart knowing what the net takes each picture for.

use tch::{Kind, Tensor};

use super::check::{logits, same_width};
use super::dann::as_source;
use super::method::{not_begun, num_classes};
use super::{Discriminator, Method, Views, reversal_schedule, reverse_gradient};
use crate::models::{Backbone, ParameterGroup};
use crate::{Error, Result};

/// Features and predictions of a domain, as [`cdan`] takes them.
#[derive(Debug)]
pub struct DomainOutputs<'a> {
    /// `[N, C]`.
    pub features: &'a Tensor,
    /// `[N, K]`.
    pub logits: &'a Tensor,
}

/// As [`dann`](super::dann()), but the discriminator sees the product of every feature with every class's probability, so that
/// each class is aligned with its own kind (CDAN; Long et al., "Conditional adversarial domain adaptation", NeurIPS 2018). The
/// discriminator's width is C · K. With `by_entropy` (CDAN+E) pictures that the net is sure of count for more: 1 + exp(-H),
/// their sum in each domain scaled to its number of pictures. As in the authors' program, the probabilities have no gradient.
///
/// # Errors
///
/// The shapes do not fit each other, or the discriminator.
pub fn cdan(
    discriminator: &Discriminator,
    source: &DomainOutputs<'_>,
    target: &DomainOutputs<'_>,
    strength: f64,
    by_entropy: bool,
) -> Result<Tensor> {
    same_width(source.features, target.features, 1)?;
    same_width(source.logits, target.logits, 1)?;
    let loss = |said: &DomainOutputs<'_>, is_source: bool| -> Result<Tensor> {
        logits(said.logits)?;
        let shares = said.logits.detach().softmax(-1, Kind::Float);
        let features = reverse_gradient(said.features, strength);
        let found = discriminator.logits(&multilinear_map(&features, &shares)?)?;
        let losses = as_source(&found, is_source);
        if !by_entropy {
            return Ok(losses.mean(Kind::Float));
        }
        let weights = (-entropy(&shares)).exp() + 1.0;
        Ok((losses * &weights).sum(Kind::Float) / weights.sum(Kind::Float))
    };
    Ok((loss(source, true)? + loss(target, false)?) / 2.0)
}

/// Every feature times every share: `[N, C]` and `[N, K]` → `[N, K · C]`.
///
/// # Errors
///
/// They have not the same number of rows.
pub fn multilinear_map(features: &Tensor, shares: &Tensor) -> Result<Tensor> {
    match (&features.size()[..], &shares.size()[..]) {
        ([n, _], [m, _]) if n == m => {
            Ok((shares.unsqueeze(2) * features.unsqueeze(1)).flatten(1, -1))
        }
        (one, other) => {
            let found = format!("{one:?} and {other:?}");
            Err(Error::argument(
                "features and shares",
                "[N, C] and [N, K]",
                found,
            ))
        }
    }
}

/// Of each row of shares, in nats: `[N, K]` → `[N]`.
pub(super) fn entropy(shares: &Tensor) -> Tensor {
    // A share of 0 says nothing.
    let logs = shares.clamp_min(f64::from(f32::MIN_POSITIVE)).log();
    -(shares * logs).sum_dim_intlist(1, false, Kind::Float)
}

/// [`cdan()`], with a reversal that grows as [DANN's](super::Dann) does.
#[derive(Debug)]
pub struct Cdan {
    /// What the domain loss is multiplied by.
    pub weight: f64,
    /// The width of the discriminator's two hidden layers.
    pub hidden: i64,
    /// Whether pictures that the net is sure of count for more (CDAN+E).
    pub by_entropy: bool,
    /// The discriminator; `None` before the first training.
    pub discriminator: Option<Discriminator>,
}

impl Default for Cdan {
    fn default() -> Self {
        Self {
            weight: 1.0,
            hidden: 256,
            by_entropy: false,
            discriminator: None,
        }
    }
}

impl Cdan {
    /// CDAN+E.
    #[must_use]
    pub fn by_entropy() -> Self {
        Self {
            by_entropy: true,
            ..Self::default()
        }
    }
}

impl Method for Cdan {
    fn name(&self) -> &'static str {
        if self.by_entropy { "CDAN+E" } else { "CDAN" }
    }

    fn begin(&mut self, net: &mut dyn Backbone, seed: u64) -> Result<()> {
        let width = net.feature_dim() * num_classes(net)?;
        let made = Discriminator::new(width, self.hidden, net.device(), seed);
        self.discriminator = Some(made);
        Ok(())
    }

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let groups = self.discriminator.iter();
        groups.map(Discriminator::parameter_group).collect()
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        let strength = reversal_schedule(step.progress);
        let discriminator = not_begun(self.discriminator.as_ref())?;
        let (source, target) = (step.source()?, &step.target);
        Ok(cdan(discriminator, source, target, strength, self.by_entropy)? * self.weight)
    }
}
