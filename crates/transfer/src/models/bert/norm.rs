//! Layer normalisation.

use tch::Tensor;
use tch::nn::Init;

use super::super::layers::Maker;

/// Each vector brought to mean 0 and deviation 1, then scaled and shifted (Ba et al., 2016).
#[derive(Debug)]
pub(super) struct Norm {
    weight: Tensor,
    bias: Tensor,
    eps: f64,
}

impl Norm {
    pub(super) fn new(maker: &Maker<'_>, width: i64, eps: f64) -> Self {
        Self {
            weight: maker.path.var("weight", &[width], Init::Const(1.0)),
            bias: maker.path.var("bias", &[width], Init::Const(0.0)),
            eps,
        }
    }

    pub(super) fn forward(&self, xs: &Tensor) -> Tensor {
        let kind = xs.kind();
        let [weight, bias] = [&self.weight, &self.bias].map(|of| of.to_kind(kind));
        xs.layer_norm(weight.size(), Some(&weight), Some(&bias), self.eps, false)
    }
}
