//! Experts for all and experts for each task, in one or several levels (Tang, Liu, Zhao and Gong, "Progressive Layered Extraction (PLE)",
//! RecSys 2020).

use tch::{Device, Tensor};

use super::experts::{Counts, Experts};
use super::{Architecture, Represented, Trunk, Widths};
use crate::Result;
use crate::models::ParameterGroup;

/// The experts for all, those for each task, and the levels of PLE that [`architecture`](super::architecture) takes.
pub(super) const SHARED: usize = 1;
pub(super) const SPECIFIC: usize = 1;
pub(super) const LEVELS: usize = 2;

/// A shared trunk, and its last stages as experts: some for all tasks and some for each task alone. A task's gate mixes its own experts and
/// the shared ones, and never another task's; in several levels a shared gate mixes all of them for the shared experts of the next one.
/// With one level it is *customised gate control* (CGC), with more, PLE.
#[derive(Debug)]
pub struct Ple(Experts);

impl Ple {
    /// So many experts for all and for each task in each of so many levels, the trunk's last stages;
    /// `trunk` makes one with its weights.
    ///
    /// # Errors
    ///
    /// There is no task, no expert or no level, `trunk` fails, or its net has not one stage more than there are levels.
    pub fn new(
        tasks: usize,
        [shared, specific]: [usize; 2],
        levels: usize,
        trunk: impl FnMut() -> Result<Trunk>,
    ) -> Result<Self> {
        let counts = Counts {
            shared,
            specific,
            levels,
        };
        Ok(Self(Experts::new(tasks, counts, trunk)?))
    }

    /// Customised gate control: one level, one expert for all and one for each task.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn cgc(tasks: usize, trunk: impl FnMut() -> Result<Trunk>) -> Result<Self> {
        Self::new(tasks, [SHARED, SPECIFIC], 1, trunk)
    }

    /// How much each task listens to the shared experts and to its own in the first level, as the mean over pictures `[N, 3, H, W]`:
    /// `[T, E]`, rows that add up to 1.
    ///
    /// # Errors
    ///
    /// The pictures are no such tensor.
    pub fn shares(&self, xs: &Tensor) -> Result<Tensor> {
        self.0.shares(xs)
    }
}

impl Architecture for Ple {
    fn name(&self) -> &'static str {
        match self.0.levels() {
            1 => "CGC",
            _ => "PLE",
        }
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
