//! Experts for all, and a gate for each task (Ma et al., "Modeling Task Relationships in Multi-task Learning with Multi-gate
//! Mixture-of-Experts", KDD 2018).

use tch::{Device, Tensor};

use super::experts::{Counts, Experts};
use super::{Architecture, Represented, Trunk, Widths};
use crate::Result;
use crate::models::ParameterGroup;

/// How many experts [`architecture`](super::architecture) takes.
pub(super) const EXPERTS: usize = 3;

/// A shared trunk up to its last stage but one, the rest of it several times as experts, and a gate for each task: a softmax of a linear
/// layer on the means of what the experts see (`fₖ(x) = Σᵢ gₖ(x)ᵢ · fᵢ(x)`; the paper's experts are layers on a shared
/// bottom too). Experts that begin with the
/// same weights become different by what their gates, which are drawn, send them; the gates have nothing to learn before that.
#[derive(Debug)]
pub struct Mmoe(Experts);

impl Mmoe {
    /// So many experts for so many tasks; `trunk` makes one with its weights.
    ///
    /// # Errors
    ///
    /// There is no task or no expert, `trunk` fails, or its net has fewer than two stages.
    pub fn new(tasks: usize, experts: usize, trunk: impl FnMut() -> Result<Trunk>) -> Result<Self> {
        let counts = Counts {
            shared: experts,
            specific: 0,
            levels: 1,
        };
        Ok(Self(Experts::new(tasks, counts, trunk)?))
    }

    /// How much each task listens to each expert, as the mean over pictures `[N, 3, H, W]`: `[T, E]`, rows that add up to 1.
    ///
    /// # Errors
    ///
    /// The pictures are no such tensor.
    pub fn shares(&self, xs: &Tensor) -> Result<Tensor> {
        self.0.shares(xs)
    }
}

impl Architecture for Mmoe {
    fn name(&self) -> &'static str {
        "MMoE"
    }

    fn tasks(&self) -> Option<usize> {
        Some(self.0.tasks())
    }

    fn represent(&self, xs: &Tensor, train: bool) -> Result<Represented> {
        self.0.represent(xs, train)
    }

    fn widths(&self) -> &Widths {
        self.0.widths()
    }

    fn trunk_groups(&self) -> Vec<ParameterGroup> {
        self.0.trunk_groups()
    }

    fn added(&self) -> Option<ParameterGroup> {
        Some(self.0.added())
    }

    fn trunks_mut(&mut self) -> Vec<&mut Trunk> {
        self.0.trunks_mut()
    }

    fn device(&self) -> Device {
        self.0.device()
    }
}
