//! Ending a training that no longer gets better, and keeping the best it had.

use super::snapshot::Snapshot;
use super::{Ema, Epoch};
use crate::models::Backbone;
use crate::{Error, Result};

/// What is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Monitor {
    /// The loss on the pictures for validation: lower is better.
    ValidLoss,
    /// The share of them classified correctly: higher is better.
    ValidAccuracy,
    /// The training loss: lower is better.
    Loss,
}

/// When to give up (Keras' `EarlyStopping`). It ends the whole training, also in a recipe of several phases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EarlyStopping {
    /// What is watched.
    pub monitor: Monitor,
    /// After how many epochs without improvement the training ends.
    pub patience: usize,
    /// How much better counts as better.
    pub min_delta: f64,
    /// Whether the net ends with the weights of its best epoch, also after all epochs or where a callback stopped the
    /// training; not where it diverged.
    pub restore_best: bool,
}

impl Default for EarlyStopping {
    /// The validation loss, a patience of 3 epochs, the best weights at the end.
    fn default() -> Self {
        Self {
            monitor: Monitor::ValidLoss,
            patience: 3,
            min_delta: 0.0,
            restore_best: true,
        }
    }
}

impl EarlyStopping {
    /// The value of an epoch, lower being better.
    fn value(&self, epoch: &Epoch) -> Result<f64> {
        let value = match self.monitor {
            Monitor::ValidLoss => epoch.valid_loss,
            Monitor::ValidAccuracy => epoch.valid_accuracy.map(|accuracy| -accuracy),
            Monitor::Loss => Some(epoch.loss),
        };
        let value = value.ok_or_else(|| {
            let found = "no loader for validation (see Learner::validate_on)";
            Error::argument("early stopping", "pictures for validation", found)
        })?;
        // Nothing is below what is no number: an epoch that has none is the worst there can be.
        Ok(if value.is_nan() { f64::INFINITY } else { value })
    }
}

/// The best epoch so far.
#[derive(Debug)]
pub(super) struct Best {
    /// From 1.
    pub(super) epoch: usize,
    /// Of what is monitored, lower being better.
    pub(super) value: f64,
    /// The weights that were judged, where they are to be restored.
    pub(super) weights: Option<Snapshot>,
}

/// Looks at an epoch that is over. Whether the training is to end.
pub(super) fn judge(
    stopping: &EarlyStopping,
    best: &mut Option<Best>,
    epoch: &Epoch,
    net: &dyn Backbone,
    ema: Option<&Ema>,
) -> Result<bool> {
    let value = stopping.value(epoch)?;
    let improved = best
        .as_ref()
        .is_none_or(|best| value < best.value - stopping.min_delta);
    if improved {
        let judged = || match ema {
            Some(ema) => ema.with(net, || Ok(Snapshot::of(net))),
            None => Ok(Snapshot::of(net)),
        };
        let weights = if stopping.restore_best {
            Some(judged()?)
        } else {
            None
        };
        *best = Some(Best {
            epoch: epoch.epoch,
            value,
            weights,
        });
    }
    let since = best.as_ref().map_or(0, |best| epoch.epoch - best.epoch);
    Ok(since > 0 && since >= stopping.patience)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{CifarResNet, CifarResNetConfig};

    #[test]
    fn an_epoch_without_a_number_is_never_the_best_for_long() {
        let net = CifarResNet::new(CifarResNetConfig { blocks: 1 }, 2, tch::Device::Cpu, 0);
        let epoch = |epoch, loss| Epoch {
            epoch,
            of: 9,
            loss: 1.0,
            accuracy: 0.5,
            valid_loss: Some(loss),
            valid_accuracy: Some(0.5),
            lr: 0.1,
            pictures: 1,
            seconds: 0.0,
            cpu_seconds: None,
            peak_memory: None,
            gpu_memory: None,
            trainable: 1,
            parameters: 1,
        };
        let stopping = EarlyStopping {
            patience: 2,
            restore_best: false,
            ..EarlyStopping::default()
        };
        let mut best = None;
        let mut over = Vec::new();
        for (number, loss) in (1..).zip([f64::NAN, 2.0, f64::NAN, 1.0, f64::NAN, 1.5]) {
            over.push(judge(&stopping, &mut best, &epoch(number, loss), &net, None).unwrap());
        }
        assert_eq!(over, [false, false, false, false, false, true]);
        assert_eq!(best.map(|best| (best.epoch, best.value)), Some((4, 1.0)));
    }
}
