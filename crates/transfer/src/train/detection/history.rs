//! What happened in a training of a detector.

use crate::data::Skipped;

/// What one step came to.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectionStep {
    /// Its number, from 1.
    pub step: usize,
    /// Its epoch, from 1.
    pub epoch: usize,
    /// The learning rate of the new layers in it.
    pub lr: f64,
    /// The loss of what is there.
    pub classification: f64,
    /// The loss of where it is.
    pub boxes: f64,
    /// The loss of how central places are, in FCOS.
    pub centreness: Option<f64>,
    /// The norm of all gradients, before they were clipped.
    pub grad_norm: f64,
    /// Pictures in it.
    pub pictures: usize,
    /// Seconds that it took, without the decoding of pictures ahead of it.
    pub seconds: f64,
}

impl DetectionStep {
    /// All losses together.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.classification + self.boxes + self.centreness.unwrap_or_default()
    }
}

/// What one epoch came to.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectionEpoch {
    /// Its number, from 1.
    pub epoch: usize,
    /// The mean loss of its steps, each as many times as it has pictures; not a number where there was none.
    pub loss: f64,
    /// COCO's average precision on the pictures for validation, from IoU 0.5 to 0.95 and at 0.5 alone, from 0 to 1; not a number where they have no box.
    pub valid: Option<[f64; 2]>,
    /// Seconds that it took, validation included.
    pub seconds: f64,
}

/// What happened in a training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DetectionHistory {
    /// Its steps.
    pub steps: Vec<DetectionStep>,
    /// Its epochs.
    pub epochs: Vec<DetectionEpoch>,
    /// The epoch whose weights the net ended with, from 1, where there were boxes to choose it by.
    pub best: Option<usize>,
    /// How often a picture could not be decoded and was left out of the training.
    pub skipped: usize,
    /// What could not be decoded, in training or in validation, and why: each picture once, by name.
    pub unreadable: Vec<Skipped>,
}

impl DetectionHistory {
    /// The losses as points of step and loss.
    #[must_use]
    pub fn losses(&self) -> Vec<(f64, f64)> {
        let point = |step: &DetectionStep| (step.step as f64, step.loss());
        self.steps.iter().map(point).collect()
    }

    /// The seconds of all epochs.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.epochs.iter().map(|epoch| epoch.seconds).sum()
    }

    pub(super) fn mean_loss(&self, epoch: usize) -> f64 {
        let of = || self.steps.iter().filter(|step| step.epoch == epoch);
        let sum: f64 = of().map(|step| step.loss() * step.pictures as f64).sum();
        sum / of().map(|step| step.pictures as f64).sum::<f64>()
    }
}
