//! LoRA beside convolutions (Hu et al., 2022; for convolutions as in loralib and PEFT).

use std::sync::{Arc, Mutex, PoisonError};

use tch::nn::{Init, Path};
use tch::{Kind, Tensor};

use super::step::within;
use super::{LoraConfig, Variables};
use crate::{Error, Result};

/// A net's convolutions, which write themselves down as they are made: a net is known as a list of modules, out of which nobody
/// could find them.
#[derive(Debug, Clone, Default)]
pub(super) struct Convolutions(Arc<Mutex<Vec<(Convolution, Beside)>>>);

/// One of them.
#[derive(Debug)]
pub(super) struct Convolution {
    pub(super) name: String,
    /// `[width, width_in / groups, k, k]`.
    pub(super) weight: Tensor,
    pub(super) groups: i64,
}

/// The place beside a convolution: for nothing, or for two small ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside(Arc<Mutex<Option<Lora>>>);

/// `B(A(x)) · scale`.
#[derive(Debug)]
struct Lora {
    /// `[rank, width_in / groups, k, k]`, with the convolution's stride and padding.
    a: Tensor,
    /// `[width, rank / groups, 1, 1]`.
    b: Tensor,
    groups: i64,
    scale: f64,
}

impl Convolutions {
    /// Writes one down; the place beside it.
    pub(super) fn note(&self, convolution: Convolution) -> Beside {
        let beside = Beside::default();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((convolution, beside.clone()));
        beside
    }
}

impl Beside {
    /// What a convolution says, `ys`, with what is beside it; `small` convolves the same input with other weights.
    pub(super) fn add_to(&self, ys: Tensor, small: impl Fn(&Tensor) -> Tensor) -> Tensor {
        let lora = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(lora) = &*lora else {
            return ys;
        };
        let inner = small(&lora.a);
        let b = lora.b.to_kind(inner.kind());
        let added = inner.conv2d(&b, None::<&Tensor>, [1, 1], [0, 0], [1, 1], lora.groups);
        ys + added * lora.scale
    }

    fn put(&self, lora: Option<Lora>) -> Option<Lora> {
        std::mem::replace(
            &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner),
            lora,
        )
    }
}

impl Lora {
    /// The same as one weight of the convolution's shape, in 32 bits.
    fn product(&self, shape: &[i64]) -> Tensor {
        let [a, b] = [&self.a, &self.b].map(|of| of.to_kind(Kind::Float));
        let (groups, rank) = (self.groups, a.size()[0]);
        let a = a.reshape([groups, rank / groups, -1]);
        let b = b.reshape([groups, -1, rank / groups]);
        (b.bmm(&a) * self.scale).reshape(shape)
    }
}

impl Variables {
    /// See [`Backbone::add_lora`](super::Backbone::add_lora).
    pub(super) fn add_lora(&mut self, head: &str, config: &LoraConfig) -> Result<()> {
        config.check()?;
        if config.dropout > 0.0 {
            let expected = "0 beside convolutions, which do the same in training and in evaluation";
            return Err(Error::argument("dropout of LoRA", expected, config.dropout));
        }
        if !self.kept_by_lora.is_empty() {
            let expected = "none yet (Backbone::merge_lora makes them part of the net)";
            return Err(Error::argument("LoRA", expected, "the layers of another"));
        }
        let all = self.convolutions.clone();
        let all = all.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_meant = |(of, _): &&(Convolution, Beside)| config.is_target(&of.name);
        let meant: Vec<&(Convolution, Beside)> = all.iter().filter(is_meant).collect();
        check(&meant, config)?;
        let own = self.parameters().into_keys();
        self.kept_by_lora = own.filter(|name| !within(name, head)).collect();
        for (name, parameter) in self.parameters() {
            if self.kept_by_lora.contains(&name) {
                let _same_tensor = parameter.set_requires_grad(false);
            }
        }
        self.set_batch_norm_frozen(true);
        crate::set_seed(config.seed);
        for (of, beside) in meant {
            let mut place = self.store.root();
            for part in of.name.split('.') {
                place = place / part;
            }
            let _nothing = beside.put(Some(lora(&place, of, config)));
        }
        Ok(())
    }

    /// See [`Backbone::merge_lora`](super::Backbone::merge_lora).
    pub(super) fn merge_lora(&mut self) {
        let all = self.convolutions.clone();
        for (of, beside) in &*all.0.lock().unwrap_or_else(PoisonError::into_inner) {
            if let Some(lora) = beside.put(None) {
                let mut weight = of.weight.shallow_clone();
                tch::no_grad(|| weight += lora.product(&weight.size()).to_kind(weight.kind()));
            }
        }
        self.forget_where(|name| name.contains(".lora_"));
        let kept = std::mem::take(&mut self.kept_by_lora);
        if kept.is_empty() {
            return;
        }
        for (name, parameter) in self.parameters() {
            if kept.contains(&name) {
                let _same_tensor = parameter.set_requires_grad(!self.is_in_frozen_step(&name));
            }
        }
        self.set_batch_norm_frozen(false);
    }
}

fn check(meant: &[&(Convolution, Beside)], config: &LoraConfig) -> Result<()> {
    if meant.is_empty() {
        let expected = "one of the net's convolutions, such as \"conv1\" or \"features.3\"";
        let found = format!("{:?}", config.targets);
        return Err(Error::argument("targets of LoRA", expected, found));
    }
    let uneven = |(of, _): &&&(Convolution, Beside)| config.rank % of.groups != 0;
    match meant.iter().find(uneven) {
        Some((of, _)) => {
            let expected = format!("a multiple of {}, the groups of {}", of.groups, of.name);
            Err(Error::argument("rank", expected, config.rank))
        }
        None => Ok(()),
    }
}

/// The two small convolutions, under PEFT's names.
fn lora(place: &Path<'_>, of: &Convolution, config: &LoraConfig) -> Lora {
    let size = of.weight.size();
    let small =
        |name: &str, shape: [i64; 4], init: Init| (place / name).var("weight", &shape, init);
    let seen = size[1..].iter().product();
    Lora {
        a: small(
            "lora_A",
            [config.rank, size[1], size[2], size[3]],
            LoraConfig::start(seen),
        ),
        b: small(
            "lora_B",
            [size[0], config.rank / of.groups, 1, 1],
            Init::Const(0.0),
        ),
        groups: of.groups,
        scale: config.scale(),
    }
}
