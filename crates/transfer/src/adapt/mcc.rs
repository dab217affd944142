//! Minimum class confusion: a target batch whose classes are not mixed up.

use tch::{Kind, Tensor};

use super::cdan::entropy;
use super::check::logits as check;
use super::{Method, Views};
use crate::{Error, Result};

/// How much the classes are confused in a batch of target logits `[N, K]` (Jin et al., "Minimum class confusion for versatile domain
/// adaptation", ECCV 2020): the predictions at this temperature (the paper: 2.5), pictures weighted by 1 + exp(-H), their
/// correlation between classes, normalised over each row; what is off its diagonal, divided by K. A number.
///
/// # Errors
///
/// The shape is another, or the temperature is not above 0.
pub fn class_confusion(logits: &Tensor, temperature: f64) -> Result<Tensor> {
    check(logits)?;
    if !(temperature.is_finite() && temperature > 0.0) {
        return Err(Error::argument(
            "temperature",
            "above 0, finite",
            temperature,
        ));
    }
    let (rows, classes) = (logits.size()[0] as f64, logits.size()[1] as f64);
    let shares = (logits / temperature).softmax(-1, Kind::Float);
    // The weights have no gradient, as in the authors' program.
    let weights = (-entropy(&shares.detach())).exp() + 1.0;
    let weights = &weights * rows / weights.sum(Kind::Float);
    let confusion = (&shares * weights.unsqueeze(1)).tr().matmul(&shares);
    // A class that the batch gives no share at all is confused with none.
    let totals = confusion
        .sum_dim_intlist(1, true, Kind::Float)
        .clamp_min(1e-8);
    let confusion = confusion / totals;
    let right = confusion.diagonal(0, 0, 1).sum(Kind::Float);
    Ok((confusion.sum(Kind::Float) - right) / classes)
}

/// [`class_confusion`] of the target's logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mcc {
    /// The paper's μ.
    pub weight: f64,
    /// The paper's T.
    pub temperature: f64,
}

impl Default for Mcc {
    fn default() -> Self {
        Self {
            weight: 1.0,
            temperature: 2.5,
        }
    }
}

impl Method for Mcc {
    fn name(&self) -> &'static str {
        "MCC"
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        Ok(class_confusion(step.target.logits, self.temperature)? * self.weight)
    }
}
