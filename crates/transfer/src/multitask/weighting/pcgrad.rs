//! Gradients without what hurts the others (Yu et al., "Gradient Surgery for Multi-Task Learning", NeurIPS 2020).

use tch::Tensor;
use tch::kind::INT64_CPU;

use super::{Level, Seen, Weighting};
use crate::Result;
use crate::multitask::Products;

/// Each gradient goes through the others in random order, and loses its part along any that it points against:
/// `gᵢ ← gᵢ − (gᵢ · gⱼ / ‖gⱼ‖²) gⱼ` where `gᵢ · gⱼ < 0`. The step is along the sum of what is left.
#[derive(Debug, Clone, Copy)]
pub struct PcGrad {
    /// Which gradients; the paper's are those of the shared parameters.
    pub level: Level,
}

impl Default for PcGrad {
    fn default() -> Self {
        Self {
            level: Level::Shared,
        }
    }
}

/// What each gradient counts in the sum, if gradient `i` meets the others in the order `orders[i]`: all of it lies in the span of the
/// gradients, so a projection is a change of coefficients.
///
/// # Panics
///
/// There is not an order for each task, or one names a task that is not there.
#[must_use]
pub fn projected(products: &Products, orders: &[Vec<usize>]) -> Vec<f64> {
    let tasks = products.tasks();
    assert_eq!(orders.len(), tasks, "an order for each task");
    let mut sum = vec![0.0; tasks];
    for (task, order) in orders.iter().enumerate() {
        let mut of = vec![0.0; tasks];
        of[task] = 1.0;
        for &other in order.iter().filter(|other| **other != task) {
            let along = products.times(&of)[other];
            let square = products.at(other, other);
            if along < 0.0 && square > 0.0 {
                of[other] -= along / square;
            }
        }
        for (sum, of) in sum.iter_mut().zip(of) {
            *sum += of;
        }
    }
    sum
}

impl Weighting for PcGrad {
    fn name(&self) -> &'static str {
        "PCGrad"
    }

    fn level(&self) -> Level {
        self.level
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        let tasks = seen.tasks.len();
        let order = |_| -> Result<Vec<usize>> {
            let drawn: Vec<i64> = Vec::try_from(Tensor::randperm(tasks as i64, INT64_CPU))?;
            Ok(drawn.into_iter().map(|task| task as usize).collect())
        };
        let orders: Vec<Vec<usize>> = (0..tasks).map(order).collect::<Result<_>>()?;
        Ok(projected(seen.products()?, &orders))
    }
}
