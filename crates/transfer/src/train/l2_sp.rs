//! L2-SP: a penalty on how far the weights have gone from where they started.

use std::fmt;
use std::rc::Rc;

use tch::Tensor;

use super::snapshot::{hash_of, sorted_variables};
use crate::Result;
use crate::checkpoint::StateDict;
use crate::models::Backbone;

/// Weight decay towards the pretrained weights in the place of 0 (Li, Grandvalet and Davoine, "Explicit inductive bias
/// for transfer learning with convolutional networks", ICML 2018): the loss gets α/2 ‖w − w⁰‖² for the variables w of the
/// trunk, which start from w⁰, and β/2 ‖w‖² for those of the head, which has no w⁰ worth staying near.
///
/// Its gradient is added to the loss's own. Give it to [`TrainConfig::l2_sp`](super::TrainConfig::l2_sp), and set the
/// optimiser's weight decay to 0: the two pull at each other.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let net: Box<dyn Backbone> = models::build("resnet18", 10, Device::Cpu, 0)?;
/// let config: TrainConfig = TrainConfig::new()
///     .optimizer(OptimizerConfig::sgd(0.9))
///     .l2_sp(L2Sp::toward(&*net, 0.1, 0.01));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct L2Sp {
    alpha: f64,
    beta: f64,
    /// All variables of the trunk as they were, frozen ones too: a later phase may train them. Clones share it.
    start: Rc<StateDict>,
    /// Tells one start from another.
    hash: u64,
}

impl L2Sp {
    /// A penalty on the way from the net's present weights, of strength `alpha` for the trunk and `beta` for the head;
    /// the paper takes them from 0.001 to 1, by validation. Copies the trunk.
    #[must_use]
    pub fn toward(net: &dyn Backbone, alpha: f64, beta: f64) -> Self {
        let head = format!("{}.", net.head_name());
        let mut start = StateDict::new();
        for (name, variable) in sorted_variables(net) {
            // Running statistics never have a gradient to add to.
            if name.starts_with(&head) {
                continue;
            }
            let copy = tch::no_grad(|| variable.detach().copy());
            start.insert(name, copy);
        }
        Self {
            alpha,
            beta,
            hash: hash_of(&start),
            start: Rc::new(start),
        }
    }

    /// Adds the penalty's gradients to those that the net's variables have.
    pub(super) fn add_gradients(&self, net: &dyn Backbone) -> Result<()> {
        tch::no_grad(|| {
            for (name, variable) in sorted_variables(net) {
                let mut gradient = variable.grad();
                if !gradient.defined() || !variable.requires_grad() {
                    continue;
                }
                let penalty: Tensor = match self.start.get(&name) {
                    Some(start) => variable.f_sub(start)? * self.alpha,
                    None => &variable * self.beta,
                };
                let _ = gradient.f_add_(&penalty)?;
            }
            Ok(())
        })
    }
}

impl PartialEq for L2Sp {
    fn eq(&self, other: &Self) -> bool {
        (self.alpha, self.beta, self.hash) == (other.alpha, other.beta, other.hash)
    }
}

impl fmt::Debug for L2Sp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            alpha,
            beta,
            start,
            hash,
        } = self;
        let of = start.len();
        write!(
            f,
            "L2Sp {{ alpha: {alpha}, beta: {beta}, from {of} tensors, {hash:x} }}"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tch::{Device, Kind};

    use super::*;
    use crate::models::{CifarResNet, CifarResNetConfig};

    #[test]
    fn the_trunk_is_pulled_to_its_start_and_the_head_to_nothing() {
        let mut net = CifarResNet::new(CifarResNetConfig { blocks: 1 }, 3, Device::Cpu, 0);
        // As where the head is trained first: what is frozen now may be trained later.
        net.freeze_up_to("layer3").unwrap();
        let penalty = L2Sp::toward(&net, 0.1, 0.01);
        for layer in net.frozen() {
            net.unfreeze(&layer).unwrap();
        }
        let xs = Tensor::rand([4, 3, 16, 16], (Kind::Float, Device::Cpu));
        net.logits(&xs, true).square().sum(Kind::Float).backward();
        let gradients = || -> BTreeMap<String, Tensor> {
            let all = sorted_variables(&net).into_iter();
            all.filter(|(_, variable)| variable.grad().defined())
                .map(|(name, variable)| (name, variable.grad().copy()))
                .collect()
        };
        let before = gradients();
        tch::no_grad(|| {
            for (_, mut variable) in sorted_variables(&net) {
                if variable.requires_grad() {
                    let _ = variable.g_add_scalar_(0.5);
                }
            }
        });
        penalty.add_gradients(&net).unwrap();
        let variables: BTreeMap<_, _> = sorted_variables(&net).into_iter().collect();
        let after = gradients();
        assert!(after.len() > 10 && after.contains_key("linear.weight"));
        for (name, gradient) in &after {
            let expected = match name.starts_with("linear.") {
                true => &before[name] + &variables[name] * 0.01,
                false => &before[name] + 0.05,
            };
            assert!(gradient.allclose(&expected, 1e-4, 1e-6, false), "{name}");
        }
        // Another start is another penalty, for a training that is resumed too.
        let moved = L2Sp::toward(&net, 0.1, 0.01);
        assert!(moved != penalty && penalty.clone() == penalty);
        assert_ne!(format!("{moved:?}"), format!("{penalty:?}"));
    }
}
