//! Adaptive feature norm: features of the target are made as long as they should be.

use tch::{Kind, Tensor};

use super::{Method, Views};
use crate::{Error, Result};

/// Stepwise adaptive feature norm (Xu et al., "Larger norm more transferable", ICCV 2019): each feature vector of
/// `features` `[N, C]` is asked to be `step` longer than it is, (‖f‖ − (‖f‖₀ + Δr))², the mean over the pictures. Of source
/// and target alike; the paper's Δr is 1, its weight 0.05.
///
/// # Errors
///
/// The shape is another.
pub fn stepwise_feature_norm(features: &Tensor, step: f64) -> Result<Tensor> {
    let norms = norms(features)?;
    let wanted = norms.detach() + step;
    Ok((norms - wanted).square().mean(Kind::Float))
}

/// Hard adaptive feature norm (the same paper): the mean length of the features is asked to be `radius`, in each
/// domain: (mean ‖f‖ − R)².
///
/// # Errors
///
/// The shape is another.
pub fn hard_feature_norm(features: &Tensor, radius: f64) -> Result<Tensor> {
    Ok((norms(features)?.mean(Kind::Float) - radius).square())
}

/// `[N, C]` → `[N]`.
fn norms(features: &Tensor) -> Result<Tensor> {
    match features.size()[..] {
        [n, c] if n > 0 && c > 0 => Ok(features.norm_scalaropt_dim(2.0, 1, false)),
        _ => {
            let found = format!("{:?}", features.size());
            Err(Error::argument("features", "[N, C]", found))
        }
    }
}

/// [`stepwise_feature_norm`] of both domains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Afn {
    /// The paper's λ.
    pub weight: f64,
    /// The paper's Δr.
    pub step: f64,
}

impl Default for Afn {
    fn default() -> Self {
        Self {
            weight: 0.05,
            step: 1.0,
        }
    }
}

impl Method for Afn {
    fn name(&self) -> &'static str {
        "AFN"
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        let source = stepwise_feature_norm(step.source()?.features, self.step)?;
        Ok((source + stepwise_feature_norm(step.target.features, self.step)?) * self.weight)
    }
}
