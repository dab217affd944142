//! How good a net for several tasks is.

use super::{MultiTaskLearner, TaskBatch, TaskLoader};
use crate::data::Skipped;
use crate::{Error, Result, check_interrupt};

/// How good a net is at its tasks.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The measure of each task, in their order; not a number for one without labels.
    pub measures: Vec<f64>,
    /// Pictures that it was judged by.
    pub pictures: usize,
    /// Those that could not be decoded.
    pub skipped: Vec<Skipped>,
}

impl MultiTaskLearner {
    /// The measure of each task on all pictures of the loader's data set, in evaluation mode.
    ///
    /// # Errors
    ///
    /// Targets are not those of the net's tasks, or pictures can't be had.
    pub fn evaluate(&self, on: &TaskLoader) -> Result<Measured> {
        let mut tallies: Vec<_> = self.net.tasks().iter().map(|task| task.tally()).collect();
        if on.num_tasks() != tallies.len() {
            let expected = format!("{}, one for each task", tallies.len());
            return Err(Error::argument(
                "targets of the loader",
                expected,
                on.num_tasks(),
            ));
        }
        let (mut pictures, mut skipped) = (0, Vec::new());
        for shown in on.in_order().batches(0) {
            check_interrupt()?;
            let TaskBatch { xs, targets, batch } = shown?;
            pictures += batch.indices.len();
            skipped.extend(batch.skipped);
            if batch.indices.is_empty() {
                continue;
            }
            let xs = xs.to_device(self.net.device());
            let outputs = tch::no_grad(|| self.net.forward(&xs, false))?;
            for ((tally, outputs), targets) in tallies.iter_mut().zip(&outputs).zip(&targets) {
                tally.add(outputs, &targets.to_device(outputs.device()))?;
            }
        }
        Ok(Measured {
            measures: tallies.iter().map(|tally| tally.value()).collect(),
            pictures,
            skipped,
        })
    }
}
