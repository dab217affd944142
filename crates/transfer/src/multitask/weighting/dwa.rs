//! Dynamic weight average (Liu, Johns and Davison, "End-to-End Multi-Task Learning with Attention", CVPR 2019).

use tch::Device;

use super::{Seen, Weighting, begun, softmax};
use crate::Result;

/// More for a task whose loss fell less between the last two epochs: `wᵢ = T · softmax(rᵢ / temperature)`,
/// `rᵢ = Lᵢ(e − 1) / Lᵢ(e − 2)`, of means over an epoch. All are 1 in the first two.
#[derive(Debug, Clone)]
pub struct Dwa {
    /// How even the weights are; the paper's is 2.
    pub temperature: f64,
    epoch: usize,
    /// Of each task, the sum and the number of losses of this epoch.
    now: Vec<(f64, f64)>,
    /// Of each task, the means of the last two epochs in which it had labels, the last one first.
    means: Vec<Vec<f64>>,
}

impl Default for Dwa {
    fn default() -> Self {
        Self {
            temperature: 2.0,
            epoch: 0,
            now: Vec::new(),
            means: Vec::new(),
        }
    }
}

impl Weighting for Dwa {
    fn name(&self) -> &'static str {
        "DWA"
    }

    fn begin(&mut self, tasks: usize, _device: Device) -> Result<()> {
        self.now = vec![(0.0, 0.0); tasks];
        self.means = vec![Vec::new(); tasks];
        self.epoch = 0;
        Ok(())
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        begun(&self.now, seen)?;
        if seen.epoch != self.epoch {
            self.epoch = seen.epoch;
            for ((sum, count), means) in self.now.iter_mut().zip(&mut self.means) {
                if *count > 0.0 {
                    means.insert(0, *sum / *count);
                    means.truncate(2);
                }
                (*sum, *count) = (0.0, 0.0);
            }
        }
        for (task, loss) in seen.tasks.iter().zip(seen.losses) {
            self.now[*task].0 += loss;
            self.now[*task].1 += 1.0;
        }
        let rate = |means: &Vec<f64>| match means[..] {
            [last, before] => last / before,
            _ => 1.0,
        };
        let rates: Vec<f64> = self
            .means
            .iter()
            .map(|means| rate(means) / self.temperature)
            .collect();
        let shares = softmax(&rates);
        Ok(seen
            .tasks
            .iter()
            .map(|task| shares[*task] * shares.len() as f64)
            .collect())
    }
}
