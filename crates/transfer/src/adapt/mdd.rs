//! Margin disparity discrepancy: an adversarial head that disagrees on the target alone.

use tch::{Kind, Tensor};

use super::check::{logits, same_width};
use super::method::{not_begun, num_classes};
use super::{Method, SideNet, Views, reversal_schedule, reverse_gradient};
use crate::models::{Backbone, ParameterGroup};
use crate::{Error, Result};

/// What the head and the adversarial head say of a domain's pictures, as [`margin_disparity`] takes them.
#[derive(Debug)]
pub struct TwoHeads<'a> {
    /// The head's logits: `[N, K]`.
    pub head: &'a Tensor,
    /// The adversarial head's, behind a [reversal](super::reverse_gradient) of the features: `[N, K]`.
    pub adversary: &'a Tensor,
}

/// What the adversarial head learns by (MDD; Zhang et al., "Bridging theory and algorithm for domain adaptation", ICML 2019), with the head's own predictions as its labels: to agree on the source, at `gamma` times the weight
/// (the paper's γ = exp(margin), 4), and to disagree on the target:
///
/// γ · mean −ln p'(y | s) + mean −ln (1 − p'(y | t))
///
/// Through the reversal the trunk learns the contrary. No gradient reaches the head.
///
/// # Errors
///
/// The shapes do not fit each other, or `gamma` is not above 0.
pub fn margin_disparity(
    source: &TwoHeads<'_>,
    target: &TwoHeads<'_>,
    gamma: f64,
) -> Result<Tensor> {
    if !(gamma.is_finite() && gamma > 0.0) {
        return Err(Error::argument("gamma", "above 0, finite", gamma));
    }
    for heads in [source, target] {
        logits(heads.head)?;
        same_width(heads.head, heads.adversary, heads.head.size()[0])?;
    }
    same_width(source.head, target.head, 1)?;
    // -ln p of the head's class: `[N]`.
    let surprise = |heads: &TwoHeads<'_>| {
        let named = heads.head.argmax(1, true);
        -heads
            .adversary
            .log_softmax(-1, Kind::Float)
            .gather(1, &named, false)
    };
    let agree = surprise(source).mean(Kind::Float);
    // 1 - p, without losing what a p near to 1 leaves.
    let others = -(-surprise(target)).expm1();
    let disagree = -others.clamp_min(1e-6).log().mean(Kind::Float);
    Ok(agree * gamma + disagree)
}

/// [`margin_disparity`] of an adversarial head with one hidden layer, behind a reversal that grows as [DANN's](super::Dann) does, to a
/// lesser strength.
#[derive(Debug)]
pub struct Mdd {
    /// What the disparity is multiplied by.
    pub weight: f64,
    /// The paper's γ.
    pub gamma: f64,
    /// How strong the reversal is in the end: 0.1 in the authors' program. At 1 the trunk has nothing left to say.
    pub strength: f64,
    /// The width of the adversarial head's hidden layer.
    pub hidden: i64,
    /// The adversarial head; `None` before the first training.
    pub adversary: Option<SideNet>,
}

impl Default for Mdd {
    fn default() -> Self {
        Self {
            weight: 1.0,
            gamma: 4.0,
            strength: 0.1,
            hidden: 256,
            adversary: None,
        }
    }
}

impl Method for Mdd {
    fn name(&self) -> &'static str {
        "MDD"
    }

    fn begin(&mut self, net: &mut dyn Backbone, seed: u64) -> Result<()> {
        let layers = [("hidden", self.hidden), ("adversary", num_classes(net)?)];
        let (width, device) = (net.feature_dim(), net.device());
        self.adversary = Some(SideNet::new("adversary", width, &layers, device, seed));
        Ok(())
    }

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        self.adversary
            .iter()
            .map(SideNet::parameter_group)
            .collect()
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        let strength = self.strength * reversal_schedule(step.progress);
        let adversary = not_begun(self.adversary.as_ref())?;
        let said =
            |features: &Tensor| adversary.forward(&reverse_gradient(features, strength), false);
        let (source, target) = (step.source()?, &step.target);
        let (ours, theirs) = (said(source.features), said(target.features));
        let source = TwoHeads {
            head: source.logits,
            adversary: &ours,
        };
        let target = TwoHeads {
            head: target.logits,
            adversary: &theirs,
        };
        Ok(margin_disparity(&source, &target, self.gamma)? * self.weight)
    }
}
