//! What a training will do, phase by phase: every recipe is a list of these.

use super::{LearningRate, Schedule, Timeline};

/// Some epochs in which the same layers learn, with an optimiser that starts anew.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phase {
    /// How many passes over the data.
    pub(super) epochs: usize,
    /// The rates that the schedule multiplies.
    pub(super) lr: LearningRate,
    /// The schedule, over this phase alone.
    pub(super) schedule: Schedule,
    /// Exactly these layers are frozen; `None` leaves everything as it is.
    pub(super) frozen: Option<Vec<String>>,
}

/// The phases, and how many batches and steps an epoch has.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) phases: &'a [Phase],
    pub(super) batches: usize,
    /// How many batches make a step.
    pub(super) accumulate: usize,
}

impl Plan<'_> {
    pub(super) fn steps_per_epoch(&self) -> usize {
        self.batches.div_ceil(self.accumulate)
    }

    pub(super) fn epochs(&self) -> usize {
        self.epochs_before(self.phases.len())
    }

    pub(super) fn steps(&self) -> usize {
        self.epochs() * self.steps_per_epoch()
    }

    pub(super) fn timeline(&self, phase: &Phase) -> Timeline {
        Timeline {
            epochs: phase.epochs,
            steps_per_epoch: self.steps_per_epoch(),
        }
    }

    /// The epochs of all phases before this one.
    pub(super) fn epochs_before(&self, phase: usize) -> usize {
        self.phases
            .iter()
            .take(phase)
            .map(|phase| phase.epochs)
            .sum()
    }
}
