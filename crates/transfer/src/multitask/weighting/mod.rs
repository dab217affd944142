//! What each task counts in a step.

mod cagrad;
mod dwa;
mod equal;
mod famo;
mod grad_norm;
mod imtl;
mod mgda;
mod nash;
mod pcgrad;
mod rlw;
mod simplex;
mod uncertainty;

use std::fmt;

use tch::{Device, Tensor};

use super::Products;
use crate::models::ParameterGroup;
use crate::names::unknown;
use crate::{Error, Result};

pub use cagrad::CaGrad;
pub use dwa::Dwa;
pub use equal::{Equal, Fixed};
pub use famo::Famo;
pub use grad_norm::GradNorm;
pub use imtl::ImtlG;
pub use mgda::{Mgda, Normalisation};
pub use nash::NashMtl;
pub use pcgrad::{PcGrad, projected};
pub use rlw::Rlw;
pub use uncertainty::Uncertainty;

/// Which gradients a weighting looks at, and what it costs in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// None: losses are enough. One backward pass.
    Losses,
    /// Those of the last layer of the trunk that every task reaches, for their lengths alone. A backward pass of each head and of that layer for
    /// each task, then one of everything.
    LastLayer,
    /// Those of what the heads see: a backward pass of each head, and one of the trunk. For hard sharing alone. Without a head for pixels that
    /// are the features; with one, the maps of all stages, and the features are made from the last of them. (A map is made from the one before,
    /// so these gradients are not independent of each other.)
    Representation,
    /// Those of all variables that more than one task reaches, wherever they are: a backward pass of everything for each task, and a copy of the
    /// gradients.
    Shared,
}

/// What a step shows to a weighting. Tasks without a label in the batch are left out.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The tasks, by their positions.
    pub tasks: &'a [usize],
    /// The loss of each of them.
    pub losses: &'a [f64],
    /// The products of their gradients, if the weighting's [`level`](Weighting::level) has any.
    pub products: Option<&'a Products>,
    /// Epochs that are over.
    pub epoch: usize,
}

/// A rule by which the losses or the gradients of several tasks become one step. A rule of gradients moves the shared variables along
/// `Σ wᵢ gᵢ`; what one task alone reaches, such as its head, goes on with that task's gradient, unweighed.
///
/// *Dynamic task prioritisation* (Guo et al., ECCV 2018) is not here: it weighs by a measure in [0, 1] of each task, which errors in degrees or
/// metres are not.
pub trait Weighting: fmt::Debug {
    /// What tables call it.
    fn name(&self) -> &'static str;

    /// What it looks at.
    fn level(&self) -> Level {
        Level::Losses
    }

    /// Before the first step, with the number of tasks.
    ///
    /// # Errors
    ///
    /// It is not for so many tasks.
    fn begin(&mut self, _tasks: usize, _device: Device) -> Result<()> {
        Ok(())
    }

    /// A weight for each of the tasks that are seen.
    ///
    /// # Errors
    ///
    /// It was not begun, or products that it needs are missing.
    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>>;

    /// What the step goes down: the sum of the losses (numbers with their graphs), weighed. For a rule of losses alone.
    ///
    /// # Errors
    ///
    /// As [`weights`](Self::weights).
    fn total(&mut self, losses: &[Tensor], seen: &Seen<'_>) -> Result<(Tensor, Vec<f64>)> {
        let weights = self.weights(seen)?;
        let weighed = losses
            .iter()
            .zip(&weights)
            .map(|(loss, weight)| loss * *weight);
        let total = weighed.reduce(|sum, next| sum + next);
        let total = total.ok_or_else(|| Error::argument("losses", "one or more", "none"))?;
        Ok((total, weights))
    }

    /// What it learns by gradients beside the net.
    fn parameter_group(&self) -> Option<ParameterGroup> {
        None
    }

    /// Whether it is to be told what came of a step ([`after`](Self::after)): one more forward pass.
    fn looks_back(&self) -> bool {
        false
    }

    /// After a step: what the losses of the same pictures, in the order of the tasks that were seen, are now.
    fn after(&mut self, _losses: &[f64]) {}
}

/// The names that [`weighting`] knows.
pub const WEIGHTINGS: [&str; 12] = [
    "equal",
    "uncertainty",
    "DWA",
    "RLW",
    "GradNorm",
    "FAMO",
    "MGDA",
    "MGDA-UB",
    "PCGrad",
    "CAGrad",
    "IMTL-G",
    "Nash-MTL",
];

/// The weighting of that name, with the constants of its `Default`: where its paper or its authors name one, theirs. ([`Fixed`] has no name here: it needs
/// weights.)
///
/// # Errors
///
/// [`Error::UnknownName`] for a name that is not among [`WEIGHTINGS`].
pub fn weighting(name: &str) -> Result<Box<dyn Weighting>> {
    Ok(match name {
        "equal" => Box::new(Equal),
        "uncertainty" => Box::new(Uncertainty::default()),
        "DWA" => Box::new(Dwa::default()),
        "RLW" => Box::new(Rlw),
        "GradNorm" => Box::new(GradNorm::default()),
        "FAMO" => Box::new(Famo::default()),
        "MGDA" => Box::new(Mgda::default()),
        "MGDA-UB" => Box::new(Mgda::upper_bound()),
        "PCGrad" => Box::new(PcGrad::default()),
        "CAGrad" => Box::new(CaGrad::default()),
        "IMTL-G" => Box::new(ImtlG::default()),
        "Nash-MTL" => Box::new(NashMtl::default()),
        _ => {
            return Err(unknown(
                "weightings",
                "multitask::WEIGHTINGS",
                name,
                WEIGHTINGS,
            ));
        }
    })
}

impl<'a> Seen<'a> {
    /// The products of the gradients.
    ///
    /// # Errors
    ///
    /// There are none.
    pub fn products(&self) -> Result<&'a Products> {
        self.products.ok_or_else(|| {
            let expected = "those of the level that the weighting looks at";
            Error::argument("products of gradients", expected, "none")
        })
    }
}

/// What a weighting keeps for each task, as far as it is begun.
fn begun<T>(kept: &[T], seen: &Seen<'_>) -> Result<()> {
    match seen.tasks.iter().max() {
        Some(most) if *most >= kept.len() => {
            let expected = format!("one that was begun for {} tasks or more", most + 1);
            Err(Error::argument("weighting", expected, kept.len()))
        }
        _ => Ok(()),
    }
}

/// `softmax`, of a few numbers.
fn softmax(of: &[f64]) -> Vec<f64> {
    let most = of.iter().copied().fold(f64::MIN, f64::max);
    let exponentials: Vec<f64> = of.iter().map(|value| (value - most).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|value| value / sum).collect()
}
