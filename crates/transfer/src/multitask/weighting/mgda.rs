//! The direction that helps every task, as much as it can (Désidéri, "Multiple-Gradient Descent Algorithm (MGDA)", 2012; Sener and Koltun,
//! "Multi-Task Learning as Multi-Objective Optimization", NeurIPS 2018).

use super::{Level, Seen, Weighting, simplex};
use crate::Result;
use crate::multitask::Products;

/// By what gradients are divided before they are weighed. The weights are those of the raw gradients all the same, as in the authors'
/// program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Normalisation {
    /// By nothing.
    #[default]
    None,
    /// By their lengths.
    Length,
    /// By the task's loss.
    Loss,
    /// By both: the authors' `loss+`.
    LossAndLength,
}

/// The shortest combination of the gradients, `min ‖Σ wᵢ gᵢ‖`, `w ≥ 0`, `Σ wᵢ = 1`: a step along it makes no task worse, and where there is none, it is
/// zero (a Pareto-stationary point). A short gradient gets a large weight.
#[derive(Debug, Clone, Copy)]
pub struct Mgda {
    /// Which gradients.
    pub level: Level,
    /// By what they are divided.
    pub normalisation: Normalisation,
}

impl Mgda {
    /// By the gradients of the representation rather than of the trunk's parameters (MGDA-UB): an upper bound of what is to be least. It is
    /// as good as that where the trunk's Jacobian has full rank, which a deep net's has not exactly.
    #[must_use]
    pub fn upper_bound() -> Self {
        Self {
            level: Level::Representation,
            ..Self::default()
        }
    }

    /// Divides gradients before they are weighed.
    #[must_use]
    pub fn normalised(mut self, by: Normalisation) -> Self {
        self.normalisation = by;
        self
    }

    /// The weights of the shortest combination, on the simplex.
    #[must_use]
    pub fn shortest(products: &Products) -> Vec<f64> {
        let tasks = products.tasks();
        let shortest =
            (0..tasks).min_by(|one, other| products.norm(*one).total_cmp(&products.norm(*other)));
        let start = (0..tasks).map(|task| f64::from(u8::from(Some(task) == shortest)));
        simplex::least(start.collect(), |weights| products.times(weights))
    }
}

impl Default for Mgda {
    fn default() -> Self {
        Self {
            level: Level::Shared,
            normalisation: Normalisation::None,
        }
    }
}

impl Weighting for Mgda {
    fn name(&self) -> &'static str {
        match self.level {
            Level::Representation => "MGDA-UB",
            _ => "MGDA",
        }
    }

    fn level(&self) -> Level {
        self.level
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        let products = seen.products()?;
        let divisor = |(place, loss): (usize, &f64)| {
            let by = match self.normalisation {
                Normalisation::None => 1.0,
                Normalisation::Length => products.norm(place),
                Normalisation::Loss => *loss,
                Normalisation::LossAndLength => loss * products.norm(place),
            };
            if by > 0.0 { by } else { 1.0 }
        };
        let divisors: Vec<f64> = seen.losses.iter().enumerate().map(divisor).collect();
        Ok(Self::shortest(&products.divided(&divisors)))
    }
}
