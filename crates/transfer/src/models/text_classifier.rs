//! Texts as classes.

use std::path::Path;

use serde_json::Value;
use tch::{Device, Tensor, nn::Init, nn::Module, nn::VarStore};

use super::bert::Bert;
use super::layers::{Linear, Maker, Start};
use super::text_encoder::TextEncoder;
use super::variables::ParameterGroup;
use crate::checkpoint::{Checkpoint, LoadOptions, StateDict, load_into};
use crate::files::write_bytes;
use crate::text::Tokenizer;
use crate::{Error, Result};

/// What the head's variables begin with in a file.
const HEAD: &str = "classifier";
/// Where a folder keeps the names of the classes.
const CLASSES: &str = "classes.json";

/// A [`TextEncoder`] and a linear head on its vectors, with dropout between them.
#[derive(Debug)]
pub struct TextClassifier {
    encoder: TextEncoder,
    store: VarStore,
    head: Linear,
    classes: Vec<String>,
    dropout: f64,
}

impl TextClassifier {
    /// A new head for these classes on an encoder. It starts small (normal numbers of deviation 0.02, drawn from `seed`), as BERT's do. Seeds
    /// libtorch.
    ///
    /// # Errors
    ///
    /// There are no classes.
    pub fn new(encoder: TextEncoder, classes: &[impl AsRef<str>], seed: u64) -> Result<Self> {
        if classes.is_empty() {
            return Err(Error::argument("classes", "at least one", "none"));
        }
        crate::set_seed(seed);
        let store = VarStore::new(encoder.bert().device());
        let normal = Init::Randn {
            mean: 0.0,
            stdev: 0.02,
        };
        let place = Maker::new(&store, Start::Drawn).sub(HEAD);
        let width = encoder.feature_dim();
        let head = place.linear(width, classes.len() as i64, (normal, Init::Const(0.0)));
        let dropout = encoder.bert().config().dropout;
        Ok(Self {
            encoder,
            head,
            store,
            classes: classes
                .iter()
                .map(|name| name.as_ref().to_owned())
                .collect(),
            dropout,
        })
    }

    /// What [`save`](Self::save) wrote.
    ///
    /// # Errors
    ///
    /// A file is missing, cannot be read, or does not fit the others.
    pub fn open(folder: impl AsRef<Path>, device: Device) -> Result<Self> {
        let folder = folder.as_ref();
        let path = folder.join(CLASSES);
        let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let classes: Option<Vec<String>> = match serde_json::from_str(&text) {
            Ok(Value::Array(names)) => {
                let name = |name: &Value| name.as_str().map(str::to_owned);
                names.iter().map(name).collect()
            }
            _ => None,
        };
        let classes = classes.ok_or_else(|| Error::Dataset {
            path,
            reason: "expected a list of the classes' names".into(),
        })?;
        let net = Self::new(TextEncoder::open(folder, device)?, &classes, 0)?;
        let weights = super::bert::weights_in(folder)?;
        let mut tensors: StateDict = Checkpoint::open(&weights)?.read()?;
        tensors.retain(|name, _| name.starts_with(HEAD));
        load_into(&net.store, &tensors, &weights, &LoadOptions::new())?;
        Ok(net)
    }

    /// Writes a folder with everything: the net for [`open`](Self::open), for Hugging Face's `AutoModel` and for `SentenceTransformer`
    /// (`config.json`, `model.safetensors`, the pooling), the head within the same file (`classifier.weight`), the names of the classes, and the
    /// tokenizer.
    ///
    /// # Errors
    ///
    /// As [`Bert::save`]; or the tokenizer's file is no longer there.
    pub fn save(&self, folder: impl AsRef<Path>, tokenizer: &Tokenizer) -> Result<()> {
        let folder = folder.as_ref();
        let head = self.store.variables().into_iter().collect();
        let bytes = std::fs::read(tokenizer.path()).map_err(Error::io("read", tokenizer.path()))?;
        self.encoder.bert().save_with(folder, head)?;
        self.encoder.save_pooling(folder)?;
        write_bytes(&folder.join("tokenizer.json"), &bytes)?;
        let longest = serde_json::json!({"model_max_length": tokenizer.max_length()});
        write_bytes(
            &folder.join("tokenizer_config.json"),
            format!("{longest}\n").as_bytes(),
        )?;
        let classes = serde_json::json!(self.classes);
        write_bytes(&folder.join(CLASSES), format!("{classes:#}\n").as_bytes())
    }

    /// What the head says of texts: tokens and mask `[N, L]` → `[N, num_classes]`.
    ///
    /// # Errors
    ///
    /// As [`Bert::forward`].
    pub fn forward(&self, ids: &Tensor, mask: &Tensor, train: bool) -> Result<Tensor> {
        let seen = self.encoder.encode(ids, mask, train)?;
        Ok(self.head.forward(&seen.dropout(self.dropout, train)))
    }

    /// Sets the share of a vector's numbers that training drops before the head.
    #[must_use]
    pub fn head_dropout(mut self, share: f64) -> Self {
        self.dropout = share;
        self
    }

    /// The encoder.
    #[must_use]
    pub fn encoder(&self) -> &TextEncoder {
        &self.encoder
    }

    /// As [`encoder`](Self::encoder), to freeze layers or add LoRA.
    pub fn bert_mut(&mut self) -> &mut Bert {
        self.encoder.bert_mut()
    }

    /// The encoder by itself.
    #[must_use]
    pub fn into_encoder(self) -> TextEncoder {
        self.encoder
    }

    /// The names of the classes.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The encoder's layers from the input on, then the head.
    #[must_use]
    pub fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let mut groups = self.encoder.bert().parameter_groups();
        groups.push(ParameterGroup::of_store(HEAD, &self.store));
        groups
    }

    /// How many numbers training changes, and how many there are.
    #[must_use]
    pub fn parameter_counts(&self) -> (i64, i64) {
        let (trainable, all) = self.encoder.bert().parameter_counts();
        let head: usize = self.store.variables().values().map(Tensor::numel).sum();
        (trainable + head as i64, all + head as i64)
    }

    /// All variables by name: the encoder's, and the head's below `classifier`. They are the net's own, not copies.
    #[must_use]
    pub fn state(&self) -> StateDict {
        let head = self.store.variables();
        self.encoder
            .bert()
            .state()
            .into_iter()
            .chain(head)
            .collect()
    }
}
