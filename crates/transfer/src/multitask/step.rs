//! One step of several tasks: from pictures and targets to the gradient of every variable.

use tch::{Kind, Tensor};

use super::weighting::{Level, Seen, Weighting};
use super::{MultiTaskNet, Products, Representation, Represented};
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
    /// The products of their gradients, where the weighting looks at them or somebody else does.
    pub products: Option<Products>,
}

/// Shows the net a batch in training mode, pictures `[N, 3, H, W]` and the targets of each task, and adds to the gradients of all its
/// variables what the weighting makes of the tasks' gradients: what an optimiser's step is to follow. With `watch`, the products of the
/// gradients are computed in any case, those of the representation where the weighting looks at none, which takes one representation for
/// all tasks. `None`: no task had a label.
///
/// # Errors
///
/// Shapes do not fit, a loss or a gradient is not finite, or the weighting does.
pub fn backward(
    net: &MultiTaskNet,
    weighting: &mut dyn Weighting,
    (xs, targets): (&Tensor, &[Tensor]),
    (epoch, watch): (usize, bool),
) -> Result<Option<Weighed>> {
    let represented = net.architecture().represent(xs, true)?;
    let looks = weighting.level();
    let level = match (looks, &represented) {
        (Level::Losses, Represented::Shared(_)) if watch => Level::Representation,
        (level, _) => level,
    };
    // A coarse map is made of a finer one: cut off from the trunk, each has a gradient of its own.
    let cut = (level == Level::Representation)
        .then(|| cut(net, &represented))
        .transpose()?;
    let outputs = net.say(cut.as_ref().unwrap_or(&represented));
    let (tasks, losses) = net.losses(&outputs, targets)?;
    if tasks.is_empty() {
        return Ok(None);
    }
    let values: Vec<f64> = losses.iter().map(|loss| loss.double_value(&[])).collect();
    if let Some(place) = values.iter().position(|value| !value.is_finite()) {
        let found = format!(
            "{} of {:?}",
            values[place],
            net.tasks()[tasks[place]].name()
        );
        return Err(Error::argument("loss of a task", "a finite number", found));
    }
    let inputs = Inputs::of(net, level, cut.as_ref())?;
    let gradients = losses
        .iter()
        .map(|loss| inputs.gradients(loss))
        .collect::<Result<Vec<_>>>()?;
    let shared = |of: &Vec<Tensor>| {
        of[..inputs.shared.len()]
            .iter()
            .map(Tensor::shallow_clone)
            .collect()
    };
    let shared: Vec<Vec<Tensor>> = gradients.iter().map(shared).collect();
    let products = (level != Level::Losses)
        .then(|| Products::of(&shared))
        .transpose()?;
    let seen = Seen {
        tasks: &tasks,
        losses: &values,
        products: products.as_ref(),
        epoch,
    };
    let mut down = Vec::new();
    let weights = match looks {
        Level::Losses | Level::LastLayer => {
            let (total, weights) = weighting.total(&losses, &seen)?;
            down.push(total);
            weights
        }
        Level::Representation | Level::Shared => {
            let weights = weighting.weights(&seen)?;
            for (place, input) in inputs.all().into_iter().enumerate() {
                // A head goes on with its own task's gradient.
                let weight = |task: usize| {
                    if place < inputs.shared.len() {
                        weights[task]
                    } else {
                        1.0
                    }
                };
                let defined = gradients
                    .iter()
                    .enumerate()
                    .filter(|(_, of)| of[place].defined());
                let slope = defined
                    .map(|(task, of)| &of[place] * weight(task))
                    .reduce(|sum, next| sum + next);
                down.extend(slope.map(|slope| with_slope(input, &slope)));
            }
            weights
        }
    };
    backward_through(down)?;
    if cut.is_some() {
        let tensors =
            [&represented, cut.as_ref().unwrap_or(&represented)].map(|of| of.of(0).tensors());
        let [whole, cut] = tensors;
        let reached = whole
            .into_iter()
            .zip(cut)
            .filter(|(whole, _)| whole.requires_grad());
        let slopes = reached
            .map(|(whole, cut)| (whole, cut.grad()))
            .filter(|(_, slope)| slope.defined());
        backward_through(
            slopes
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

/// The one representation of all tasks, without what it was made by.
fn cut(net: &MultiTaskNet, represented: &Represented) -> Result<Represented> {
    let Represented::Shared(whole) = represented else {
        let expected = "hard sharing, for gradients of one representation";
        return Err(Error::argument(
            "architecture",
            expected,
            net.architecture().name(),
        ));
    };
    let leaf = |of: &Tensor| of.detach().set_requires_grad(true);
    Ok(Represented::Shared(Representation {
        maps: whole.maps.iter().map(leaf).collect(),
        features: leaf(&whole.features),
        size: whole.size,
    }))
}

/// By what losses are differentiated.
struct Inputs {
    /// What the weighting looks at.
    shared: Vec<Tensor>,
    /// What is to be had in the same pass: variables of heads, or of one task's own part.
    own: Vec<Tensor>,
}

impl Inputs {
    fn of(net: &MultiTaskNet, level: Level, cut: Option<&Represented>) -> Result<Self> {
        let learning = |of: &ParameterGroup| -> Vec<Tensor> {
            let variables = of.parameters.iter().map(|(_, variable)| variable);
            variables
                .filter(|variable| variable.requires_grad())
                .map(Tensor::shallow_clone)
                .collect()
        };
        let groups = net.parameter_groups();
        let (trunk, heads) = groups.split_at(groups.len() - 1);
        let own = || heads.iter().flat_map(learning).collect();
        let (shared, own): (Vec<Tensor>, Vec<Tensor>) = match level {
            Level::Losses => {
                return Ok(Self {
                    shared: Vec::new(),
                    own: Vec::new(),
                });
            }
            Level::LastLayer => {
                let mut layers = trunk.iter().map(learning);
                (
                    layers.rfind(|layer| !layer.is_empty()).unwrap_or_default(),
                    Vec::new(),
                )
            }
            Level::Representation => {
                let tensors = cut.map(|cut| cut.of(0).tensors()).unwrap_or_default();
                (
                    tensors.into_iter().map(Tensor::shallow_clone).collect(),
                    own(),
                )
            }
            Level::Shared => (trunk.iter().flat_map(learning).collect(), own()),
        };
        if shared.is_empty() {
            let expected = "a trunk that learns, for a rule that looks at its gradients";
            return Err(Error::argument("net", expected, "a frozen one"));
        }
        Ok(Self { shared, own })
    }

    fn all(&self) -> Vec<&Tensor> {
        self.shared.iter().chain(&self.own).collect()
    }

    /// The gradients of a loss; not defined for what it does not depend on. The graph is kept for the other tasks.
    fn gradients(&self, loss: &Tensor) -> Result<Vec<Tensor>> {
        let inputs = self.all();
        match inputs.is_empty() {
            true => Ok(Vec::new()),
            false => Ok(Tensor::f_run_backward(&[loss], &inputs, true, false)?),
        }
    }
}
