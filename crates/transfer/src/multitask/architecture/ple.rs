//! Experts for all and experts for each task, in one or several levels (Tang, Liu, Zhao and Gong, "Progressive Layered Extraction (PLE)",
//! RecSys 2020).

use super::Trunk;
use super::experts::{Counts, Experts};
use crate::Result;

/// The experts for all, those for each task, and the levels of PLE that [`architecture`](super::architecture) takes.
pub(super) const SHARED: usize = 1;
pub(super) const SPECIFIC: usize = 1;
pub(super) const LEVELS: usize = 2;

impl Experts {
    /// PLE: so many experts for all and for each task in each of so many levels, the trunk's last stages. A task's gate mixes its own experts
    /// and those of all, and never another task's; between levels a shared gate mixes all of them for the shared experts of the next one.
    /// `trunk` makes one with its weights.
    ///
    /// # Errors
    ///
    /// There is no task, no expert or no level, `trunk` fails, or its net has not one stage more than there are levels.
    pub fn ple(
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
        Self::new("PLE", tasks, counts, trunk)
    }

    /// Customised gate control: PLE with one level, one expert for all and one for each task.
    ///
    /// # Errors
    ///
    /// As [`ple`](Self::ple).
    pub fn cgc(tasks: usize, trunk: impl FnMut() -> Result<Trunk>) -> Result<Self> {
        let counts = Counts {
            shared: SHARED,
            specific: SPECIFIC,
            levels: 1,
        };
        Self::new("CGC", tasks, counts, trunk)
    }
}
