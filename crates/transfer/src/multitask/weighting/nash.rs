//! The bargain of the tasks (Navon et al., "Multi-Task Learning as a Bargaining Game", ICML 2022).

use tch::Tensor;

use super::{Level, Seen, Weighting};
use crate::Result;
use crate::multitask::Products;

/// How often Newton's step is taken, and halved, at most.
const STEPS: usize = 100;
const TOLERANCE: f64 = 1e-12;

/// The direction in which the product of the tasks' gains is largest: weights `α > 0` with `Kα = 1/α`. They are where `½αᵀKα − Σ log αᵢ` is
/// least, which is convex, so Newton's method finds them (the authors solve a series of convex programs instead). The
/// combination has the length `√T` whatever the gradients' lengths: a task counts as much as any other, in whatever unit its loss is.
/// (Their program then shortens the gradient to a norm of 1: [`clip_norm`](crate::train::MultiTaskLearner::clip_norm).)
#[derive(Debug, Clone, Copy)]
pub struct NashMtl {
    /// Which gradients; the paper's are those of the shared parameters.
    pub level: Level,
}

impl Default for NashMtl {
    fn default() -> Self {
        Self {
            level: Level::Shared,
        }
    }
}

impl NashMtl {
    /// The weights.
    ///
    /// # Errors
    ///
    /// libtorch can't solve a step's equations.
    pub fn solve(products: &Products) -> Result<Vec<f64>> {
        let tasks = products.tasks();
        // In units of each gradient's length K has ones on its diagonal, and opposite gradients must not make it singular.
        let norms: Vec<f64> = (0..tasks)
            .map(|task| products.norm(task).max(1e-12))
            .collect();
        let unit = products.divided(&norms);
        let matrix = unit.matrix() + Tensor::eye(tasks as i64, tch::kind::DOUBLE_CPU) * 1e-9;
        let times = |alpha: &[f64]| {
            unit.times(alpha)
                .into_iter()
                .zip(alpha)
                .map(|(with, alpha)| with + 1e-9 * alpha)
                .collect::<Vec<f64>>()
        };
        let value = |alpha: &[f64]| {
            let terms = times(alpha).into_iter().zip(alpha);
            terms
                .map(|(with, alpha)| 0.5 * alpha * with - alpha.ln())
                .sum::<f64>()
        };
        let mut alpha = vec![1.0; tasks];
        for _ in 0..STEPS {
            let slopes: Vec<f64> = times(&alpha)
                .iter()
                .zip(&alpha)
                .map(|(with, alpha)| with - 1.0 / alpha)
                .collect();
            let curve: Vec<f64> = alpha.iter().map(|alpha| alpha.powi(-2)).collect();
            let hessian = &matrix + Tensor::from_slice(&curve).diag_embed(0, 0, 1);
            let right = Tensor::from_slice(&slopes).unsqueeze(1);
            let step: Vec<f64> =
                Vec::try_from(Tensor::f_linalg_solve(&hessian, &right, true)?.squeeze_dim(1))?;
            let fall: f64 = step
                .iter()
                .zip(&slopes)
                .map(|(step, slope)| step * slope)
                .sum();
            if fall <= TOLERANCE {
                break;
            }
            let (now, mut by) = (value(&alpha), 1.0);
            for _ in 0..STEPS {
                let moved: Vec<f64> = alpha
                    .iter()
                    .zip(&step)
                    .map(|(alpha, step)| alpha - by * step)
                    .collect();
                if moved.iter().all(|alpha| *alpha > 0.0) && value(&moved) <= now - 0.25 * by * fall
                {
                    alpha = moved;
                    break;
                }
                by *= 0.5;
            }
        }
        Ok(alpha
            .iter()
            .zip(&norms)
            .map(|(alpha, norm)| alpha / norm)
            .collect())
    }
}

impl Weighting for NashMtl {
    fn name(&self) -> &'static str {
        "Nash-MTL"
    }

    fn level(&self) -> Level {
        self.level
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        Self::solve(seen.products()?)
    }
}
