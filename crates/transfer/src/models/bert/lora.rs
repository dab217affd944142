//! What LoRA is set up with.

use crate::{Error, Result};

/// Low-rank adaptation (Hu et al., "LoRA", 2022): the net's own weights stay, and beside some of its linear layers two small
/// matrices learn, whose product is added to what the layer says.
#[derive(Debug, Clone, PartialEq)]
pub struct LoraConfig {
    /// How many rows the small matrices have, `r`.
    pub rank: i64,
    /// The product is multiplied by `alpha / rank`.
    pub alpha: f64,
    /// The share of a layer's input that training drops before the small matrices.
    pub dropout: f64,
    /// Which linear layers, by the end of their names in Hugging Face's folders.
    pub targets: Vec<String>,
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
        }
    }

    /// Only beside these layers: `["query", "value"]` as in the paper.
    #[must_use]
    pub fn targets(mut self, names: &[&str]) -> Self {
        self.targets = names.iter().map(|name| (*name).to_owned()).collect();
        self
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
