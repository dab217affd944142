//! Losses that fall at one pace, for the price of one gradient (Liu, Feng, Stone and Liu, "FAMO: Fast Adaptive Multitask Optimization",
//! NeurIPS 2023).

use tch::Device;

use super::{Seen, Weighting, begun, softmax};
use crate::Result;

const BETAS: [f64; 2] = [0.9, 0.999];
const EPS: f64 = 1e-8;

/// Goes down `c Σ zᵢ log Lᵢ`, `z = softmax(ξ)`, `c = 1 / Σ (zᵢ / Lᵢ)`, and then shows the net the same pictures again: what each log loss
/// lost in the step moves `ξ` by Adam, so that the task that gained least counts more. One backward pass, and one more forward
/// pass, which the running statistics of batch normalisation see too.
#[derive(Debug, Clone)]
pub struct Famo {
    /// The rate of `ξ`.
    pub lr: f64,
    /// Its decay, γ.
    pub decay: f64,
    xi: Vec<f64>,
    /// Of each task, Adam's two averages and how many steps they are of.
    moments: Vec<([f64; 2], i32)>,
    before: Vec<(usize, f64)>,
}

impl Default for Famo {
    fn default() -> Self {
        Self {
            lr: 0.025,
            decay: 1e-3,
            xi: Vec::new(),
            moments: Vec::new(),
            before: Vec::new(),
        }
    }
}

impl Weighting for Famo {
    fn name(&self) -> &'static str {
        "FAMO"
    }

    fn begin(&mut self, tasks: usize, _device: Device) -> Result<()> {
        self.xi = vec![0.0; tasks];
        self.moments = vec![([0.0; 2], 0); tasks];
        Ok(())
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        begun(&self.xi, seen)?;
        self.before = seen
            .tasks
            .iter()
            .copied()
            .zip(seen.losses.iter().copied())
            .collect();
        let xi: Vec<f64> = seen.tasks.iter().map(|task| self.xi[*task]).collect();
        // A loss of 0 has no logarithm.
        let losses = seen.losses.iter().map(|loss| loss.max(EPS));
        let shares: Vec<f64> = softmax(&xi)
            .iter()
            .zip(losses)
            .map(|(share, loss)| share / loss)
            .collect();
        let sum: f64 = shares.iter().sum();
        Ok(shares.iter().map(|share| share / sum).collect())
    }

    fn looks_back(&self) -> bool {
        true
    }

    fn after(&mut self, losses: &[f64]) {
        let before = std::mem::take(&mut self.before);
        let xi: Vec<f64> = before.iter().map(|(task, _)| self.xi[*task]).collect();
        let shares = softmax(&xi);
        let gained = before.iter().zip(losses);
        let gained: Vec<f64> = gained
            .map(|((_, before), after)| before.max(EPS).ln() - after.max(EPS).ln())
            .collect();
        let mean: f64 = shares
            .iter()
            .zip(&gained)
            .map(|(share, gain)| share * gain)
            .sum();
        for (place, (task, _)) in before.iter().enumerate() {
            let gradient = shares[place] * (gained[place] - mean) + self.decay * self.xi[*task];
            let (moments, steps) = &mut self.moments[*task];
            *steps += 1;
            for (power, (moment, beta)) in moments.iter_mut().zip(BETAS).enumerate() {
                *moment = beta * *moment + (1.0 - beta) * gradient.powi(power as i32 + 1);
            }
            let corrected = |number: usize| moments[number] / (1.0 - BETAS[number].powi(*steps));
            self.xi[*task] -= self.lr * corrected(0) / (corrected(1).sqrt() + EPS);
        }
    }
}
