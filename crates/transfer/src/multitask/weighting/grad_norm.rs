//! Gradients of balanced lengths (Chen, Badrinarayanan, Lee and Rabinovich, "GradNorm: Gradient Normalization for Adaptive Loss Balancing
//! in Deep Multitask Networks", ICML 2018).

use tch::Device;

use super::{Level, Seen, Weighting, begun};
use crate::Result;

/// Weights by which the gradient of each task, in the last shared layer, comes to have the length `Ḡ · rᵢ^α`: the mean length, more for a task
/// that lags behind (`rᵢ`, its loss over its first one, relative to the mean of the tasks). Each step goes down `Σ |wᵢ‖gᵢ‖ − Ḡ rᵢ^α|` once (with a rate
/// of its own), then weights are scaled to add up to the number of tasks. Those of this step are the ones before.
#[derive(Debug, Clone)]
pub struct GradNorm {
    /// How hard a task that lags behind is pulled up; 1.5 unless set.
    pub alpha: f64,
    /// The rate of the weights.
    pub lr: f64,
    weights: Vec<f64>,
    first: Vec<Option<f64>>,
}

impl Default for GradNorm {
    fn default() -> Self {
        Self {
            alpha: 1.5,
            lr: 0.025,
            weights: Vec::new(),
            first: Vec::new(),
        }
    }
}

impl Weighting for GradNorm {
    fn name(&self) -> &'static str {
        "GradNorm"
    }

    fn level(&self) -> Level {
        Level::LastLayer
    }

    fn begin(&mut self, tasks: usize, _device: Device) -> Result<()> {
        self.weights = vec![1.0; tasks];
        self.first = vec![None; tasks];
        Ok(())
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        begun(&self.weights, seen)?;
        let products = seen.products()?;
        let used: Vec<f64> = seen.tasks.iter().map(|task| self.weights[*task]).collect();
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        let lengths: Vec<f64> = (0..used.len()).map(|place| products.norm(place)).collect();
        let weighed: Vec<f64> = used
            .iter()
            .zip(&lengths)
            .map(|(weight, length)| weight * length)
            .collect();
        let left = seen.tasks.iter().zip(seen.losses);
        let left: Vec<f64> = left
            .map(|(task, loss)| loss / *self.first[*task].get_or_insert(*loss))
            .collect();
        let (all, mean_left) = (mean(&weighed), mean(&left));
        for (place, task) in seen.tasks.iter().enumerate() {
            let wanted = all * (left[place] / mean_left).powf(self.alpha);
            let slope = match weighed[place] - wanted {
                0.0 => 0.0,
                off => off.signum() * lengths[place],
            };
            // A weight that is negative would teach the task's opposite.
            self.weights[*task] = (self.weights[*task] - self.lr * slope).max(0.0);
        }
        let sum: f64 = self.weights.iter().sum();
        let scale = self.weights.len() as f64 / sum;
        if scale.is_finite() {
            self.weights.iter_mut().for_each(|weight| *weight *= scale);
        }
        Ok(used)
    }
}
