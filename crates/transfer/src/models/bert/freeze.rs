//! Which parts of the net learn.

use tch::Kind;
use tch::nn::VarStore;

use super::{Bert, EMBEDDINGS, LoraConfig, Names};
use crate::models::ParameterGroup;
use crate::{Error, Result};

impl Bert {
    /// The named layers, from the input on: `embeddings`, `encoder.layer.0` and so on (DistilBERT: `transformer.layer.0`).
    #[must_use]
    pub fn layer_names(&self) -> Vec<String> {
        let names = Names::of(self.config.family);
        let layers = (0..self.config.num_layers).map(|layer| names.layer(layer));
        std::iter::once(EMBEDDINGS.to_owned())
            .chain(layers)
            .collect()
    }

    /// The variables, under Hugging Face's names.
    #[must_use]
    pub fn var_store(&self) -> &VarStore {
        self.variables.store()
    }

    /// Turns all variables to another kind.
    pub fn set_kind(&mut self, kind: Kind) {
        self.variables.store.set_kind(kind);
    }

    /// The variables of each of [`layer_names`](Self::layer_names), for rates of their own.
    #[must_use]
    pub fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let layers = self.layer_names();
        self.variables.groups(layers.clone(), &layers)
    }

    /// How many numbers training changes, and how many there are.
    #[must_use]
    pub fn parameter_counts(&self) -> (i64, i64) {
        let numbers = |group: &ParameterGroup, all: bool| {
            let of = group
                .parameters
                .iter()
                .filter(|(_, of)| all || of.requires_grad());
            of.map(|(_, of)| of.numel() as i64).sum::<i64>()
        };
        let groups = self.parameter_groups();
        let sum = |all| groups.iter().map(|group| numbers(group, all)).sum();
        (sum(false), sum(true))
    }

    /// Freezes all but the last `layers` layers: their weights stay, and their dropout does nothing. 0 freezes everything, more than there are
    /// nothing. Beside LoRA's matrices the net's own weights stay as they are, whichever the layer.
    pub fn train_top(&mut self, layers: usize) {
        let names = self.layer_names();
        let frozen = names.len().saturating_sub(layers);
        let (frozen, learning) = names.split_at(frozen);
        let (frozen, learning) = (frozen.to_vec(), learning.to_vec());
        self.variables.set_frozen(frozen, true);
        self.variables.set_frozen(learning, false);
        if self.lora.is_some() {
            self.freeze_base();
        }
    }

    /// Freezes the table of the vocabulary alone: half of a MiniLM's numbers, of which a small corpus changes a few rows. [`train_top`](Self::train_top)
    /// lets it learn again where it lets its layer learn.
    pub fn freeze_vocabulary(&mut self) {
        let words = format!("{EMBEDDINGS}.word_embeddings.weight");
        if let Some(table) = self.var_store().variables().get(&words) {
            let _same_tensor = table.set_requires_grad(false);
        }
    }

    /// Freezes every number that there is and adds small matrices that learn in their place, under PEFT's names (`….query.lora_A.weight`). What the net
    /// says does not change by it. Seeds libtorch.
    ///
    /// # Errors
    ///
    /// The numbers of the configuration make no sense, none of the net's layers is meant, or there are such matrices already
    /// ([`merge_lora`](Self::merge_lora)).
    pub fn add_lora(&mut self, config: &LoraConfig) -> Result<()> {
        config.check()?;
        if self.lora.is_some() {
            let expected = "none yet (Bert::merge_lora makes them part of the net)";
            return Err(Error::argument("LoRA", expected, "the matrices of another"));
        }
        let is_target = |layer: &mut super::Layer| {
            let dense = layer.dense_mut();
            dense.into_iter().any(|dense| dense.is_target(config))
        };
        if !self.layers.iter_mut().any(is_target) {
            let names: Vec<&str> = config.targets.iter().map(String::as_str).collect();
            let expected = "one of the net's linear layers, such as \"query\" or \"q_lin\"";
            return Err(Error::argument(
                "targets of LoRA",
                expected,
                format!("{names:?}"),
            ));
        }
        // Nothing counts as frozen: dropout drops, as in PEFT.
        self.train_top(usize::MAX);
        self.freeze_base();
        crate::set_seed(config.seed);
        let root = self.variables.store.root();
        let names = Names::of(self.config.family);
        for (number, layer) in self.layers.iter_mut().enumerate() {
            let name = names.layer(number as i64);
            let place = name.split('.').fold(root.clone(), |path, part| path / part);
            for dense in layer.dense_mut() {
                if dense.is_target(config) {
                    dense.add_lora(&place, config);
                }
            }
        }
        self.lora = Some(config.clone());
        Ok(())
    }

    /// Freezes every number that is not LoRA's.
    fn freeze_base(&self) {
        let parameters = self
            .parameter_groups()
            .into_iter()
            .flat_map(|group| group.parameters);
        for (_, variable) in parameters.filter(|(name, _)| !name.contains(".lora_")) {
            let _same_tensor = variable.set_requires_grad(false);
        }
    }

    /// What [`add_lora`](Self::add_lora) was given, until it is merged.
    #[must_use]
    pub fn lora(&self) -> Option<&LoraConfig> {
        self.lora.as_ref()
    }

    /// Adds what the small matrices have learned to the net's own weights and forgets them: the net says the same, as fast as before. Everything
    /// learns again from here on.
    pub fn merge_lora(&mut self) {
        if self.lora.take().is_none() {
            return;
        }
        for dense in self.layers.iter_mut().flat_map(|layer| layer.dense_mut()) {
            dense.merge_lora();
        }
        self.variables.forget_where(|name| name.contains(".lora_"));
        self.train_top(usize::MAX);
    }
}
