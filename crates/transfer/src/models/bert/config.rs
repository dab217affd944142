//! What a net of BERT's family is made of, and the file that says so.

use std::path::Path;

use serde_json::{Value, json};

use crate::{Error, Result};

/// With the reason alone: the path is the caller's.
type Checked<T> = std::result::Result<T, String>;

/// Which relative: they differ in the names of their variables, in what numbers positions, and in whether there are types of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BertFamily {
    /// BERT (Devlin et al., 2019), MiniLM (Wang et al., 2020) and most sentence encoders.
    Bert,
    /// DistilBERT (Sanh et al., 2019): half the layers, no types of tokens.
    DistilBert,
    /// RoBERTa (Liu et al., 2019): positions are counted from behind the number of the padding token, and padding has none.
    Roberta,
}

/// What bends the numbers between the two linear layers of a feed-forward block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `x · Φ(x)` (Hendrycks and Gimpel, 2016), exactly.
    Gelu,
    /// Its approximation by a hyperbolic tangent.
    GeluTanh,
    /// `max(x, 0)`.
    Relu,
}

/// The description of a net of BERT's family.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BertConfig {
    /// Which relative.
    pub family: BertFamily,
    /// Tokens that it knows.
    pub vocab_size: i64,
    /// The width of a token's vector, `C`.
    pub hidden_size: i64,
    /// How many layers of attention and feed-forward.
    pub num_layers: i64,
    /// How many heads a layer's attention has.
    pub num_heads: i64,
    /// The width within a feed-forward block.
    pub intermediate_size: i64,
    /// Rows of the table of positions.
    pub max_positions: i64,
    /// Types of tokens; 0 where there are none.
    pub type_vocab_size: i64,
    /// What layer normalisation adds to a variance.
    pub layer_norm_eps: f64,
    /// The share of numbers that training drops behind every block.
    pub dropout: f64,
    /// The share of attention that training drops.
    pub attention_dropout: f64,
    /// The activation.
    pub activation: Activation,
    /// The token that fills up shorter texts.
    pub pad_token_id: i64,
}

impl BertConfig {
    /// `bert-base-uncased`: 12 layers of 768, 109 million numbers.
    pub const BERT_BASE: Self = Self {
        family: BertFamily::Bert,
        vocab_size: 30_522,
        hidden_size: 768,
        num_layers: 12,
        num_heads: 12,
        intermediate_size: 3072,
        max_positions: 512,
        type_vocab_size: 2,
        layer_norm_eps: 1e-12,
        dropout: 0.1,
        attention_dropout: 0.1,
        activation: Activation::Gelu,
        pad_token_id: 0,
    };
    /// `all-MiniLM-L6-v2`: 6 layers of 384, 22.6 million numbers, half of them the vocabulary's.
    pub const MINILM_L6: Self = Self {
        hidden_size: 384,
        num_layers: 6,
        intermediate_size: 1536,
        ..Self::BERT_BASE
    };
    /// `distilbert-base-uncased`: 6 layers of 768, 66 million numbers.
    pub const DISTILBERT_BASE: Self = Self {
        family: BertFamily::DistilBert,
        num_layers: 6,
        type_vocab_size: 0,
        ..Self::BERT_BASE
    };
    /// `roberta-base`: 12 layers of 768, 124 million numbers.
    pub const ROBERTA_BASE: Self = Self {
        family: BertFamily::Roberta,
        vocab_size: 50_265,
        max_positions: 514,
        type_vocab_size: 1,
        layer_norm_eps: 1e-5,
        pad_token_id: 1,
        ..Self::BERT_BASE
    };

