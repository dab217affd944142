//! What a training takes its batches from: pictures and the whole net, or stored features and the head alone.

use std::ops::Range;

use tch::{Kind, Tensor};

use super::TrainConfig;
use crate::Result;
use crate::data::{Batch, DataLoader, Dataset, Skipped};
use crate::models::Backbone;

pub(super) type SomeBatches<'a> = Box<dyn Iterator<Item = Result<Batch>> + 'a>;

/// Batches, and which part of the net they go through.
pub(super) trait Source {
    /// The loader that says which pictures, and in which order.
    fn loader(&self) -> &DataLoader;

    /// The labelled pictures behind the batches.
    fn dataset(&self) -> &dyn Dataset {
        &**self.loader().dataset()
    }

    /// How many batches an epoch has.
    fn num_batches(&self) -> usize {
        self.loader().num_batches()
    }

    /// The batches of an epoch, without the first `first`.
    fn batches_from(&self, epoch: usize, first: usize) -> SomeBatches<'_> {
        self.epochs(epoch..epoch + 1, first)
    }

    /// The batches of several epochs in a row, without the first `first`: those of an epoch are made while the one before
    /// it ends.
    fn epochs(&self, epochs: Range<usize>, first: usize) -> SomeBatches<'_>;

    /// The logits of a batch's `xs`: `[N, num_classes]`.
    fn logits(&self, net: &dyn Backbone, xs: &Tensor, train: bool) -> Tensor;
}

impl Source for DataLoader {
    fn loader(&self) -> &DataLoader {
        self
    }

    fn epochs(&self, epochs: Range<usize>, first: usize) -> SomeBatches<'_> {
        Box::new(DataLoader::epochs(self, epochs, first))
    }

    fn logits(&self, net: &dyn Backbone, xs: &Tensor, train: bool) -> Tensor {
        net.forward_t(&xs.to_device(net.device()), train)
    }
}

/// How many pictures of a batch were classified correctly.
pub(super) fn hits(logits: &Tensor, labels: &Tensor) -> f64 {
    let found = logits.argmax(-1, false);
    let hits = found.eq_tensor(&labels.to_device(found.device()));
    hits.sum(Kind::Int64).double_value(&[])
}

/// Whether an accuracy means something: the outputs are those of the classes.
pub(super) fn classifies(net: &dyn Backbone, source: &dyn Source, config: &TrainConfig) -> bool {
    let classes = source.dataset().classes().len();
    config.batch_loss.is_none() || classes > 1 && net.num_classes() == Some(classes as i64)
}

/// How good a net is on pictures.
pub(super) struct Judged {
    /// The mean loss.
    pub(super) loss: f64,
    /// The share of pictures classified correctly, where pictures are classified.
    pub(super) accuracy: Option<f64>,
    /// What could not be decoded.
    pub(super) skipped: Vec<Skipped>,
}

/// Judges a net, without gradients and with running statistics.
pub(super) fn judge(
    net: &dyn Backbone,
    source: &dyn Source,
    config: &TrainConfig,
) -> Result<Judged> {
    let (mut sum, mut weight, mut correct, mut pictures) = (0.0, 0.0, 0.0, 0);
    let mut skipped = Vec::new();
    for batch in source.batches_from(0, 0) {
        let mut batch = batch?;
        skipped.append(&mut batch.skipped);
        if batch.indices.is_empty() {
            continue;
        }
        let (loss, right) = tch::no_grad(|| {
            let logits = source.logits(net, &batch.xs, false);
            Ok::<_, crate::Error>((
                config.loss_of(&logits, &batch, None)?,
                hits(&logits, &batch.labels),
            ))
        })?;
        sum += loss.sum.double_value(&[]);
        weight += loss.weight;
        correct += right;
        pictures += batch.indices.len();
    }
    if pictures == 0 {
        return Err(crate::Error::argument(
            "pictures for validation",
            "at least one that can be decoded",
            "none",
        ));
    }
    Ok(Judged {
        loss: sum / weight,
        accuracy: classifies(net, source, config).then_some(correct / pictures as f64),
        skipped,
    })
}
