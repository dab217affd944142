//! Linear layers that can be given a pair of small matrices to learn in their place.

use tch::nn::{Init, Module, Path};
use tch::{Kind, Tensor};

use super::super::layers::{Linear, Maker};
use super::LoraConfig;

/// How BERT starts: normal numbers of this deviation.
const STDEV: f64 = 0.02;

/// A linear layer, and what LoRA adds to it.
#[derive(Debug)]
pub(super) struct Dense {
    name: String,
    linear: Linear,
    lora: Option<Lora>,
}

/// `x · Aᵀ · Bᵀ · scale`, added to what a layer says.
#[derive(Debug)]
struct Lora {
    a: Tensor,
    b: Tensor,
    scale: f64,
    dropout: f64,
}

impl Dense {
    /// The layer of that name below `maker`.
    pub(super) fn new(maker: &Maker<'_>, name: &str, width_in: i64, width: i64) -> Self {
        let normal = Init::Randn {
            mean: 0.0,
            stdev: STDEV,
        };
        let place = below(maker, name);
        let linear = place.linear(width_in, width, (normal, Init::Const(0.0)));
        let name = name.to_owned();
        Self {
            name,
            linear,
            lora: None,
        }
    }

    pub(super) fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        let ys = self.linear.forward(xs);
        let Some(Lora {
            a,
            b,
            scale,
            dropout,
        }) = &self.lora
        else {
            return ys;
        };
        let kind = xs.kind();
        let kept = if train && *dropout > 0.0 {
            xs.dropout(*dropout, train)
        } else {
            xs.shallow_clone()
        };
        let small = kept.linear(&a.to_kind(kind), None::<&Tensor>);
        ys + small.linear(&b.to_kind(kind), None::<&Tensor>) * *scale
    }

    /// Whether LoRA is to change it.
    pub(super) fn is_target(&self, config: &LoraConfig) -> bool {
        config.is_target(&self.name)
    }

    /// Adds the two matrices under PEFT's names.
    pub(super) fn add_lora(&mut self, layer: &Path<'_>, config: &LoraConfig) {
        let [width, width_in] = self.linear.shape();
        let place = self
            .name
            .split('.')
            .fold(layer.clone(), |path, part| path / part);
        let a = (&place / "lora_A").var(
            "weight",
            &[config.rank, width_in],
            LoraConfig::start(width_in),
        );
        let b = (&place / "lora_B").var("weight", &[width, config.rank], Init::Const(0.0));
        self.lora = Some(Lora {
            a,
            b,
            scale: config.scale(),
            dropout: config.dropout,
        });
    }

    /// Adds what LoRA has learned to the layer's own weight, and forgets the matrices.
    pub(super) fn merge_lora(&mut self) {
        if let Some(Lora { a, b, scale, .. }) = self.lora.take() {
            let [a, b] = [a, b].map(|of| of.to_kind(Kind::Float));
            self.linear.add(&tch::no_grad(|| b.matmul(&a) * scale));
        }
    }
}

/// The place of a name with dots.
pub(super) fn below<'a>(maker: &Maker<'a>, name: &str) -> Maker<'a> {
    name.split('.')
        .fold(maker.clone(), |maker, part| maker.sub(part))
}
