//! One trunk for all tasks (Caruana, "Multitask Learning", 1997).

use tch::{Device, Tensor};

use super::{Architecture, Represented, Trunk, Widths, widths_of};
use crate::Result;
use crate::models::ParameterGroup;

/// One trunk, and every head on it: the fewest parameters, and gradients that may be in each other's way. The only
/// architecture with one representation, so the only one whose gradients can be weighed there
/// ([`Level::Representation`](super::super::Level)).
#[derive(Debug)]
pub struct HardSharing {
    trunk: Trunk,
    widths: Widths,
}

impl HardSharing {
    /// All tasks on this trunk, for pictures of `size` pixels a side.
    ///
    /// # Errors
    ///
    /// The trunk can't see such pictures.
    pub fn new(trunk: Trunk, size: u32) -> Result<Self> {
        let represent = |xs: &Tensor| Ok(Represented::Shared(trunk.represent(xs, false)?));
        let widths = widths_of(represent, size, trunk.device())?;
        Ok(Self { trunk, widths })
    }
}

impl Architecture for HardSharing {
    fn name(&self) -> &'static str {
        "hard sharing"
    }

    fn tasks(&self) -> Option<usize> {
        None
    }

    fn represent(&self, xs: &Tensor, train: bool) -> Result<Represented> {
        Ok(Represented::Shared(self.trunk.represent(xs, train)?))
    }

    fn widths(&self) -> &Widths {
        &self.widths
    }

    fn trunk_groups(&self) -> Vec<ParameterGroup> {
        self.trunk.parameter_groups()
    }

    fn device(&self) -> Device {
        self.trunk.device()
    }

    fn into_trunk(self: Box<Self>) -> Option<Trunk> {
        Some(self.trunk)
    }
}
