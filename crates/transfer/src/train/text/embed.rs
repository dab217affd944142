//! What an encoder or a classifier says of texts.

use tch::{Device, Kind, Tensor};

use crate::metrics::accuracy;
use crate::models::{TextClassifier, TextEncoder};
use crate::text::{TextBatch, TextDataset, TextLoader, Tokenizer};
use crate::train::{CrossEntropy, Evaluation, Features, Predictions};
use crate::{Error, Result, check_interrupt};

/// Texts of a batch where only vectors are wanted: more make the padding longer, fewer leave a processor waiting.
pub(super) const BATCH: usize = 32;

/// The vectors of all texts of the loader, in the data set's order, computed without gradients: `[N, C]`.
///
/// # Errors
///
/// As [`Bert::forward`](crate::models::Bert::forward).
pub fn embeddings_of(encoder: &TextEncoder, loader: &TextLoader) -> Result<Features> {
    let xs = rows(loader, |batch| {
        encoder.encode(&batch.ids, &batch.mask, false)
    })?;
    Ok(Features {
        xs,
        labels: loader.labels(),
        classes: loader.classes().to_vec(),
        indices: (0..loader.len()).collect(),
        skipped: Vec::new(),
    })
}

/// The vectors of a few texts that have no labels: `[N, C]`. Texts are cut off at the tokenizer's longest;
/// [`TextLoader::truncated`] says which.
///
/// # Errors
///
/// As [`embeddings_of`]; or there are no texts.
pub fn embed(
    encoder: &TextEncoder,
    tokenizer: &Tokenizer,
    texts: &[impl AsRef<str>],
) -> Result<Features> {
    embeddings_of(encoder, &unlabelled(tokenizer, texts)?)
}

/// The logits of texts that have no labels: `[N, num_classes]`. Texts are cut off at the tokenizer's longest;
/// [`TextLoader::truncated`] says which.
///
/// # Errors
///
/// As [`embed`].
pub fn predict_texts(
    net: &TextClassifier,
    tokenizer: &Tokenizer,
    texts: &[impl AsRef<str>],
) -> Result<Tensor> {
    let loader = unlabelled(tokenizer, texts)?;
    rows(&loader, |batch| net.forward(&batch.ids, &batch.mask, false))
}

/// The likeliest class of texts that have no labels, and how likely the net finds it.
///
/// # Errors
///
/// As [`embed`].
pub fn classify_texts(
    net: &TextClassifier,
    tokenizer: &Tokenizer,
    texts: &[impl AsRef<str>],
) -> Result<Vec<(String, f64)>> {
    let sure = predict_texts(net, tokenizer, texts)?.softmax(-1, Kind::Double);
    let (shares, classes) = sure.max_dim(1, false);
    let (shares, classes) = (
        Vec::<f64>::try_from(shares)?,
        Vec::<i64>::try_from(classes)?,
    );
    let name = |class: i64| net.classes()[class as usize].clone();
    Ok(classes.into_iter().map(name).zip(shares).collect())
}

/// How good a classifier is on the texts of the loader, and what it says of each, in the data set's order.
///
/// # Errors
///
/// The classes are others than the net's, or as [`embeddings_of`].
pub fn evaluate_texts(
    net: &TextClassifier,
    loader: &TextLoader,
    loss: &CrossEntropy,
) -> Result<Evaluation> {
    check_classes(net, loader)?;
    let logits = rows(loader, |batch| net.forward(&batch.ids, &batch.mask, false))?;
    let labels = loader.labels();
    let predictions = logits.argmax(-1, false);
    let losses = loss.of_each(&logits, &labels)?;
    Ok(Evaluation {
        loss: loss.sum(&logits, &labels)?.mean().double_value(&[]),
        accuracy: accuracy(&predictions, &labels),
        losses: Vec::<f64>::try_from(losses.to_kind(Kind::Double))?,
        predictions: Predictions {
            logits,
            predictions,
            targets: Tensor::zeros([loader.len() as i64, 0], (Kind::Float, Device::Cpu)),
            labels,
            indices: (0..loader.len()).collect(),
            skipped: Vec::new(),
        },
    })
}

/// Whether the texts' labels are the net's.
pub(super) fn check_classes(net: &TextClassifier, loader: &TextLoader) -> Result<()> {
    if net.classes() != loader.classes() {
        let expected = format!("the net's, {:?}", net.classes());
        let found = format!("{:?}", loader.classes());
        return Err(Error::argument("classes", expected, found));
    }
    Ok(())
}

fn unlabelled(tokenizer: &Tokenizer, texts: &[impl AsRef<str>]) -> Result<TextLoader> {
    let owned: Vec<String> = texts.iter().map(|text| text.as_ref().to_owned()).collect();
    let labels = vec![0; owned.len()];
    let dataset = TextDataset::new(owned, labels, &["unlabelled"])?;
    TextLoader::new(&dataset, tokenizer, BATCH)
}

/// What `of` makes of each text, in the data set's order, whatever the loader's: `[N, C]` on the CPU.
fn rows(loader: &TextLoader, of: impl Fn(&TextBatch) -> Result<Tensor>) -> Result<Tensor> {
    let loader = loader.clone().in_order();
    let (mut found, mut order) = (Vec::new(), vec![0i64; loader.len()]);
    let mut next = 0;
    for batch in loader.batches(0) {
        check_interrupt()?;
        let said = tch::no_grad(|| of(&batch))?;
        found.push(said.to_device(Device::Cpu).to_kind(Kind::Float));
        for index in batch.indices {
            order[index] = next;
            next += 1;
        }
    }
    Ok(Tensor::cat(&found, 0).index_select(0, &Tensor::from_slice(&order)))
}
