//! Experts for all, and a gate for each task (Ma et al., "Modeling Task Relationships in Multi-task Learning with Multi-gate
//! Mixture-of-Experts", KDD 2018).

use super::Trunk;
use super::experts::{Counts, Experts};
use crate::Result;

/// How many experts [`architecture`](super::architecture) takes.
pub(super) const EXPERTS: usize = 3;

impl Experts {
    /// MMoE: so many experts, the trunk's last stage, which every task's gate mixes, `fₖ(x) = Σᵢ gₖ(x)ᵢ · fᵢ(x)`. (The paper's experts are
    /// layers on a shared bottom too.) `trunk` makes one with its weights.
    ///
    /// # Errors
    ///
    /// There is no task or no expert, `trunk` fails, or its net has fewer than two stages.
    pub fn mmoe(
        tasks: usize,
        experts: usize,
        trunk: impl FnMut() -> Result<Trunk>,
    ) -> Result<Self> {
        let counts = Counts {
            shared: experts,
            specific: 0,
            levels: 1,
        };
        Self::new("MMoE", tasks, counts, trunk)
    }
}
