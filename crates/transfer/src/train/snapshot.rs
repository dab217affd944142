//! A copy of everything that a net's variables hold, in memory.

use std::collections::HashSet;
use std::hash::Hasher;

use tch::{Kind, Tensor};
use xxhash_rust::xxh3::Xxh3Default;

use crate::checkpoint::StateDict;
use crate::models::Backbone;
use crate::{Error, Result};

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
    /// The net has other variables than it had, or of other sizes (another head); nothing is written then.
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

/// Tells one set of weights from another, as far as their sums do.
pub(super) fn hash_of(tensors: &StateDict) -> u64 {
    let mut hash = Xxh3Default::new();
    for (name, tensor) in tensors {
        let sum = tensor.sum(Kind::Double).double_value(&[]);
        hash.write(name.as_bytes());
        hash.write_u64(sum.to_bits());
    }
    hash.finish()
}

/// Copies tensors into the variables of the same names: all of them, or none where they do not fit.
pub(super) fn copy_into(net: &dyn Backbone, tensors: &StateDict) -> Result<()> {
    let variables = sorted_variables(net);
    // libtorch itself would spread a smaller tensor over a larger one.
    let missing = variables.iter().find_map(|(name, variable)| {
        let (size, found) = (variable.size(), tensors.get(name).map(Tensor::size));
        (found.as_ref() != Some(&size)).then(|| (format!("{name} {size:?}"), found))
    });
    if let Some((expected, found)) = missing {
        let found = found.map_or_else(|| "none".to_owned(), |size| format!("{size:?}"));
        return Err(Error::argument("copy of a net", expected, found));
    }
    if tensors.len() != variables.len() {
        let here: HashSet<&str> = variables.iter().map(|(name, _)| name.as_str()).collect();
        let found = tensors.keys().find(|name| !here.contains(name.as_str()));
        let expected = "the variables of the same net";
        let found = found.map_or_else(String::new, |name| format!("{name:?} too"));
        return Err(Error::argument("copy of a net", expected, found));
    }
    tch::no_grad(|| {
        for (name, mut variable) in variables {
            if let Some(tensor) = tensors.get(&name) {
                variable.f_copy_(tensor)?;
            }
        }
        Ok(())
    })
}
