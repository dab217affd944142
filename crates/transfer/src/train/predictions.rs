//! What a net says of pictures.

use tch::{Kind, Tensor};

use super::source::{Source, classifies};
use super::{CrossEntropy, TrainConfig};
use crate::data::{Batch, DataLoader, Skipped};
use crate::metrics::accuracy;
use crate::models::Backbone;
use crate::{Error, Result, check_interrupt};

/// What a net says of pictures, beside what they are.
#[derive(Debug)]
pub struct Predictions {
    /// The net's raw outputs: `[N, num_classes]`, on the CPU.
    pub logits: Tensor,
    /// The likeliest class of each picture: `[N]`, on the CPU.
    pub predictions: Tensor,
    /// The true ones: `[N]`.
    pub labels: Tensor,
    /// Their further numbers, as [`Batch::targets`](crate::data::Batch::targets): `[N, T]`.
    pub targets: Tensor,
    /// For each entry, the picture's position in its data set.
    pub indices: Vec<usize>,
    /// Pictures that could not be decoded and have no entry.
    pub skipped: Vec<Skipped>,
}

impl Predictions {
    /// How likely the net finds each class: `[N, num_classes]`, rows that sum to 1.
    pub fn probabilities(&self) -> Tensor {
        self.logits.softmax(-1, Kind::Float)
    }
}

/// How good a net is on labelled pictures.
#[derive(Debug)]
pub struct Evaluation {
    /// The mean loss, label smoothing and class weights included.
    pub loss: f64,
    /// The share of pictures classified correctly, in [0, 1]; not a number (NaN) where a loss of the batch trains something
    /// else than classes.
    pub accuracy: f64,
    /// The loss of each picture, without class weights, in the order of the predictions.
    pub losses: Vec<f64>,
    /// What the net says of each picture.
    pub predictions: Predictions,
}

/// What `net` says of each picture of the loader, and the true classes.
///
/// # Errors
///
/// The loader fails, or has not one readable picture. Unreadable ones are in [`Predictions::skipped`].
pub fn predict(net: &dyn Backbone, loader: &DataLoader) -> Result<Predictions> {
    predict_and(net, loader, Views::One, |_, _| Ok(()))
}

/// As [`predict`], with each picture shown twice, as it is and mirrored left to right; the logits are the means of both
/// (test-time augmentation, as in Krizhevsky et al., 2012).
///
/// # Errors
///
/// As [`predict`].
pub fn predict_flipped(net: &dyn Backbone, loader: &DataLoader) -> Result<Predictions> {
    predict_and(net, loader, Views::Flipped, |_, _| Ok(()))
}

/// How a picture is shown to the net.
#[derive(Clone, Copy, PartialEq)]
enum Views {
    One,
    /// As it is and mirrored.
    Flipped,
}

/// Likewise, and tells of each batch what the net said.
fn predict_and(
    net: &dyn Backbone,
    loader: &DataLoader,
    views: Views,
    mut told: impl FnMut(&Tensor, &Batch) -> Result<()>,
) -> Result<Predictions> {
    let (mut logits, mut labels, mut targets) = (Vec::new(), Vec::new(), Vec::new());
    let (mut indices, mut skipped) = (Vec::new(), Vec::new());
    for batch in loader.batches(0) {
        check_interrupt()?;
        let mut batch = batch?;
        skipped.append(&mut batch.skipped);
        if batch.indices.is_empty() {
            continue;
        }
        let say = |xs: &Tensor| {
            let said = tch::no_grad(|| Source::logits(loader, net, xs, false));
            said.to_kind(Kind::Float).to_device(tch::Device::Cpu)
        };
        let said = say(&batch.xs);
        logits.push(match views {
            Views::One => said,
            Views::Flipped => (said + say(&batch.xs.flip([3]))) / 2.0,
        });
        if let Some(logits) = logits.last() {
            told(logits, &batch)?;
        }
        labels.push(batch.labels);
        targets.push(batch.targets);
        indices.extend(batch.indices);
    }
    if labels.is_empty() {
        return Err(Error::argument(
            "pictures to predict",
            "at least one that can be decoded",
            format!("none ({} could not be decoded)", skipped.len()),
        ));
    }
    let logits = Tensor::cat(&logits, 0);
    Ok(Predictions {
        predictions: logits.argmax(-1, false),
        logits,
        labels: Tensor::cat(&labels, 0),
        targets: Tensor::cat(&targets, 0),
        indices,
        skipped,
    })
}

/// The loss and the accuracy of `net` on the pictures of the loader, and what it says of each.
///
/// # Errors
///
/// As [`predict`]; or a label has no place in the net's head.
pub fn evaluate(
    net: &dyn Backbone,
    loader: &DataLoader,
    loss: &CrossEntropy,
) -> Result<Evaluation> {
    super::session::check_labels(net, loader)?;
    let predictions = predict(net, loader)?;
    let sum = loss.sum(&predictions.logits, &predictions.labels)?;
    let losses = loss.of_each(&predictions.logits, &predictions.labels)?;
    Ok(Evaluation {
        loss: sum.mean().double_value(&[]),
        accuracy: accuracy(&predictions.predictions, &predictions.labels),
        losses: Vec::<f64>::try_from(losses.to_kind(Kind::Double))?,
        predictions,
    })
}

/// As [`evaluate`], with the loss that a net is trained with. Of a loss of the batch each picture's is that of the picture
/// by itself.
pub(super) fn evaluate_as(
    net: &dyn Backbone,
    loader: &DataLoader,
    config: &TrainConfig,
) -> Result<Evaluation> {
    let Some(loss) = &config.batch_loss else {
        return evaluate(net, loader, &config.loss);
    };
    let (mut sum, mut weight, mut losses) = (0.0, 0.0, Vec::new());
    let predictions = predict_and(net, loader, Views::One, |logits, batch| {
        let of_all = loss.sum(logits, batch)?;
        sum += of_all.sum.double_value(&[]);
        weight += of_all.weight;
        losses.extend(loss.of_each(logits, batch)?);
        Ok(())
    })?;
    let accuracy = if classifies(net, loader, config) {
        accuracy(&predictions.predictions, &predictions.labels)
    } else {
        f64::NAN
    };
    Ok(Evaluation {
        loss: sum / weight,
        accuracy,
        losses,
        predictions,
    })
}
