//! Batch spectral shrinkage: a penalty on the directions of the features that hardly carry anything.

use tch::{Kind, Tensor};

use crate::{Error, Result};

/// Batch spectral shrinkage (Chen, Wang, Fu, Long and Wang, "Catastrophic Forgetting Meets Negative Transfer", NeurIPS 2019):
/// the loss gets η Σ σ₋ᵢ², the squares of the `k` smallest singular values of the batch's features `[N, C]`. Where few labels
/// are to be learned from, those directions are the ones that do not transfer. It goes with any other way to fine-tune
/// ([`TrainConfig::bss`](super::TrainConfig::bss)).
///
/// ```
/// use transfer::prelude::*;
///
/// let config: TrainConfig = TrainConfig::new().bss(BatchSpectralShrinkage::default());
/// assert_eq!(config.bss.map(|it| (it.eta, it.k)), Some((1e-3, 1)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchSpectralShrinkage {
    /// How strong it is, η.
    pub eta: f64,
    /// How many of the smallest singular values are shrunk.
    pub k: usize,
}

impl Default for BatchSpectralShrinkage {
    /// The paper's: η 0.001, k 1.
    fn default() -> Self {
        Self { eta: 1e-3, k: 1 }
    }
}

impl BatchSpectralShrinkage {
    /// The penalty of a batch's features `[N, C]`: one number, with its graph.
    ///
    /// # Errors
    ///
    /// libtorch refuses the shape.
    pub fn penalty(&self, features: &Tensor) -> Result<Tensor> {
        let features = features.to_kind(Kind::Float).f_flatten(1, -1)?;
        let size = features.size();
        // The eigenvalues of the smaller of the two products are the squares of the singular values, and their gradient
        // needs no differences of eigenvalues, which may be equal.
        let product = match size[0] <= size[1] {
            true => features.f_matmul(&features.f_tr()?)?,
            false => features.f_tr()?.f_matmul(&features)?,
        };
        let squares = product.f_linalg_eigvalsh("L")?;
        let smallest = (self.k as i64).min(squares.size()[0]);
        Ok(squares.f_narrow(0, 0, smallest)?.f_sum(Kind::Float)? * self.eta)
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.k == 0 {
            return Err(Error::argument(
                "k of batch spectral shrinkage",
                "at least 1",
                0,
            ));
        }
        match self.eta.is_finite() && self.eta >= 0.0 {
            true => Ok(()),
            false => {
                let what = "eta of batch spectral shrinkage";
                Err(Error::argument(what, "0 or more, finite", self.eta))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tch::Device;

    use super::*;

    /// The definition: the singular values themselves.
    fn by_definition(features: &Tensor, k: i64) -> f64 {
        let (_, values, _) = features.svd(true, false);
        let count = values.size()[0];
        let smallest = values.narrow(0, count - k, k);
        smallest.square().sum(Kind::Double).double_value(&[])
    }

    #[test]
    fn it_is_the_smallest_singular_values_squared() {
        tch::manual_seed(0);
        for size in [[6, 10], [10, 6], [4, 4]] {
            let features = Tensor::randn(size, (Kind::Float, Device::Cpu));
            for k in [1, 3] {
                let shrinkage = BatchSpectralShrinkage { eta: 0.5, k };
                let found = shrinkage.penalty(&features).unwrap().double_value(&[]);
                let expected = 0.5 * by_definition(&features, k as i64);
                assert!(
                    (found - expected).abs() < 1e-3 * expected.max(0.1),
                    "{size:?} {k}"
                );
            }
        }
        let all = BatchSpectralShrinkage { eta: 1.0, k: 99 };
        let features = Tensor::randn([3, 5], (Kind::Float, Device::Cpu));
        let everything = features.square().sum(Kind::Float).double_value(&[]);
        let found = all.penalty(&features).unwrap().double_value(&[]);
        assert!((found - everything).abs() < 1e-3 * everything);
    }

    #[test]
    fn its_gradient_shrinks_it_also_where_singular_values_are_equal() {
        let features = Tensor::eye(4, (Kind::Float, Device::Cpu)).set_requires_grad(true);
        let shrinkage = BatchSpectralShrinkage { eta: 1.0, k: 2 };
        shrinkage.penalty(&features).unwrap().backward();
        let gradient = features.grad();
        assert!(gradient.isfinite().all().int64_value(&[]) == 1);
        let moved = tch::no_grad(|| &features - &gradient * 0.1);
        assert!(by_definition(&moved, 2) < by_definition(&features.detach(), 2));
    }
}
