//! Batches of tokens that are padded no further than they must be.

use std::fmt;
use std::sync::Arc;

use tch::{Device, Kind, Tensor};

use super::{TextDataset, Tokenizer};
use crate::data::rng::Rng;
use crate::{Error, Result};

/// Of how many batches texts are sorted by length at a time, where their order is random.
const BUCKET: usize = 20;

/// A text that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truncated {
    /// Its position in the data set.
    pub index: usize,
    /// How many tokens it has.
    pub tokens: usize,
    /// How many of them are used.
    pub used: usize,
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            index,
            tokens,
            used,
        } = self;
        write!(
            f,
            "text {index} has {tokens} tokens, of which {used} are used: its beginning, and the last"
        )
    }
}

/// Some texts as a net reads them.
#[derive(Debug)]
pub struct TextBatch {
    /// The tokens' numbers, shorter texts filled up: `[N, L]`, integers.
    pub ids: Tensor,
    /// 1 where there is a token, 0 where there is padding: `[N, L]`, integers.
    pub mask: Tensor,
    /// The labels: `[N]`, integers.
    pub labels: Tensor,
    /// Each text's position in the data set.
    pub indices: Vec<usize>,
}

impl TextBatch {
    /// The batch on a device.
    #[must_use]
    pub fn to_device(self, device: Device) -> Self {
        Self {
            ids: self.ids.to_device(device),
            mask: self.mask.to_device(device),
            labels: self.labels.to_device(device),
            indices: self.indices,
        }
    }
}

struct Encoded {
    ids: Vec<Vec<i64>>,
    labels: Vec<i64>,
    classes: Vec<String>,
    truncated: Vec<Truncated>,
    pad_id: i64,
}

/// Batches of a data set's texts. They are tokenized once, here. A batch is padded to its own longest text, and texts of
/// like length are together: in order, they are sorted by length ([`TextBatch::indices`] says which they are); shuffled,
/// those of every twenty batches are, and the batches come in random order. A clone shares the tokens.
#[derive(Clone)]
pub struct TextLoader {
    encoded: Arc<Encoded>,
    batch_size: usize,
    seed: Option<u64>,
    by_length: bool,
}

impl fmt::Debug for TextLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (texts, batch) = (self.len(), self.batch_size);
        write!(f, "TextLoader({texts} texts in batches of {batch})")
    }
}

impl TextLoader {
    /// Batches of so many texts, in order.
    ///
    /// # Errors
    ///
    /// There are no texts, the batch size is 0, or the tokenizer refuses a text.
    pub fn new(dataset: &TextDataset, tokenizer: &Tokenizer, batch_size: usize) -> Result<Self> {
        if dataset.is_empty() {
            return Err(Error::argument("texts", "at least one", "none"));
        }
        if batch_size == 0 {
            return Err(Error::argument("batch_size", "at least 1", 0));
        }
        let mut ids = tokenizer.encode(dataset.texts())?;
        let mut truncated = Vec::new();
        for (index, ids) in ids.iter_mut().enumerate() {
            let tokens = ids.len();
            tokenizer.cut(ids);
            if ids.len() < tokens {
                let used = ids.len();
                truncated.push(Truncated {
                    index,
                    tokens,
                    used,
                });
            }
        }
        let labels = dataset.labels().iter().map(|&label| label as i64).collect();
        let classes = dataset.classes().to_vec();
        let pad_id = tokenizer.pad_id();
        let encoded = Arc::new(Encoded {
            ids,
            labels,
            classes,
            truncated,
            pad_id,
        });
        Ok(Self {
            encoded,
            batch_size,
            seed: None,
            by_length: true,
        })
    }

    /// In another random order in each epoch; same seed, same orders.
    #[must_use]
    pub fn shuffled(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Not in random order.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.seed = None;
        self
    }

    /// Whether texts of like length are put together, which saves padding.
    #[must_use]
    pub fn by_length(mut self, by_length: bool) -> Self {
        self.by_length = by_length;
        self
    }

    /// Batches of another size.
    ///
    /// # Errors
    ///
    /// It is 0.
    pub fn with_batch_size(mut self, batch_size: usize) -> Result<Self> {
        if batch_size == 0 {
            return Err(Error::argument("batch_size", "at least 1", 0));
        }
        self.batch_size = batch_size;
        Ok(self)
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.encoded.ids.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.encoded.ids.is_empty()
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn num_batches(&self) -> usize {
        self.len().div_ceil(self.batch_size)
    }

    /// The names of the classes.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.encoded.classes
    }

    /// The labels, in the data set's order: `[N]`.
    pub fn labels(&self) -> Tensor {
        Tensor::from_slice(&self.encoded.labels)
    }

    /// The texts that were cut off at the tokenizer's longest.
    #[must_use]
    pub fn truncated(&self) -> &[Truncated] {
        &self.encoded.truncated
    }

    /// The batches of an epoch.
    pub fn batches(&self, epoch: usize) -> impl Iterator<Item = TextBatch> + '_ {
        let order = self.order(epoch);
        order.into_iter().map(|indices| self.batch(indices))
    }

    /// The texts at these positions as one batch.
    ///
    /// # Panics
    ///
    /// There is no text at a position.
    #[must_use]
    pub fn batch(&self, indices: Vec<usize>) -> TextBatch {
        let of = &self.encoded;
        let length = indices
            .iter()
            .map(|&at| of.ids[at].len())
            .max()
            .unwrap_or_default();
        let shape = [indices.len() as i64, length as i64];
        let (mut ids, mut mask) = (Vec::new(), Vec::new());
        for &at in &indices {
            let text = &of.ids[at];
            let filled = length - text.len();
            ids.extend(
                text.iter()
                    .copied()
                    .chain(std::iter::repeat_n(of.pad_id, filled)),
            );
            mask.extend(std::iter::repeat_n(1i64, text.len()));
            mask.extend(std::iter::repeat_n(0i64, filled));
        }
        let labels: Vec<i64> = indices.iter().map(|&at| of.labels[at]).collect();
        TextBatch {
            ids: Tensor::from_slice(&ids).view(shape),
            mask: Tensor::from_slice(&mask).view(shape),
            labels: Tensor::from_slice(&labels).to_kind(Kind::Int64),
            indices,
        }
    }

    /// The share of an epoch's tokens that is padding.
    #[must_use]
    pub fn padding(&self, epoch: usize) -> f64 {
        let (mut tokens, mut places) = (0, 0);
        for batch in self.order(epoch) {
            let lengths = || batch.iter().map(|&at| self.encoded.ids[at].len());
            tokens += lengths().sum::<usize>();
            places += lengths().max().unwrap_or_default() * batch.len();
        }
        1.0 - tokens as f64 / places.max(1) as f64
    }

    fn order(&self, epoch: usize) -> Vec<Vec<usize>> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        let length = |at: &usize| self.encoded.ids[*at].len();
        let Some(seed) = self.seed else {
            if self.by_length {
                order.sort_by_key(length);
            }
            return order
                .chunks(self.batch_size)
                .map(<[usize]>::to_vec)
                .collect();
        };
        let mut rng = Rng::new(seed, &[epoch as u64]);
        rng.shuffle(&mut order);
        if self.by_length {
            for some in order.chunks_mut(BUCKET * self.batch_size) {
                some.sort_by_key(length);
            }
        }
        let mut batches: Vec<Vec<usize>> = order
            .chunks(self.batch_size)
            .map(<[usize]>::to_vec)
            .collect();
        rng.shuffle(&mut batches);
        batches
    }
}
