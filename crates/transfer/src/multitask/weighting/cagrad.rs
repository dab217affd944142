//! The mean gradient, turned towards the task that gains least (Liu, Liu, Jin, Stone and Liu, "Conflict-Averse Gradient Descent for
//! Multi-task Learning", NeurIPS 2021).

use super::{Level, Seen, Weighting, simplex};
use crate::Result;
use crate::multitask::Products;

/// The direction within a ball of radius `c‖g₀‖` about the mean gradient `g₀` whose least product with a gradient is largest: `g₀ + c‖g₀‖ / ‖g_w‖ · g_w`, where
/// `w` on the simplex makes `g_w · g₀ + c‖g₀‖‖g_w‖` least. With `c = 0` it is the mean.
/// (The authors' program then divides by `1 + c²` and multiplies by the number of tasks, which an optimiser like Adam does not notice.)
#[derive(Debug, Clone, Copy)]
pub struct CaGrad {
    /// How far it may turn, in [0, 1); 0.4 unless set.
    pub c: f64,
    /// Which gradients; the paper's are those of the shared parameters.
    pub level: Level,
}

impl Default for CaGrad {
    fn default() -> Self {
        Self {
            c: 0.4,
            level: Level::Shared,
        }
    }
}

impl CaGrad {
    /// The weights of the worst mixture, on the simplex, and those of the direction.
    #[must_use]
    pub fn solve(self, products: &Products) -> [Vec<f64>; 2] {
        let tasks = products.tasks();
        let mean = vec![1.0 / tasks as f64; tasks];
        let of_mean = products.times(&mean);
        let dot = |one: &[f64], other: &[f64]| {
            one.iter()
                .zip(other)
                .map(|(one, other)| one * other)
                .sum::<f64>()
        };
        let radius = self.c * dot(&mean, &of_mean).max(0.0).sqrt();
        let length =
            |weights: &[f64], with: &[f64]| dot(weights, with).max(f64::MIN_POSITIVE).sqrt();
        let worst = simplex::least(mean.clone(), |weights| {
            let with = products.times(weights);
            let turn = radius / length(weights, &with);
            of_mean
                .iter()
                .zip(&with)
                .map(|(mean, with)| mean + turn * with)
                .collect()
        });
        let with = products.times(&worst);
        // Where the worst mixture is nothing, there is nowhere to turn to.
        let square = dot(&worst, &with);
        let turn = if square > 0.0 {
            radius / square.sqrt()
        } else {
            0.0
        };
        let direction = mean
            .iter()
            .zip(&worst)
            .map(|(mean, worst)| mean + turn * worst)
            .collect();
        [worst, direction]
    }
}

impl Weighting for CaGrad {
    fn name(&self) -> &'static str {
        "CAGrad"
    }

    fn level(&self) -> Level {
        self.level
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        let [_, direction] = self.solve(seen.products()?);
        Ok(direction)
    }
}
