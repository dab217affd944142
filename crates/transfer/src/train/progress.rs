//! How far a training has come, and all that it has gathered on the way.

use super::early_stopping::Best;
use super::plan::Plan;
use super::{Ema, History, Optimizer};

/// The state of a training beside the net itself.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The present phase.
    pub(super) phase: usize,
    /// The epochs of it that are complete.
    pub(super) epoch: usize,
    /// The batches of the present epoch that are behind us.
    pub(super) batch: usize,
    /// The epochs that the learner trained before this training: they decide the order of the pictures.
    pub(super) earlier_epochs: usize,
    pub(super) sums: Sums,
    pub(super) history: History,
    pub(super) optimizer: Option<Optimizer>,
    pub(super) ema: Option<Ema>,
    pub(super) best: Option<Best>,
}

/// What the present epoch has summed up.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Sums {
    pub(super) loss: f64,
    pub(super) correct: f64,
    pub(super) pictures: usize,
    /// Of the last step.
    pub(super) lr: f64,
    pub(super) seconds: f64,
    pub(super) cpu_seconds: Option<f64>,
}

impl Progress {
    /// The complete epochs of this training.
    pub(super) fn epochs(&self, plan: &Plan<'_>) -> usize {
        plan.epochs_before(self.phase) + self.epoch
    }

    /// The steps behind us, those without usable pictures included.
    pub(super) fn steps(&self, plan: &Plan<'_>) -> usize {
        self.epochs(plan) * plan.steps_per_epoch() + self.batch.div_ceil(plan.accumulate)
    }

    /// What the loader calls the present epoch: from 1, and never the same again for a learner.
    pub(super) fn data_epoch(&self, plan: &Plan<'_>) -> usize {
        self.earlier_epochs + self.epochs(plan) + 1
    }

    /// Begins the next epoch.
    pub(super) fn next_epoch(&mut self) {
        self.epoch += 1;
        self.batch = 0;
        self.sums = Sums::default();
    }

    /// Begins the next phase.
    pub(super) fn next_phase(&mut self) {
        self.phase += 1;
        self.epoch = 0;
        self.optimizer = None;
    }
}
