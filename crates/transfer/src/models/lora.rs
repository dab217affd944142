//! What LoRA is set up with.

use std::path::Path;

use serde_json::Value;
use tch::nn::Init;

use crate::files::read_json;
use crate::{Error, Result};

/// Low-rank adaptation (Hu et al., "LoRA", 2022): the net's own weights stay, and beside some of its layers two small ones
/// learn, whose product is added to what the layer says. Of texts beside linear layers ([`Bert::add_lora`](super::Bert::add_lora)), of
/// pictures beside convolutions ([`Backbone::add_lora`](super::Backbone::add_lora)).
#[derive(Debug, Clone, PartialEq)]
pub struct LoraConfig {
    /// How many rows (for a convolution, channels) the first of the small layers has, `r`.
    pub rank: i64,
    /// The product is multiplied by `alpha / rank`.
    pub alpha: f64,
    /// The share of a layer's input that training drops before the small matrices.
    pub dropout: f64,
    /// Which layers, by the end of their names: `query` in a Hugging Face folder, `conv2` in a ResNet. None: all that there
    /// are.
    pub targets: Vec<String>,
    /// Decides how the first of the two matrices starts; the second starts at 0.
    pub seed: u64,
}

impl LoraConfig {
    /// Rank `rank`, `alpha` twice that, beside every linear layer: what QLoRA (Dettmers et al., 2023) found to be needed for the accuracy of
    /// full fine-tuning.
    #[must_use]
    pub fn new(rank: i64) -> Self {
        let all = [
            "query",
            "key",
            "value",
            "attention.output.dense",
            "intermediate.dense",
            "output.dense",
            "q_lin",
            "k_lin",
            "v_lin",
            "out_lin",
            "lin1",
            "lin2",
        ];
        Self {
            rank,
            alpha: 2.0 * rank as f64,
            dropout: 0.0,
            targets: all.map(str::to_owned).to_vec(),
            seed: 0,
        }
    }

    /// Rank `rank`, `alpha` twice that, beside every layer that can have it: every convolution of a [`Backbone`](super::Backbone).
    #[must_use]
    pub fn everywhere(rank: i64) -> Self {
        Self {
            targets: Vec::new(),
            ..Self::new(rank)
        }
    }

    /// Only beside these layers: `["query", "value"]` as in the paper.
    #[must_use]
    pub fn targets(mut self, names: &[&str]) -> Self {
        self.targets = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Reads PEFT's `adapter_config.json`.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or asks for what is not here (DoRA, rank-stabilised scales, other ranks for some layers, biases that learn).
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let path = folder.as_ref().join("adapter_config.json");
        let says = read_json(&path)?;
        let refused = |reason: String| Error::Dataset {
            path: path.clone(),
            reason,
        };
        let is_set = |name: &&&str| match &says[**name] {
            Value::Bool(set) => *set,
            Value::Object(of) => !of.is_empty(),
            _ => false,
        };
        if let Some(name) = ["use_rslora", "use_dora", "rank_pattern", "alpha_pattern"]
            .iter()
            .find(is_set)
        {
            return Err(refused(format!(
                "expected plain LoRA, found {name}: {}",
                says[*name]
            )));
        }
        if says["bias"].as_str().is_some_and(|bias| bias != "none") {
            return Err(refused(format!(
                "expected a bias of \"none\", found {}",
                says["bias"]
            )));
        }
        let names = match &says["target_modules"] {
            Value::Array(names) => names.iter().map(Value::as_str).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        let (Some(rank), Some(alpha), Some(names)) =
            (says["r"].as_i64(), says["lora_alpha"].as_f64(), names)
        else {
            let expected = "expected r, lora_alpha and a list of target_modules";
            return Err(refused(format!("{expected}, found {says}")));
        };
        let read = Self {
            rank,
            alpha,
            dropout: says["lora_dropout"].as_f64().unwrap_or_default(),
            targets: names.into_iter().map(str::to_owned).collect(),
            seed: 0,
        };
        read.check()?;
        Ok(read)
    }

    /// Whether the layer of that name is meant.
    pub(super) fn is_target(&self, name: &str) -> bool {
        let ends_so = |target: &String| {
            let rest = name.strip_suffix(target.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.targets.is_empty() || self.targets.iter().any(ends_so)
    }

    /// How the first of the small layers starts in PEFT, for inputs of that width: by He's uniform rule with a slope of √5.
    /// The second starts at 0, so that nothing changes at first.
    pub(super) fn start(width_in: i64) -> Init {
        let up = (width_in as f64).sqrt().recip();
        Init::Uniform { lo: -up, up }
    }

    pub(super) fn scale(&self) -> f64 {
        self.alpha / self.rank as f64
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.rank < 1 {
            return Err(Error::argument("rank", "at least 1", self.rank));
        }
        if !self.alpha.is_finite() {
            return Err(Error::argument("alpha", "a finite number", self.alpha));
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return Err(Error::argument(
                "dropout of LoRA",
                "0 or more, below 1",
                self.dropout,
            ));
        }
        Ok(())
    }
}
