//! Texts as vectors.

use std::path::Path;

use serde_json::{Value, json};
use tch::{Device, Kind, Tensor};

use super::bert::Bert;
use crate::files::{read_json, write_json};
use crate::text::Pooling;
use crate::{Error, Result};

/// A net of BERT's family and how its vectors become one: a sentence encoder.
///
/// ```no_run
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let folder = hub::locate_text_encoder("all-MiniLM-L6-v2")?;
/// let encoder = TextEncoder::open(&folder, device("auto")?)?;
/// let tokenizer = Tokenizer::open(&folder)?;
/// let seen: Features = embed(&encoder, &tokenizer, &["Where is my parcel?", "It has not come yet."])?;
/// assert_eq!(seen.xs.size(), [2, 384]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TextEncoder {
    bert: Bert,
    pooling: Pooling,
    /// Whether its folder says that vectors are brought to length 1: said again where it is saved.
    normalize: bool,
}

impl TextEncoder {
    /// Of a net and a pooling.
    #[must_use]
    pub fn new(bert: Bert, pooling: Pooling) -> Self {
        Self {
            bert,
            pooling,
            normalize: false,
        }
    }

    /// The net of a Hugging Face folder, with the pooling that a sentence-transformers folder names, and otherwise the mean. That vectors are to be brought
    /// to length 1 (a `Normalize` module) is kept for [`save`](Self::save) and not done here: cosines do not need it, and heads learn better without.
    ///
    /// # Errors
    ///
    /// As [`Bert::open`] and [`Pooling::of_folder`]; or the folder's `modules.json` has another module (`Dense`), without which vectors would be others.
    pub fn open(folder: impl AsRef<Path>, device: Device) -> Result<Self> {
        let folder = folder.as_ref();
        let normalize = modules(folder)?;
        let (bert, pooling) = (Bert::open(folder, device)?, Pooling::of_folder(folder)?);
        Ok(Self {
            normalize,
            ..Self::new(bert, pooling)
        })
    }

    /// One vector for each text: tokens and mask `[N, L]` → `[N, C]`.
    ///
    /// # Errors
    ///
    /// As [`Bert::forward`].
    pub fn encode(&self, ids: &Tensor, mask: &Tensor, train: bool) -> Result<Tensor> {
        let hidden = self.bert.forward(ids, mask, train)?;
        Ok(self.pooling.of(&hidden, &mask.to_device(hidden.device())))
    }

    /// The net.
    #[must_use]
    pub fn bert(&self) -> &Bert {
        &self.bert
    }

    /// As [`bert`](Self::bert), to freeze layers or add LoRA.
    pub fn bert_mut(&mut self) -> &mut Bert {
        &mut self.bert
    }

    /// How its vectors become one.
    #[must_use]
    pub fn pooling(&self) -> Pooling {
        self.pooling
    }

    /// The width `C` of its vectors.
    #[must_use]
    pub fn feature_dim(&self) -> i64 {
        self.bert.config().hidden_size
    }

    /// Writes a folder that [`open`](Self::open) and Python's `SentenceTransformer` read; the tokenizer's files are for
    /// [`TextClassifier::save`](super::TextClassifier::save) or the caller to copy.
    ///
    /// # Errors
    ///
    /// As [`Bert::save`].
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<()> {
        let folder = folder.as_ref();
        self.bert.save(folder)?;
        self.save_pooling(folder)
    }

    pub(super) fn save_pooling(&self, folder: &Path) -> Result<()> {
        let is = |pooling| self.pooling == pooling;
        let config = json!({
            "word_embedding_dimension": self.feature_dim(),
            "pooling_mode_cls_token": is(Pooling::Cls),
            "pooling_mode_mean_tokens": is(Pooling::Mean),
            "pooling_mode_max_tokens": is(Pooling::Max),
            "pooling_mode_mean_sqrt_len_tokens": false,
        });
        let mut modules = Vec::new();
        for (number, (path, name)) in [
            ("", "Transformer"),
            ("1_Pooling", "Pooling"),
            ("2_Normalize", "Normalize"),
        ]
        .into_iter()
        .take(2 + usize::from(self.normalize))
        .enumerate()
        {
            let of = format!("sentence_transformers.models.{name}");
            modules
                .push(json!({"idx": number, "name": number.to_string(), "path": path, "type": of}));
        }
        let place = folder.join("1_Pooling");
        std::fs::create_dir_all(&place).map_err(Error::io("create", &place))?;
        write_json(&place.join("config.json"), &config)?;
        write_json(&folder.join("modules.json"), &Value::Array(modules))
    }
}

/// Whether a sentence-transformers folder normalises its vectors; an error where it does what is not done here.
fn modules(folder: &Path) -> Result<bool> {
    let path = folder.join("modules.json");
    if !path.exists() {
        return Ok(false);
    }
    let modules = read_json(&path)?;
    let mut normalize = false;
    for module in modules.as_array().into_iter().flatten() {
        let name = module["type"].as_str().unwrap_or_default();
        match name.rsplit('.').next().unwrap_or_default() {
            "Transformer" | "Pooling" => {}
            "Normalize" => normalize = true,
            _ => {
                let reason = format!(
                    "expected the modules Transformer, Pooling and Normalize, found {name:?}"
                );
                return Err(Error::Dataset { path, reason });
            }
        }
    }
    Ok(normalize)
}

/// Vectors `[N, C]` brought to length 1, so that products are cosines.
pub(crate) fn normalized(xs: &Tensor) -> Tensor {
    let xs = xs.to_kind(Kind::Float);
    &xs / xs.norm_scalaropt_dim(2, [1i64], true).clamp_min(1e-12)
}