    /// Reads the `config.json` of a Hugging Face folder.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or describes a net of another family or with parts that are not here; the message names the
    /// field.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let path = match path.is_dir() {
            true => path.join("config.json"),
            false => path.to_path_buf(),
        };
        let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let config = serde_json::from_str(&text).map_err(|error| error.to_string());
        config
            .and_then(|config: Value| Self::read(&config))
            .map_err(|reason| Error::Dataset { path, reason })
    }

    fn read(config: &Value) -> Checked<Self> {
        let text = |name: &str| config[name].as_str();
        let family = match text("model_type").unwrap_or_default() {
            "bert" => BertFamily::Bert,
            "distilbert" => BertFamily::DistilBert,
            "roberta" | "xlm-roberta" | "camembert" => BertFamily::Roberta,
            other => {
                return Err(format!(
                    "expected the model_type bert, distilbert, roberta, xlm-roberta or camembert, found {other:?}"
                ));
            }
        };
        if let Some(other) = text("position_embedding_type").filter(|kind| *kind != "absolute") {
            return Err(format!("expected absolute positions, found {other:?}"));
        }
        let distilled = family == BertFamily::DistilBert;
        let named = |bert: &'static str, distilbert: &'static str| match distilled {
            true => distilbert,
            false => bert,
        };
        let whole = |name: &str, least: i64| match config[name].as_i64() {
            Some(number) if number >= least => Ok(number),
            _ => Err(format!(
                "expected {name} of {least} or more, found {}",
                config[name]
            )),
        };
        let share = |name: &str| match config[name].as_f64() {
            Some(share) if (0.0..1.0).contains(&share) => Ok(share),
            None if config[name].is_null() => Ok(0.1),
            _ => Err(format!("expected {name} of 0 to 1, found {}", config[name])),
        };
        let activation = named("hidden_act", "activation");
        let read = Self {
            family,
            vocab_size: whole("vocab_size", 1)?,
            hidden_size: whole(named("hidden_size", "dim"), 1)?,
            num_layers: whole(named("num_hidden_layers", "n_layers"), 1)?,
            num_heads: whole(named("num_attention_heads", "n_heads"), 1)?,
            intermediate_size: whole(named("intermediate_size", "hidden_dim"), 1)?,
            max_positions: whole("max_position_embeddings", 1)?,
            type_vocab_size: if distilled {
                0
            } else {
                whole("type_vocab_size", 0)?
            },
            layer_norm_eps: config["layer_norm_eps"].as_f64().unwrap_or(1e-12),
            dropout: share(named("hidden_dropout_prob", "dropout"))?,
            attention_dropout: share(named("attention_probs_dropout_prob", "attention_dropout"))?,
            activation: match text(activation).unwrap_or("gelu") {
                "gelu" => Activation::Gelu,
                "gelu_new" | "gelu_pytorch_tanh" => Activation::GeluTanh,
                "relu" => Activation::Relu,
                other => {
                    return Err(format!(
                        "expected gelu, gelu_new or relu as {activation}, found {other:?}"
                    ));
                }
            },
            // Hugging Face's defaults.
            pad_token_id: (config["pad_token_id"].as_i64())
                .unwrap_or(i64::from(family == BertFamily::Roberta)),
        };
        read.check()?;
        Ok(read)
    }

    /// Whether the numbers fit together.
    pub(super) fn check(&self) -> Checked<()> {
        let whole = [
            ("vocab_size", self.vocab_size),
            ("hidden_size", self.hidden_size),
            ("num_layers", self.num_layers),
            ("num_heads", self.num_heads),
            ("intermediate_size", self.intermediate_size),
            ("max_positions", self.longest()),
        ];
        if let Some((name, number)) = whole.iter().find(|(_, number)| *number < 1) {
            return Err(format!("expected a {name} of 1 or more, found {number}"));
        }
        let shares = [
            ("dropout", self.dropout),
            ("attention_dropout", self.attention_dropout),
        ];
        if let Some((name, share)) = shares.iter().find(|(_, share)| !(0.0..1.0).contains(share)) {
            return Err(format!(
                "expected a {name} of 0 or more, below 1, found {share}"
            ));
        }
        let (heads, width) = (self.num_heads, self.hidden_size);
        if width % heads != 0 {
            return Err(format!(
                "expected a width that {heads} heads share evenly, found {width}"
            ));
        }
        if !(0..self.vocab_size).contains(&self.pad_token_id) {
            let (most, found) = (self.vocab_size, self.pad_token_id);
            return Err(format!(
                "expected a padding token below {most}, found {found}"
            ));
        }
        Ok(())
    }

    /// How long a text may be, in tokens: RoBERTa's table of positions begins behind the number of the padding token.
    #[must_use]
    pub fn longest(&self) -> i64 {
        match self.family {
            BertFamily::Roberta => self.max_positions - self.pad_token_id - 1,
            _ => self.max_positions,
        }
    }

    /// As `config.json` says it, for Hugging Face's libraries to read.
    pub(super) fn to_json(self) -> Value {
        let activation = match self.activation {
            Activation::Gelu => "gelu",
            Activation::GeluTanh => "gelu_pytorch_tanh",
            Activation::Relu => "relu",
        };
        match self.family {
            BertFamily::DistilBert => json!({
                "model_type": "distilbert", "architectures": ["DistilBertModel"],
                "vocab_size": self.vocab_size, "dim": self.hidden_size, "n_layers": self.num_layers,
                "n_heads": self.num_heads, "hidden_dim": self.intermediate_size,
                "max_position_embeddings": self.max_positions, "dropout": self.dropout,
                "attention_dropout": self.attention_dropout, "activation": activation,
                "pad_token_id": self.pad_token_id, "sinusoidal_pos_embds": false,
            }),
            family => json!({
                "model_type": if family == BertFamily::Roberta { "roberta" } else { "bert" },
                "architectures": [if family == BertFamily::Roberta { "RobertaModel" } else { "BertModel" }],
                "vocab_size": self.vocab_size, "hidden_size": self.hidden_size,
                "num_hidden_layers": self.num_layers, "num_attention_heads": self.num_heads,
                "intermediate_size": self.intermediate_size, "max_position_embeddings": self.max_positions,
                "type_vocab_size": self.type_vocab_size, "layer_norm_eps": self.layer_norm_eps,
                "hidden_dropout_prob": self.dropout, "attention_probs_dropout_prob": self.attention_dropout,
                "hidden_act": activation, "pad_token_id": self.pad_token_id, "position_embedding_type": "absolute",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for config in [
            BertConfig::MINILM_L6,
            BertConfig::DISTILBERT_BASE,
            BertConfig::ROBERTA_BASE,
        ] {
            assert_eq!(BertConfig::read(&config.to_json()), Ok(config));
        }
        assert_eq!(BertConfig::ROBERTA_BASE.longest(), 512);
    }

    #[test]
    fn what_is_not_here_is_named() {
        let with = |field: &str, value: Value| {
            let mut config = BertConfig::MINILM_L6.to_json();
            config[field] = value;
            BertConfig::read(&config).unwrap_err()
        };
        assert!(with("model_type", json!("gpt2")).contains("gpt2"));
        assert!(with("position_embedding_type", json!("relative_key")).contains("relative_key"));
        assert!(with("num_attention_heads", json!(7)).contains("384"));
        assert!(with("hidden_size", json!("wide")).contains("hidden_size"));
        assert!(with("hidden_act", json!("silu")).contains("silu"));
    }
}
