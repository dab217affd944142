//! What every net keeps beside its layers: its variables, and which of its steps are frozen.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::PoisonError;

use tch::{Device, Tensor, nn};

use super::conv_lora::Convolutions;
use super::layers::{Linear, Maker, Start, torch_linear};
use super::step::within;

/// The variables of one layer: the unit in which a net is frozen, or given learning rates.
#[derive(Debug)]
pub struct ParameterGroup {
    /// The layer: one of [`Backbone::layer_names`](super::Backbone::layer_names).
    pub name: String,
    /// What an optimiser may change, by name, whether or not it requires gradients now. In the order of the steps.
    pub parameters: Vec<(String, Tensor)>,
    /// What the forward pass itself changes: batch normalisation's running statistics.
    pub buffers: Vec<(String, Tensor)>,
}

impl ParameterGroup {
    /// All variables of a store as one group, by name.
    pub(crate) fn of_store(name: &str, store: &nn::VarStore) -> Self {
        let trainable = trainable(store);
        let named: BTreeMap<String, Tensor> = store.variables().into_iter().collect();
        let (parameters, buffers) = named
            .into_iter()
            .partition(|(_, variable)| trainable.contains(&variable.data_ptr()));
        Self {
            name: name.to_owned(),
            parameters,
            buffers,
        }
    }
}

/// Where those variables of a store are that an optimiser may change.
fn trainable(store: &nn::VarStore) -> HashSet<*mut std::ffi::c_void> {
    let variables = store.trainable_variables();
    variables.iter().map(Tensor::data_ptr).collect()
}

/// A net's variables and the names of its frozen steps.
#[derive(Debug)]
pub struct Variables {
    pub(super) store: nn::VarStore,
    frozen: BTreeSet<String>,
    /// Every batch normalisation ("layer1.0.bn1"), where all of them are frozen.
    frozen_norms: BTreeSet<String>,
    /// Every convolution that can have LoRA beside it.
    pub(super) convolutions: Convolutions,
    /// The parameters that stay as they are while LoRA's learn in their place.
    pub(super) kept_by_lora: BTreeSet<String>,
}

impl Variables {
    /// No variables yet, and nothing frozen.
    #[must_use]
    pub fn new(device: Device) -> Self {
        Self {
            store: nn::VarStore::new(device),
            frozen: BTreeSet::new(),
            frozen_norms: BTreeSet::new(),
            convolutions: Convolutions::default(),
            kept_by_lora: BTreeSet::new(),
        }
    }

    /// Where the layers of a family make their variables.
    #[must_use]
    pub fn store(&self) -> &nn::VarStore {
        &self.store
    }

    /// Whether the step of that name is frozen.
    #[must_use]
    pub fn is_frozen(&self, step: &str) -> bool {
        self.frozen.contains(step)
    }

    /// Whether a variable is one of a frozen step's.
    pub(super) fn is_in_frozen_step(&self, variable: &str) -> bool {
        self.frozen.iter().any(|step| within(variable, step))
    }

    /// Whether batch normalisation is frozen, wherever it is.
    #[must_use]
    pub fn is_batch_norm_frozen(&self) -> bool {
        !self.frozen_norms.is_empty()
    }

    /// Whether the step of that name computes as in evaluation, also in training.
    pub(super) fn is_evaluated(&self, step: &str) -> bool {
        self.is_frozen(step) || self.frozen_norms.iter().any(|norm| within(norm, step))
    }

    /// Freezes batch normalisation in all steps, or lets it train again where its step does.
    pub(super) fn set_batch_norm_frozen(&mut self, frozen: bool) {
        let variables = self.store.variables();
        let norms = variables
            .keys()
            .filter_map(|name| name.strip_suffix(".running_mean"));
        let norms: BTreeSet<String> = norms.map(str::to_owned).collect();
        self.frozen_norms.clear();
        for (name, parameter) in self.parameters() {
            if norms.iter().any(|norm| within(&name, norm)) {
                let kept = self.is_in_frozen_step(&name) || self.kept_by_lora.contains(&name);
                let _same_tensor = parameter.set_requires_grad(!(frozen || kept));
            }
        }
        if frozen {
            self.frozen_norms = norms;
        }
    }

    /// Freezes these steps, or lets them train again: decides whether their parameters require gradients, and
    /// what [`is_frozen`](Self::is_frozen) says. A frozen batch normalisation stays frozen.
    pub(super) fn set_frozen(&mut self, steps: Vec<String>, frozen: bool) {
        for (name, parameter) in self.parameters() {
            if steps.iter().any(|step| within(&name, step)) {
                let kept = self.kept_by_lora.contains(&name)
                    || self.frozen_norms.iter().any(|norm| within(&name, norm));
                let _same_tensor = parameter.set_requires_grad(!(frozen || kept));
            }
        }
        for step in steps {
            if frozen {
                self.frozen.insert(step);
            } else {
                self.frozen.remove(&step);
            }
        }
    }

    /// The variables that an optimiser may change, by name.
    pub(super) fn parameters(&self) -> BTreeMap<String, Tensor> {
        let trainable = trainable(&self.store);
        let mut named = self.store.variables();
        named.retain(|_, variable| trainable.contains(&variable.data_ptr()));
        named.into_iter().collect()
    }

    /// The variables of each layer, in the order of `layers`; within a layer in the order of `steps`.
    pub(super) fn groups(&self, layers: Vec<String>, steps: &[String]) -> Vec<ParameterGroup> {
        let parameters = self.parameters();
        let place = |name: &str| steps.iter().position(|step| within(name, step));
        let mut variables: Vec<(String, Tensor)> = self.store.variables().into_iter().collect();
        variables.sort_by_cached_key(|(name, _)| (place(name), name.clone()));
        let group = |layer: String| {
            let (mut changed, mut buffers) = (Vec::new(), Vec::new());
            for (name, variable) in variables.iter().filter(|(name, _)| within(name, &layer)) {
                let list = if parameters.contains_key(name) {
                    &mut changed
                } else {
                    &mut buffers
                };
                list.push((name.clone(), variable.shallow_clone()));
            }
            ParameterGroup {
                name: layer,
                parameters: changed,
                buffers,
            }
        };
        layers.into_iter().map(group).collect()
    }

    /// A new linear layer as PyTorch starts it, in the place and of the kind of the one of that name.
    pub(super) fn renew_linear(&mut self, layer: &str, width_in: i64, width: i64) -> Linear {
        let kind = self.forget(layer);
        self.frozen.remove(layer);
        let root = Maker::new(&self.store, Start::Drawn);
        let mut maker = layer.split('.').fold(root, |maker, part| maker.sub(part));
        let linear = maker.linear(width_in, width, torch_linear(width_in));
        if let Some(kind) = kind {
            maker.path.set_kind(kind);
        }
        linear
    }

    /// Takes a layer's variables out of the store, so that new ones can have their names. Their kind, if there were
    /// any.
    fn forget(&self, layer: &str) -> Option<tch::Kind> {
        self.forget_where(|name| within(name, layer))
    }

    /// The same for the variables of such names.
    pub(super) fn forget_where(&self, is_it: impl Fn(&str) -> bool) -> Option<tch::Kind> {
        let mut variables = self
            .store
            .variables_
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let names: Vec<String> = variables
            .named_variables
            .keys()
            .filter(|name| is_it(name))
            .cloned()
            .collect();
        let mut kind = None;
        for name in names {
            if let Some(old) = variables.named_variables.remove(&name) {
                variables
                    .trainable_variables
                    .retain(|variable| variable.tensor.data_ptr() != old.data_ptr());
                kind = Some(old.kind());
            }
        }
        kind
    }
}
