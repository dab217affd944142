//! Which optimiser, and its constants.

use crate::{Error, Result};

/// Which optimiser, with PyTorch's defaults.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptimizerConfig {
    /// The rule.
    pub rule: Rule,
    /// The weight decay: decoupled in AdamW, added to the gradient in SGD and Adam.
    pub weight_decay: f64,
    /// Whether biases and the weights of normalisation layers (all of one dimension) decay too, as in PyTorch.
    pub decay_norm_and_bias: bool,
}

/// The rule by which a gradient becomes a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// Stochastic gradient descent.
    Sgd {
        /// How much of the last step is kept.
        momentum: f64,
        /// Nesterov's look-ahead.
        nesterov: bool,
    },
    /// Adam (Kingma and Ba, 2015).
    Adam {
        /// The decay of the gradient's mean and of its square's.
        betas: (f64, f64),
        /// What keeps the divisor from 0.
        eps: f64,
    },
    /// Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
    AdamW {
        /// As in [`Adam`](Self::Adam).
        betas: (f64, f64),
        /// As in [`Adam`](Self::Adam).
        eps: f64,
    },
}

impl OptimizerConfig {
    /// SGD without weight decay.
    #[must_use]
    pub fn sgd(momentum: f64) -> Self {
        Self::new(
            Rule::Sgd {
                momentum,
                nesterov: false,
            },
            0.0,
        )
    }

    /// Adam with PyTorch's defaults.
    #[must_use]
    pub fn adam() -> Self {
        let betas = (0.9, 0.999);
        Self::new(Rule::Adam { betas, eps: 1e-8 }, 0.0)
    }

    /// AdamW with PyTorch's defaults: a weight decay of 0.01.
    #[must_use]
    pub fn adamw() -> Self {
        let betas = (0.9, 0.999);
        Self::new(Rule::AdamW { betas, eps: 1e-8 }, 1e-2)
    }

    fn new(rule: Rule, weight_decay: f64) -> Self {
        Self {
            rule,
            weight_decay,
            decay_norm_and_bias: true,
        }
    }

    /// Sets the weight decay.
    #[must_use]
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.weight_decay = weight_decay;
        self
    }

    /// Whether the constants are in PyTorch's ranges.
    pub(super) fn check(&self) -> Result<()> {
        let share = |value: f64| (0.0..1.0).contains(&value);
        let size = |value: f64| value.is_finite() && value >= 0.0;
        let refused =
            |what, expected: &str, found: String| Err(Error::argument(what, expected, found));
        match self.rule {
            Rule::Sgd { momentum, .. } if !size(momentum) => {
                refused("momentum", "0 or more, finite", momentum.to_string())
            }
            Rule::Sgd {
                momentum,
                nesterov: true,
            } if momentum == 0.0 => refused(
                "momentum",
                "more than 0, which Nesterov's look-ahead needs",
                momentum.to_string(),
            ),
            Rule::Adam { betas, .. } | Rule::AdamW { betas, .. }
                if !(share(betas.0) && share(betas.1)) =>
            {
                refused("betas", "0 or more, below 1", format!("{betas:?}"))
            }
            Rule::Adam { eps, .. } | Rule::AdamW { eps, .. } if !size(eps) => {
                refused("eps", "0 or more, finite", eps.to_string())
            }
            _ if !size(self.weight_decay) => {
                let found = self.weight_decay.to_string();
                refused("weight decay", "0 or more, finite", found)
            }
            _ => Ok(()),
        }
    }

    /// Leaves biases and the weights of normalisation layers out of the weight decay, as fastai does.
    #[must_use]
    pub fn sparing_norm_and_bias(mut self) -> Self {
        self.decay_norm_and_bias = false;
        self
    }
}
