//! The classifier that tells domains apart.

use tch::nn::{self, Module, VarStore};
use tch::{Device, Tensor};

use crate::models::ParameterGroup;
use crate::{Error, Result};

/// Two hidden layers with ReLU on features, and one logit: source where it is above 0. It owns its variables.
///
/// ```
/// use transfer::adapt::Discriminator;
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let discriminator: Discriminator = Discriminator::new(512, 256, Device::Cpu, 0);
/// let features = Tensor::zeros([8, 512], (Kind::Float, Device::Cpu));
/// assert_eq!(discriminator.logits(&features)?.size(), [8]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Discriminator {
    store: VarStore,
    layers: [nn::Linear; 3],
    width: i64,
}

impl Discriminator {
    /// For features of this width, with so many numbers in each hidden layer; drawn by `seed`.
    #[must_use]
    pub fn new(width: i64, hidden: i64, device: Device, seed: u64) -> Self {
        crate::set_seed(seed);
        let store = VarStore::new(device);
        let layer = |name: &str, inward: i64, outward: i64| {
            nn::linear(
                store.root() / name,
                inward,
                outward,
                nn::LinearConfig::default(),
            )
        };
        let layers = [
            layer("hidden1", width, hidden),
            layer("hidden2", hidden, hidden),
            layer("domain", hidden, 1),
        ];
        Self {
            store,
            layers,
            width,
        }
    }

    /// One logit for each row of features: `[N, C]` → `[N]`.
    ///
    /// # Errors
    ///
    /// The rows have another width.
    pub fn logits(&self, features: &Tensor) -> Result<Tensor> {
        match features.size()[..] {
            [_, width] if width == self.width => {}
            _ => {
                let expected = format!("[N, {}]", self.width);
                let found = format!("{:?}", features.size());
                return Err(Error::argument(
                    "features for a discriminator",
                    expected,
                    found,
                ));
            }
        }
        let [first, second, last] = &self.layers;
        let hidden = second.forward(&first.forward(features).relu()).relu();
        Ok(last.forward(&hidden).squeeze_dim(1))
    }

    /// Its variables, for an [`Optimizer`](crate::train::Optimizer).
    #[must_use]
    pub fn parameter_group(&self) -> ParameterGroup {
        let mut parameters: Vec<(String, Tensor)> = self.store.variables().into_iter().collect();
        parameters.sort_by(|one, other| one.0.cmp(&other.0));
        ParameterGroup {
            name: "discriminator".into(),
            parameters,
            buffers: Vec::new(),
        }
    }
}
