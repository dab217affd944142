//! Supervised training of a whole net.

use std::time::Instant;

use tch::nn::OptimizerConfig;
use tch::{Kind, Tensor, nn};

use super::{Epoch, History};
use crate::data::DataLoader;
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
/// of it; a cell prints it there: `|epoch| println!("{epoch}")`.
///
/// # Errors
///
/// The loader fails, or the loss is no longer a number.
pub fn fit(
    net: &mut dyn Backbone,
    loader: &DataLoader,
    config: &FitConfig,
    mut on_epoch: impl FnMut(&Epoch),
) -> Result<History> {
    let device = net.device();
    let mut optimizer = nn::AdamW {
        wd: config.weight_decay,
        ..Default::default()
    }
    .build(net.var_store(), config.lr)?;
    let steps = (config.epochs * loader.num_batches()).max(1);
    let mut history = History::default();
    let mut step = 0;
    for number in 1..=config.epochs {
        let start = Instant::now();
        let (mut seen, mut correct, mut loss_sum, mut lr) = (0, 0.0, 0.0, config.lr);
        for batch in loader.batches(number) {
            let batch = batch?;
            history.skipped += batch.skipped.len();
            // Batch normalisation has no statistics of a single picture.
            if batch.indices.len() < 2 {
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
            step += 1;
        }
        let pictures = seen.max(1) as f64;
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

/// The class that `net` finds likeliest for each picture of the loader, and the true ones: both `[N]`.
///
/// # Errors
///
/// The loader fails, or has not one readable picture.
pub fn predict(net: &dyn Backbone, loader: &DataLoader) -> Result<(Tensor, Tensor)> {
    let device = net.device();
    let (mut predictions, mut labels) = (Vec::new(), Vec::new());
    for batch in loader.batches(0) {
        let batch = batch?;
        if batch.indices.is_empty() {
            continue;
        }
        let logits = tch::no_grad(|| net.forward_t(&batch.xs.to_device(device), false));
        predictions.push(logits.argmax(-1, false).to_device(tch::Device::Cpu));
        labels.push(batch.labels);
    }
    if labels.is_empty() {
        return Err(Error::argument(
            "pictures to predict",
            "at least one that can be decoded",
            "none",
        ));
    }
    Ok((Tensor::cat(&predictions, 0), Tensor::cat(&labels, 0)))
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
