//! A copy of everything that a net's variables hold, in memory.

use tch::Tensor;

use crate::Result;
use crate::checkpoint::StateDict;
use crate::models::Backbone;

/// All variables of a net, running statistics included, as they were.
#[derive(Debug)]
pub struct Snapshot {
    tensors: StateDict,
}

impl Snapshot {
    /// Copies the net's variables, on their device.
    #[must_use]
    pub fn of(net: &dyn Backbone) -> Self {
        let copy = |(name, variable): (String, Tensor)| (name, variable.detach().copy());
        let tensors = tch::no_grad(|| sorted_variables(net).into_iter().map(copy).collect());
        Self { tensors }
    }

    /// Writes them back, bit for bit.
    ///
    /// # Errors
    ///
    /// libtorch refuses a copy: the net has another head than it had.
    pub fn restore(&self, net: &dyn Backbone) -> Result<()> {
        copy_into(net, &self.tensors)
    }

    /// The copies by name.
    #[must_use]
    pub fn tensors(&self) -> &StateDict {
        &self.tensors
    }

    pub(super) fn into_tensors(self) -> StateDict {
        self.tensors
    }

    pub(super) fn from_tensors(tensors: StateDict) -> Self {
        Self { tensors }
    }
}

/// The variables of a net, running statistics included, in the order of their names.
pub(super) fn sorted_variables(net: &dyn Backbone) -> Vec<(String, Tensor)> {
    let mut variables: Vec<_> = net.var_store().variables().into_iter().collect();
    variables.sort_by(|one, other| one.0.cmp(&other.0));
    variables
}

/// Copies tensors into the variables of the same names.
pub(super) fn copy_into(net: &dyn Backbone, tensors: &StateDict) -> Result<()> {
    tch::no_grad(|| {
        for (name, mut variable) in sorted_variables(net) {
            if let Some(tensor) = tensors.get(&name) {
                variable.f_copy_(tensor)?;
            }
        }
        Ok(())
    })
}
