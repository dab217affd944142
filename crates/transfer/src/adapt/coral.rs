//! Deep CORAL: the same covariances in both domains.

use tch::{Kind, Tensor};

use super::check::same_width;
use super::{Method, Views};
use crate::Result;

/// How far the covariances of two sets of features are apart (Sun and Saenko, "Deep CORAL: correlation alignment for deep
/// domain adaptation", ECCV workshops 2016):
///
/// ‖C_S − C_T‖² / (4 d²), C = (X − X̄)ᵀ(X − X̄) / (n − 1)
///
/// over features `source` `[N, d]` and `target` `[M, d]`, two rows or more each. A number.
///
/// # Errors
///
/// The shapes are others.
pub fn coral(source: &Tensor, target: &Tensor) -> Result<Tensor> {
    same_width(source, target, 2)?;
    let width = source.size()[1] as f64;
    let apart = covariance(source) - covariance(target);
    Ok(apart.square().sum(Kind::Float) / (4.0 * width * width))
}

/// `[N, d]` → `[d, d]`.
fn covariance(xs: &Tensor) -> Tensor {
    let centred = xs - xs.mean_dim(0, true, Kind::Float);
    centred.tr().matmul(&centred) / (xs.size()[0] - 1) as f64
}

/// [`coral()`] on the features, at this weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coral {
    /// The paper chooses it so that at the end both losses are about equal: of the order of 1 for its logits, larger for
    /// features whose covariances are small or many.
    pub weight: f64,
}

impl Default for Coral {
    /// 10, which is ours: not chosen on any target.
    fn default() -> Self {
        Self { weight: 10.0 }
    }
}

impl Method for Coral {
    fn name(&self) -> &'static str {
        "CORAL"
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        Ok(coral(step.source()?.features, step.target.features)? * self.weight)
    }
}
