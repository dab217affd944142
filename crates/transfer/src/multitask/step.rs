//! One step of several tasks: from pictures and targets to the gradient of every variable.

use tch::{Kind, Tensor};

use super::architecture::Cut;
use super::weighting::{Level, Seen, Weighting};
use super::{MultiTaskNet, Products};
use crate::models::ParameterGroup;
use crate::{Error, Result};

/// What came of a step's backward passes.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// The tasks that had a label in the batch, by their positions.
    pub tasks: Vec<usize>,
    /// The loss of each of them.
    pub losses: Vec<f64>,
    /// What each of them counted.
    pub weights: Vec<f64>,
    /// The products of their gradients: those that the weighting looked at or, if `watch` was set, those of the shared variables.
    pub products: Option<Products>,
}

/// Shows the net a batch in training mode, pictures `[N, 3, H, W]` and the targets of each task, and adds to the gradients of all its
/// variables what the weighting makes of the tasks' gradients: what an optimiser's step is to follow. `epoch` counts those that are over. With
/// `watch`, the products of the tasks' gradients are known for a rule of losses too, for one more backward pass of each task; there are none
/// where no variable is shared. `None`: no task had a label.
///
/// # Errors
///
/// Shapes do not fit, the weighting does not fit the architecture or looks at variables of which none learns, or a loss or a gradient is not
/// finite ([`Error::Diverged`], of step 0).
pub fn backward(
    net: &MultiTaskNet,
    weighting: &mut dyn Weighting,
    (xs, targets): (&Tensor, &[Tensor]),
    epoch: usize,
    watch: bool,
) -> Result<Option<Weighed>> {
    let represented = net.architecture().represent(xs, true)?;
    let level = weighting.level();
    let with_maps = net.tasks().iter().any(|task| task.wants_maps());
    let cut = match level {
        Level::Representation => Some(net.architecture().cut(&represented, with_maps, true)?),
        _ => None,
    };
    let seen_by_heads = cut.as_ref().map_or(&represented, |cut| &cut.represented);
    let (tasks, losses) = net.losses(&net.outputs(seen_by_heads), targets)?;
    if tasks.is_empty() {
        return Ok(None);
    }
    let values: Vec<f64> = losses.iter().map(|loss| loss.double_value(&[])).collect();
    if let Some(place) = values.iter().position(|value| !value.is_finite()) {
        let (value, name) = (values[place], net.tasks()[tasks[place]].name());
        return Err(diverged(
            epoch,
            format!("the loss of {name:?} became {value}"),
        ));
    }
    let slopes = match (level, &cut) {
        (Level::Losses, _) if !watch => None,
        (Level::LastLayer, _) => Some(Slopes::of_last_layer(net, &losses)?),
        (_, cut) => Some(Slopes::of_all(net, cut.as_ref(), &losses)?),
    };
    let looked_at = slopes.as_ref().map(Slopes::looked_at).unwrap_or_default();
    if looked_at.first().is_none_or(Vec::is_empty) && level != Level::Losses {
        let expected = "variables that learn and that several tasks share, for their gradients";
        return Err(Error::argument("net", expected, "none"));
    }
    let products = match looked_at.first().is_none_or(Vec::is_empty) {
        true => None,
        false => {
            Some(Products::of(&looked_at).map_err(|error| diverged(epoch, error.to_string()))?)
        }
    };
    let seen = Seen {
        tasks: &tasks,
        losses: &values,
        products: products.as_ref(),
        epoch,
    };
    let weights = match (level, &slopes) {
        (Level::Representation | Level::Shared, Some(slopes)) => {
            let weights = weighting.weights(&seen)?;
            backward_through(slopes.weighed(&weights))?;
            weights
        }
        _ => {
            let (total, weights) = weighting.total(&losses, &seen)?;
            total.f_backward()?;
            weights
        }
    };
    if let Some(Cut { leaves, wholes, .. }) = &cut {
        let reached = wholes
            .iter()
            .zip(leaves)
            .filter(|(whole, _)| whole.requires_grad());
        let slopes = reached.map(|(whole, leaf)| (whole, leaf.grad()));
        let defined = slopes.filter(|(_, slope)| slope.defined());
        backward_through(
            defined
                .map(|(whole, slope)| with_slope(whole, &slope))
                .collect(),
        )?;
    }
    Ok(Some(Weighed {
        tasks,
        losses: values,
        weights,
        products,
    }))
}

fn diverged(epoch: usize, reason: String) -> Error {
    Error::Diverged {
        epoch: epoch + 1,
        step: 0,
        lr: 0.0,
        reason,
    }
}

