//! Supervised training of a whole net.

use std::time::Instant;

use tch::nn::OptimizerConfig;
use tch::{Kind, Tensor, nn};

use super::{Epoch, History};
use crate::data::{DataLoader, Skipped};
use crate::models::Backbone;
use crate::{Error, Result};

/// How a net is trained: AdamW with one cycle of the learning rate (a linear rise in the first fifth of the
/// steps, then a cosine to 0).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitConfig {
    /// Passes over the data.
    pub epochs: usize,
    /// The learning rate at its highest.
    pub lr: f64,
    /// AdamW's decoupled weight decay.
    pub weight_decay: f64,
    /// How much of the target is spread evenly over all classes, in [0, 1).
    pub label_smoothing: f64,
}

impl Default for FitConfig {
    fn default() -> Self {
        Self {
            epochs: 5,
            lr: 2e-3,
            weight_decay: 1e-2,
            label_smoothing: 0.1,
        }
    }
}

/// Trains all variables of `net` that require gradients. `on_epoch` is called after each epoch with what came
/// of it; a cell prints it there: `|epoch| println!("{epoch}")`. A picture alone in its batch is not trained on,
/// and counted in [`History::too_small`].
///
/// # Errors
///
/// The loader fails, a label has no place in the net's head, an epoch has no batch of two or more pictures, or the
/// loss is no longer a number.
pub fn fit(
    net: &mut dyn Backbone,
    loader: &DataLoader,
    config: &FitConfig,
    mut on_epoch: impl FnMut(&Epoch),
) -> Result<History> {
    check_labels(net, loader)?;
    let device = net.device();
    let mut optimizer = nn::AdamW {
        wd: config.weight_decay,
        ..Default::default()
    }
    .build(net.var_store(), config.lr)?;
    let steps = (config.epochs * loader.num_batches()).max(1);
    let mut history = History::default();
    for number in 1..=config.epochs {
        let start = Instant::now();
        let (mut seen, mut correct, mut loss_sum, mut lr) = (0, 0.0, 0.0, config.lr);
        let before = (number - 1) * loader.num_batches();
        for (step, batch) in (before..).zip(loader.batches(number)) {
            let batch = batch?;
            history.skipped += batch.skipped.len();
            // Batch normalisation has no statistics of a single picture.
            if batch.indices.len() < 2 {
                history.too_small += batch.indices.len();
                continue;
            }
            lr = config.lr * one_cycle(step as f64 / steps as f64);
            optimizer.set_lr(lr);
            let (xs, labels) = (batch.xs.to_device(device), batch.labels.to_device(device));
            let logits = net.forward_t(&xs, true);
            let loss = logits.cross_entropy_loss::<Tensor>(
                &labels,
                None,
                tch::Reduction::Mean,
                -100,
                config.label_smoothing,
            );
            optimizer.backward_step(&loss);
            let value = loss.double_value(&[]);
            if !value.is_finite() {
                let found = format!("{} (the loss became {value} in step {step})", config.lr);
                return Err(Error::argument(
                    "learning rate",
                    "one with which the loss stays finite",
                    found,
                ));
            }
            let hits = logits.argmax(-1, false).eq_tensor(&labels).sum(Kind::Int64);
            correct += hits.double_value(&[]);
            loss_sum += value * batch.indices.len() as f64;
            seen += batch.indices.len();
        }
        if seen == 0 {
            let (skipped, alone) = (history.skipped, history.too_small);
            return Err(Error::argument(
                "batches to train on",
                "at least one of two or more readable pictures",
                format!(
                    "none in epoch {number} ({skipped} unreadable, {alone} alone in their batch)"
                ),
            ));
        }
        let pictures = seen as f64;
        let epoch = Epoch {
            epoch: number,
            of: config.epochs,
            loss: loss_sum / pictures,
            accuracy: correct / pictures,
            lr,
            pictures: seen,
            seconds: start.elapsed().as_secs_f64(),
        };
        on_epoch(&epoch);
        history.epochs.push(epoch);
    }
    Ok(history)
}

/// Every label of the loader needs a column of the head; without one, tch panics in the first step.
fn check_labels(net: &dyn Backbone, loader: &DataLoader) -> Result<()> {
    let weight = format!("{}.weight", net.head_name());
    let variables = net.var_store().variables();
    let (Some(weight), Some(label)) = (
        variables.get(&weight),
        loader.dataset().labels().into_iter().max(),
    ) else {
        return Ok(());
    };
    let width = weight.size()[0];
    if label as i64 >= width {
        let expected = format!("below {width}, the outputs of the head (see replace_head)");
        return Err(Error::argument("label", expected, label));
    }
    Ok(())
}

/// What a net says of pictures, beside what they are.
#[derive(Debug)]
pub struct Predictions {
    /// The likeliest class of each picture: `[N]`, on the CPU.
    pub predictions: Tensor,
    /// The true ones: `[N]`.
    pub labels: Tensor,
    /// For each entry, the picture's position in its data set.
    pub indices: Vec<usize>,
    /// Pictures that could not be decoded and have no entry.
    pub skipped: Vec<Skipped>,
}

/// The class that `net` finds likeliest for each picture of the loader, and the true ones.
///
/// # Errors
///
/// The loader fails, or has not one readable picture. Unreadable ones are in [`Predictions::skipped`].
pub fn predict(net: &dyn Backbone, loader: &DataLoader) -> Result<Predictions> {
    let device = net.device();
    let (mut predictions, mut labels) = (Vec::new(), Vec::new());
    let (mut indices, mut skipped) = (Vec::new(), Vec::new());
    for batch in loader.batches(0) {
        let batch = batch?;
        skipped.extend(batch.skipped);
        if batch.indices.is_empty() {
            continue;
        }
        let logits = tch::no_grad(|| net.forward_t(&batch.xs.to_device(device), false));
        predictions.push(logits.argmax(-1, false).to_device(tch::Device::Cpu));
        labels.push(batch.labels);
        indices.extend(batch.indices);
    }
    if labels.is_empty() {
        return Err(Error::argument(
            "pictures to predict",
            "at least one that can be decoded",
            format!("none ({} could not be decoded)", skipped.len()),
        ));
    }
    Ok(Predictions {
        predictions: Tensor::cat(&predictions, 0),
        labels: Tensor::cat(&labels, 0),
        indices,
        skipped,
    })
}

/// The share of the highest learning rate, `progress` running from 0 to 1.
fn one_cycle(progress: f64) -> f64 {
    const RISE: f64 = 0.2;
    if progress < RISE {
        return 0.05 + 0.95 * progress / RISE;
    }
    0.5 * (1.0 + (std::f64::consts::PI * (progress - RISE) / (1.0 - RISE)).cos())
}

#[cfg(test)]
mod tests {
    use super::one_cycle;

    #[test]
    fn the_rate_rises_and_falls() {
        assert!(one_cycle(0.0) < 0.1);
        assert!((one_cycle(0.2) - 1.0).abs() < 1e-12);
        assert!((one_cycle(0.6) - 0.5).abs() < 1e-12);
        assert!(one_cycle(1.0) < 1e-12);
    }
}
