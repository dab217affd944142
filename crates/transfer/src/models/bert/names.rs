//! What Hugging Face calls the variables of each relative.

use super::BertFamily;

/// The names of a layer's parts.
pub(super) struct Names {
    /// Before the number of a layer.
    pub(super) layers: &'static str,
    pub(super) query: &'static str,
    pub(super) key: &'static str,
    pub(super) value: &'static str,
    pub(super) attention_out: &'static str,
    pub(super) attention_norm: &'static str,
    pub(super) expand: &'static str,
    pub(super) shrink: &'static str,
    pub(super) norm: &'static str,
}

const BERT: Names = Names {
    layers: "encoder.layer",
    query: "attention.self.query",
    key: "attention.self.key",
    value: "attention.self.value",
    attention_out: "attention.output.dense",
    attention_norm: "attention.output.LayerNorm",
    expand: "intermediate.dense",
    shrink: "output.dense",
    norm: "output.LayerNorm",
};

const DISTILBERT: Names = Names {
    layers: "transformer.layer",
    query: "attention.q_lin",
    key: "attention.k_lin",
    value: "attention.v_lin",
    attention_out: "attention.out_lin",
    attention_norm: "sa_layer_norm",
    expand: "ffn.lin1",
    shrink: "ffn.lin2",
    norm: "output_layer_norm",
};

impl Names {
    pub(super) fn of(family: BertFamily) -> &'static Names {
        match family {
            BertFamily::DistilBert => &DISTILBERT,
            BertFamily::Bert | BertFamily::Roberta => &BERT,
        }
    }

    /// The name of a layer.
    pub(super) fn layer(&self, number: i64) -> String {
        format!("{}.{number}", self.layers)
    }
}

/// What the files of old call it today: the first BERTs came from TensorFlow, where a normalisation has a `gamma` and a `beta`.
pub(super) fn of_today(name: &str) -> String {
    let ending = |old: &str, new: &str| Some(format!("{}{new}", name.strip_suffix(old)?));
    ending(".gamma", ".weight")
        .or_else(|| ending(".beta", ".bias"))
        .unwrap_or_else(|| name.to_owned())
}

/// Whether it belongs to a head (for guessing words, for classes, the pooler) or to nothing that learns, and not to the encoder.
pub(super) fn is_beside(name: &str) -> bool {
    const HEADS: [&str; 11] = [
        "pooler",
        "cls",
        "classifier",
        "pre_classifier",
        "lm_head",
        "qa_outputs",
        "vocab_transform",
        "vocab_layer_norm",
        "vocab_projector",
        "dropout",
        "score",
    ];
    let mut parts = name.split('.');
    // A file may have the net under its own name: `bert.pooler.dense.weight`.
    let first = parts.next().unwrap_or_default();
    let second = parts.next().unwrap_or_default();
    HEADS.contains(&first)
        || (["bert", "roberta", "distilbert"].contains(&first) && HEADS.contains(&second))
        || name.ends_with("position_ids")
        || name.ends_with("token_type_ids")
}
