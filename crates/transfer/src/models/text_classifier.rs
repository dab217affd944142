//! Texts as classes.

use std::path::Path;

use serde_json::{Value, json};
use tch::{Device, Tensor, nn::Init, nn::Module, nn::VarStore};

use super::bert::Bert;
use super::layers::{Linear, Maker, Start};
use super::text_encoder::TextEncoder;
use super::variables::ParameterGroup;
use crate::checkpoint::{Checkpoint, LoadOptions, StateDict, load_into};
use crate::files::{read_json, write_bytes, write_json};
use crate::text::Tokenizer;
use crate::{Error, Result};

/// What the head's variables begin with in a file.
const HEAD: &str = "classifier";
/// Where a folder keeps the names of the classes.
const CLASSES: &str = "classes.json";
/// What is said of a tokenizer beside it.
const TOKENIZER_CONFIG: &str = "tokenizer_config.json";

/// A [`TextEncoder`] and a linear head on its vectors, with dropout between them. (Hugging Face's `BertForSequenceClassification` has a pooler's linear layer and
/// a hyperbolic tangent before its head; its files have other heads.)
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
        crate::set_seed(seed);
        Self::build(encoder, classes, Start::Drawn)
    }

    fn build(encoder: TextEncoder, classes: &[impl AsRef<str>], start: Start) -> Result<Self> {
        if classes.is_empty() {
            return Err(Error::argument("classes", "at least one", "none"));
        }
        let store = VarStore::new(encoder.bert().device());
        let normal = Init::Randn {
            mean: 0.0,
            stdev: 0.02,
        };
        let place = Maker::new(&store, start).sub(HEAD);
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
        let says = read_json(&path)?;
        let name = |name: &Value| name.as_str().map(str::to_owned);
        let names = says.as_array().into_iter().flatten().map(name);
        let classes: Vec<String> = names.collect::<Option<_>>().ok_or_else(|| Error::Dataset {
            path,
            reason: format!("expected a list of the classes' names, found {says}"),
        })?;
        let net = Self::build(TextEncoder::open(folder, device)?, &classes, Start::Zero)?;
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
        let tokens = tokenizer.path();
        let bytes = std::fs::read(tokens).map_err(Error::io("read", tokens))?;
        // Everything that is said of the tokenizer stays so (whether it keeps capitals, of which class it is); only the longest text is another.
        let beside = tokens.with_file_name(TOKENIZER_CONFIG);
        let mut config = match beside.exists() {
            true => read_json(&beside)?,
            false => json!({}),
        };
        config["model_max_length"] = json!(tokenizer.max_length());
        self.encoder.bert().save_with(folder, head, &self.classes)?;
        self.encoder.save_pooling(folder)?;
        write_bytes(&folder.join("tokenizer.json"), &bytes)?;
        write_json(&folder.join(TOKENIZER_CONFIG), &config)?;
        let longest = json!({"max_seq_length": tokenizer.max_length(), "do_lower_case": false});
        write_json(&folder.join("sentence_bert_config.json"), &longest)?;
        write_json(&folder.join(CLASSES), &json!(self.classes))
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
    ///
    /// # Errors
    ///
    /// It is below 0, or 1 and more.
    pub fn head_dropout(mut self, share: f64) -> Result<Self> {
        if !(0.0..1.0).contains(&share) {
            return Err(Error::argument(
                "dropout of the head",
                "0 or more, below 1",
                share,
            ));
        }
        self.dropout = share;
        Ok(self)
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
