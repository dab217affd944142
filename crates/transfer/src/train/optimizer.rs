//! SGD, Adam and AdamW with their state in tensors by name, so that it can be saved: libtorch's own optimisers keep
//! theirs where tch cannot reach it, and its fused kernels are not among tch's functions. The arithmetic is PyTorch's
//! (its single-tensor implementation), operation by operation.

use std::collections::BTreeMap;

use tch::{Kind, Tensor};

use super::OptimizerConfig;
use super::slot::Slot;
use crate::checkpoint::StateDict;
use crate::models::ParameterGroup;
use crate::{Error, Result};

/// An optimiser at work: the variables of each group and what it remembers of each.
#[derive(Debug)]
pub struct Optimizer {
    config: OptimizerConfig,
    groups: Vec<ParameterGroup>,
    /// By name: how many steps a variable has had, and its moments.
    slots: BTreeMap<String, Slot>,
}

impl Optimizer {
    /// An optimiser that has not made a step yet. Variables that require no gradient are left alone.
    #[must_use]
    pub fn new(config: OptimizerConfig, groups: Vec<ParameterGroup>) -> Self {
        Self {
            config,
            groups,
            slots: BTreeMap::new(),
        }
    }

    /// Its parameter groups.
    #[must_use]
    pub fn groups(&self) -> &[ParameterGroup] {
        &self.groups
    }

    /// Forgets all gradients.
    pub fn zero_grad(&mut self) {
        for (_, variable) in self
            .groups
            .iter_mut()
            .flat_map(|group| &mut group.parameters)
        {
            variable.zero_grad();
        }
    }

    /// The gradients that there are.
    #[must_use]
    pub fn gradients(&self) -> Vec<Tensor> {
        let variables = self.groups.iter().flat_map(|group| &group.parameters);
        variables
            .filter(|(_, variable)| variable.requires_grad())
            .map(|(_, variable)| variable.grad())
            .filter(Tensor::defined)
            .collect()
    }

    /// One step along the gradients, with one learning rate for each group. `momentum` takes the place of the
    /// configured one (Adam: of β₁). A variable without a gradient stays as it is.
    ///
    /// # Errors
    ///
    /// The number of rates is not that of the groups.
    pub fn step(&mut self, lrs: &[f64], momentum: Option<f64>) -> Result<()> {
        if lrs.len() != self.groups.len() {
            let expected = format!("{}, one for each group", self.groups.len());
            return Err(Error::argument("learning rates", expected, lrs.len()));
        }
        let config = self.config;
        for (group, &lr) in self.groups.iter_mut().zip(lrs) {
            for (name, variable) in &mut group.parameters {
                if !variable.requires_grad() {
                    continue;
                }
                let gradient = variable.grad();
                if !gradient.defined() {
                    continue;
                }
                if !self.slots.contains_key(name) {
                    self.slots
                        .insert(name.clone(), Slot::new(&config, variable));
                }
                let Some(slot) = self.slots.get_mut(name) else {
                    continue;
                };
                tch::no_grad(|| slot.step(&config, variable, &gradient, lr, momentum));
            }
        }
        Ok(())
    }

    /// What it remembers, by name: `<variable>.steps` and `<variable>.<number of the moment>`. The moments are no
    /// copies: the next step changes them.
    #[must_use]
    pub fn state(&self) -> StateDict {
        let mut state = StateDict::new();
        for (name, slot) in &self.slots {
            state.insert(format!("{name}.steps"), Tensor::from_slice(&[slot.steps]));
            for (number, moment) in slot.moments.iter().enumerate() {
                state.insert(format!("{name}.{number}"), moment.shallow_clone());
            }
        }
        state
    }

    /// Takes up what another optimiser of the same configuration and variables [remembered](Self::state).
    ///
    /// # Errors
    ///
    /// The state is of other variables or of another rule.
    pub fn load_state(&mut self, state: &StateDict) -> Result<()> {
        let expected = || "the state of the same optimiser for the same variables".to_owned();
        let mut slots = BTreeMap::new();
        let mut used = 0;
        for (name, variable) in self.groups.iter().flat_map(|group| &group.parameters) {
            let Some(steps) = state.get(&format!("{name}.steps")) else {
                continue;
            };
            let mut slot = Slot::new(&self.config, variable);
            if steps.size() != [1] || steps.kind() != Kind::Int64 {
                let found = format!("{:?} {:?} as steps of {name:?}", steps.kind(), steps.size());
                return Err(Error::argument("optimiser state", expected(), found));
            }
            slot.steps = steps.int64_value(&[0]);
            for (number, moment) in slot.moments.iter_mut().enumerate() {
                let saved = state.get(&format!("{name}.{number}"));
                let saved = saved.filter(|saved| saved.size() == moment.size());
                let Some(saved) = saved else {
                    let found = format!("none that fits moment {number} of {name:?}");
                    return Err(Error::argument("optimiser state", expected(), found));
                };
                moment.f_copy_(saved)?;
            }
            used += 1 + slot.moments.len();
            slots.insert(name.clone(), slot);
        }
        if used != state.len() {
            let found = format!("{} entries of which {used} fit", state.len());
            return Err(Error::argument("optimiser state", expected(), found));
        }
        self.slots = slots;
        Ok(())
    }
}
