//! Small nets that learn beside the one that is adapted: discriminators, further heads.

use tch::nn::{self, VarStore};
use tch::{Device, Tensor};

use crate::models::ParameterGroup;

/// Linear layers with ReLU between them, for a method of one's own. It owns its variables.
///
/// ```
/// use transfer::adapt::SideNet;
/// use transfer::prelude::*;
///
/// let head = SideNet::new("second head", 512, &[("hidden", 64), ("classes", 12)], Device::Cpu, 0);
/// let features = Tensor::zeros([8, 512], (Kind::Float, Device::Cpu));
/// assert_eq!(head.forward(&features, false).size(), [8, 12]);
/// ```
#[derive(Debug)]
pub struct SideNet {
    name: &'static str,
    store: VarStore,
    layers: Vec<nn::Linear>,
}

impl SideNet {
    /// On rows of this width: a layer of each name and width, drawn by `seed`. `name` is what an optimiser calls its parameters.
    #[must_use]
    pub fn new(
        name: &'static str,
        width: i64,
        layers: &[(&str, i64)],
        device: Device,
        seed: u64,
    ) -> Self {
        crate::set_seed(seed);
        let store = VarStore::new(device);
        let mut width_in = width;
        let layer = |(name, width): &(&str, i64)| {
            let config = nn::LinearConfig::default();
            let made = nn::linear(store.root() / name, width_in, *width, config);
            width_in = *width;
            made
        };
        let layers = layers.iter().map(layer).collect();
        Self {
            name,
            store,
            layers,
        }
    }

    /// `[N, C]` → `[N, K]`. With `fixed`, gradients reach the rows and not the net's own variables.
    pub fn forward(&self, rows: &Tensor, fixed: bool) -> Tensor {
        let own = |variable: &Tensor| match fixed {
            true => variable.detach(),
            false => variable.shallow_clone(),
        };
        let mut rows = rows.shallow_clone();
        for (number, layer) in self.layers.iter().enumerate() {
            if number > 0 {
                rows = rows.relu();
            }
            rows = rows.linear(&own(&layer.ws), layer.bs.as_ref().map(own));
        }
        rows
    }

    /// Its variables, for an optimiser.
    #[must_use]
    pub fn parameter_group(&self) -> ParameterGroup {
        ParameterGroup::of_store(self.name, &self.store)
    }
}
