//! The baselines: every task counts the same, or what somebody said.

use super::{Seen, Weighting, begun};
use crate::{Error, Result};

/// The sum of the losses.
#[derive(Debug, Clone, Copy, Default)]
pub struct Equal;

impl Weighting for Equal {
    fn name(&self) -> &'static str {
        "equal"
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        Ok(vec![1.0; seen.tasks.len()])
    }
}

/// The sum of the losses, each times a number that somebody chose: by a search over a grid, or for the losses' units.
#[derive(Debug, Clone)]
pub struct Fixed {
    weights: Vec<f64>,
}

impl Fixed {
    /// A weight for each task.
    ///
    /// # Errors
    ///
    /// One is negative or not finite.
    pub fn new(weights: &[f64]) -> Result<Self> {
        match weights
            .iter()
            .find(|weight| !(weight.is_finite() && **weight >= 0.0))
        {
            Some(weight) => Err(Error::argument(
                "weight of a task",
                "0 or more, finite",
                weight,
            )),
            None => Ok(Self {
                weights: weights.to_vec(),
            }),
        }
    }
}

impl Weighting for Fixed {
    fn name(&self) -> &'static str {
        "fixed"
    }

    fn begin(&mut self, tasks: usize, _device: tch::Device) -> Result<()> {
        match self.weights.len() {
            weights if weights == tasks => Ok(()),
            weights => Err(Error::argument(
                "fixed weights",
                format!("{tasks}, one for each task"),
                weights,
            )),
        }
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        begun(&self.weights, seen)?;
        Ok(seen.tasks.iter().map(|task| self.weights[*task]).collect())
    }
}