/// A number that has this slope at this tensor: its backward pass puts the gradient where it belongs, and goes on below.
fn with_slope(tensor: &Tensor, slope: &Tensor) -> Tensor {
    (tensor * slope).sum(Kind::Float)
}

fn backward_through(numbers: Vec<Tensor>) -> Result<()> {
    match numbers.into_iter().reduce(|sum, next| sum + next) {
        Some(all) => Ok(all.f_backward()?),
        None => Ok(()),
    }
}

/// The gradients of each task's loss at some tensors.
struct Slopes {
    at: Vec<Tensor>,
    /// Of each task; not defined at what its loss does not depend on.
    of: Vec<Vec<Tensor>>,
    /// How many of the tensors, from the first, are those that a rule looks at whatever reaches them: leaves of a representation.
    leaves: usize,
}

impl Slopes {
    /// At every variable that learns, and at the leaves of a cut.
    fn of_all(net: &MultiTaskNet, cut: Option<&Cut>, losses: &[Tensor]) -> Result<Self> {
        let leaves = cut.map(|cut| cut.leaves.as_slice()).unwrap_or_default();
        let mut at: Vec<Tensor> = leaves.iter().map(Tensor::shallow_clone).collect();
        at.extend(net.parameter_groups().iter().flat_map(learning));
        Ok(Self {
            of: slopes_at(&at, losses)?,
            leaves: leaves.len(),
            at,
        })
    }

    /// At the variables of the last layer of the trunk that every loss reaches.
    fn of_last_layer(net: &MultiTaskNet, losses: &[Tensor]) -> Result<Self> {
        let groups = net.parameter_groups();
        let (_, trunk) = groups.split_last().unwrap_or((&groups[0], &[]));
        for at in trunk.iter().rev().map(learning).filter(|at| !at.is_empty()) {
            let of = slopes_at(&at, losses)?;
            if of.iter().all(|of| of.iter().any(Tensor::defined)) {
                let leaves = at.len();
                return Ok(Self { at, of, leaves });
            }
        }
        let expected = "a layer that learns and that every task reaches, to compare gradients in";
        Err(Error::argument("trunk", expected, "none"))
    }

    /// Whether a tensor is shared: more than one task reaches it, or the only one that there is.
    fn is_shared(&self, place: usize) -> bool {
        let reached = self.of.iter().filter(|of| of[place].defined()).count();
        reached >= self.of.len().min(2)
    }

    /// Each task's gradient at what a rule looks at: the leaves, or what is shared.
    fn looked_at(&self) -> Vec<Vec<Tensor>> {
        let seen = |place: &usize| match self.leaves {
            0 => self.is_shared(*place),
            leaves => *place < leaves,
        };
        let places: Vec<usize> = (0..self.at.len()).filter(seen).collect();
        let of_task = |of: &Vec<Tensor>| {
            let pieces = places.iter().map(|place| of[*place].shallow_clone());
            pieces.collect()
        };
        self.of.iter().map(of_task).collect()
    }

    /// Numbers whose slopes are the weighed sums of the tasks' gradients where these are shared, and the gradient as it is where a task
    /// is by itself: a head goes on with its own task's.
    fn weighed(&self, weights: &[f64]) -> Vec<Tensor> {
        let weighed = |place: usize| {
            let shared = place < self.leaves || self.is_shared(place);
            let defined = self
                .of
                .iter()
                .zip(weights)
                .filter(|(of, _)| of[place].defined());
            let times = |(of, weight): (&Vec<Tensor>, &f64)| {
                &of[place] * if shared { *weight } else { 1.0 }
            };
            let sum = defined.map(times).reduce(|sum, next| sum + next)?;
            Some(with_slope(&self.at[place], &sum))
        };
        (0..self.at.len()).filter_map(weighed).collect()
    }
}

/// The variables of a group that learn.
fn learning(of: &ParameterGroup) -> Vec<Tensor> {
    let variables = of.parameters.iter().map(|(_, variable)| variable);
    let learning = variables.filter(|variable| variable.requires_grad());
    learning.map(Tensor::shallow_clone).collect()
}

/// The gradients of each loss at these tensors. Graphs are kept, for the other tasks.
fn slopes_at(at: &[Tensor], losses: &[Tensor]) -> Result<Vec<Vec<Tensor>>> {
    if at.is_empty() {
        // Nothing to differentiate by would mean every variable to libtorch.
        return Ok(losses.iter().map(|_| Vec::new()).collect());
    }
    let of = |loss: &Tensor| Ok(Tensor::f_run_backward(&[loss], at, true, false)?);
    losses.iter().map(of).collect()
}
