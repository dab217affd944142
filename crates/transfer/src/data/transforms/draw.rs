//! Where a random step's numbers come from.

use super::super::rng::Rng;

/// What a random step depends on, and all that it depends on: the same draw gives the same picture in any thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Draw {
    /// The loader's seed.
    pub seed: u64,
    /// The pass over the data.
    pub epoch: u64,
    /// The picture's position in its data set.
    pub index: u64,
}

impl Draw {
    /// The numbers of the step at this place of the transform. Each step has its own: another step before it does
    /// not use them up.
    pub(crate) fn rng(self, step: usize) -> Rng {
        Rng::new(self.seed, &[self.epoch, self.index, step as u64])
    }
}
