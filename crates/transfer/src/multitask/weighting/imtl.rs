//! The direction that is equally far along every task's gradient (Liu et al., "Towards Impartial Multi-task Learning", ICLR 2021).

use tch::Tensor;

use super::{Level, Seen, Weighting};
use crate::Result;
use crate::multitask::Products;

/// Weights, adding up to 1, of the combination whose projections onto all gradients are equal, in closed form: `α₂… = g₁Uᵀ(DUᵀ)⁻¹`, with
/// the rows `u₁ − uⱼ` of unit gradients in `U` and `g₁ − gⱼ` in `D` (IMTL-G). The paper takes the gradients of the
/// representation. Weights may be negative. Where gradients are parallel there are many solutions, and the shortest is taken.
#[derive(Debug, Clone, Copy)]
pub struct ImtlG {
    /// Which gradients.
    pub level: Level,
}

impl Default for ImtlG {
    fn default() -> Self {
        Self {
            level: Level::Representation,
        }
    }
}

impl ImtlG {
    /// The weights.
    ///
    /// # Errors
    ///
    /// libtorch can't invert a matrix of them.
    pub fn solve(products: &Products) -> Result<Vec<f64>> {
        let tasks = products.tasks();
        let norms: Vec<f64> = (0..tasks).map(|task| products.norm(task)).collect();
        // A task whose gradient is zero asks for nothing: the others share all.
        let live: Vec<usize> = (0..tasks).filter(|task| norms[*task] > 0.0).collect();
        let mut weights = vec![0.0; tasks];
        let Some((&first, rest)) = live.split_first() else {
            return Ok(vec![1.0 / tasks as f64; tasks]);
        };
        // The product of `gᵢ` with `u₁ − uⱼ`.
        let along = |i: usize, j: usize| {
            products.at(i, first) / norms[first] - products.at(i, j) / norms[j]
        };
        let right: Vec<f64> = rest.iter().map(|&j| along(first, j)).collect();
        let rows = rest.iter().flat_map(|&j| rest.iter().map(move |&i| (i, j)));
        let left: Vec<f64> = rows.map(|(i, j)| along(first, j) - along(i, j)).collect();
        if !rest.is_empty() {
            let size = rest.len() as i64;
            let left = Tensor::from_slice(&left)
                .view([size, size])
                .f_pinverse(1e-12)?;
            let solved: Vec<f64> = Vec::try_from(left.f_mv(&Tensor::from_slice(&right))?)?;
            for (task, weight) in rest.iter().zip(solved) {
                weights[*task] = weight;
            }
        }
        weights[first] = 1.0 - weights.iter().sum::<f64>();
        Ok(weights)
    }
}

impl Weighting for ImtlG {
    fn name(&self) -> &'static str {
        "IMTL-G"
    }

    fn level(&self) -> Level {
        self.level
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        Self::solve(seen.products()?)
    }
}
