//! What a training takes its batches from: pictures and the whole net, or stored features and the head alone.

use tch::{Kind, Tensor};

use super::CrossEntropy;
use crate::Result;
use crate::data::{Batch, DataLoader, Dataset};
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
    fn batches_from(&self, epoch: usize, first: usize) -> SomeBatches<'_>;

    /// The logits of a batch's `xs`: `[N, num_classes]`.
    fn logits(&self, net: &dyn Backbone, xs: &Tensor, train: bool) -> Tensor;
}

impl Source for DataLoader {
    fn loader(&self) -> &DataLoader {
        self
    }

    fn batches_from(&self, epoch: usize, first: usize) -> SomeBatches<'_> {
        Box::new(DataLoader::batches_from(self, epoch, first))
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

/// The mean loss and the share of pictures classified correctly, without gradients and with running statistics.
pub(super) fn judge(
    net: &dyn Backbone,
    source: &dyn Source,
    loss: &CrossEntropy,
) -> Result<(f64, f64)> {
    let (mut sum, mut weight, mut correct, mut pictures) = (0.0, 0.0, 0.0, 0);
    for batch in source.batches_from(0, 0) {
        let batch = batch?;
        if batch.indices.is_empty() {
            continue;
        }
        let (loss, right) = tch::no_grad(|| {
            let logits = source.logits(net, &batch.xs, false);
            Ok::<_, crate::Error>((
                loss.sum(&logits, &batch.labels)?,
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
    Ok((sum / weight, correct / pictures as f64))
}
