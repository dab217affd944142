//! A net for several tasks: an architecture, and a head for each task.

use std::path::Path;

use tch::nn::VarStore;
use tch::{Device, Tensor};

use super::Trunk;
use super::architecture::{Architecture, Represented};
use super::task::{Head, Task};
use crate::checkpoint::{self, StateDict};
use crate::models::{Backbone, ParameterGroup};
use crate::{Error, Result};

/// A net for several tasks, or for one: then it is what a multi-task net has to be compared with.
///
/// ```
/// use transfer::multitask::{Classification, Direction, HardSharing, MultiTaskNet, Task, Trunk};
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let backbone: Box<dyn Backbone> = models::build("resnet18", 12, Device::Cpu, 0)?;
/// let tasks: Vec<Box<dyn Task>> = vec![
///     Box::new(Classification::new("species", 12)),
///     Box::new(Direction::new("angle")),
/// ];
/// let shared = HardSharing::new(Trunk::new(backbone, 64)?);
/// let net: MultiTaskNet = MultiTaskNet::new(Box::new(shared), tasks, 0)?;
/// let pictures = Tensor::zeros([2, 3, 64, 64], (Kind::Float, Device::Cpu)); // [N, 3, H, W]
/// let outputs: Vec<Tensor> = net.forward(&pictures, false)?;
/// assert_eq!((outputs[0].size(), outputs[1].size()), (vec![2, 12], vec![2, 2]));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MultiTaskNet {
    architecture: Box<dyn Architecture>,
    tasks: Vec<Box<dyn Task>>,
    heads: Vec<Box<dyn Head>>,
    store: VarStore,
}

impl MultiTaskNet {
    /// New heads on an architecture, drawn from `seed`. Seeds libtorch.
    ///
    /// # Errors
    ///
    /// There is no task, two have one name, or the architecture is for another number of tasks.
    pub fn new(
        architecture: Box<dyn Architecture>,
        tasks: Vec<Box<dyn Task>>,
        seed: u64,
    ) -> Result<Self> {
        let names: Vec<&str> = tasks.iter().map(|task| task.name()).collect();
        let plain = |name: &&str| !name.is_empty() && !name.contains('.');
        let twice = (1..names.len()).any(|place| names[..place].contains(&names[place]));
        if names.is_empty() || twice || !names.iter().all(plain) {
            let expected = "one or more, each of another name, without dots";
            return Err(Error::argument("tasks", expected, format!("{names:?}")));
        }
        if let Some(count) = architecture.tasks().filter(|count| *count != tasks.len()) {
            let expected = format!("{count}, as the architecture has");
            return Err(Error::argument("tasks", expected, tasks.len()));
        }
        crate::set_seed(seed);
        let store = VarStore::new(architecture.device());
        let widths = architecture.widths();
        let head = |task: &dyn Task| task.head(&(store.root() / task.name()), widths);
        let heads = tasks
            .iter()
            .map(|task| head(&**task))
            .collect::<Result<_>>()?;
        Ok(Self {
            architecture,
            tasks,
            heads,
            store,
        })
    }

    /// Its tasks.
    #[must_use]
    pub fn tasks(&self) -> &[Box<dyn Task>] {
        &self.tasks
    }

    /// Its architecture.
    #[must_use]
    pub fn architecture(&self) -> &dyn Architecture {
        &*self.architecture
    }

    /// Its trunks: to freeze layers of them.
    pub fn trunks_mut(&mut self) -> Vec<&mut Trunk> {
        self.architecture.trunks_mut()
    }

    /// Where its variables live.
    #[must_use]
    pub fn device(&self) -> Device {
        self.architecture.device()
    }

    /// The outputs of each task's head, for pictures `[N, 3, H, W]`.
    ///
    /// # Errors
    ///
    /// The pictures are no such tensor.
    pub fn forward(&self, xs: &Tensor, train: bool) -> Result<Vec<Tensor>> {
        Ok(self.outputs(&self.architecture.represent(xs, train)?))
    }

    /// The outputs of each task's head.
    #[must_use]
    pub fn outputs(&self, represented: &Represented) -> Vec<Tensor> {
        let heads = self.heads.iter().enumerate();
        heads
            .map(|(task, head)| head.forward(represented.of(task)))
            .collect()
    }

    /// The loss of each task that has a label among these `targets`, with the task's position. The targets are brought to the net's device.
    ///
    /// # Errors
    ///
    /// The targets are not as many as the tasks, or of other shapes.
    pub fn losses(
        &self,
        outputs: &[Tensor],
        targets: &[Tensor],
    ) -> Result<(Vec<usize>, Vec<Tensor>)> {
        if targets.len() != self.tasks.len() {
            let expected = format!("{}, one for each task", self.tasks.len());
            return Err(Error::argument("targets", expected, targets.len()));
        }
        let (mut tasks, mut losses) = (Vec::new(), Vec::new());
        for (place, task) in self.tasks.iter().enumerate() {
            let targets = targets[place].to_device(self.device());
            if let Some(loss) = task.loss(&outputs[place], &targets)? {
                tasks.push(place);
                losses.push(loss);
            }
        }
        Ok((tasks, losses))
    }

    /// The trunk's variables layer by layer, and, last of all, the heads' and what the architecture has beside its trunk.
    #[must_use]
    pub fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let prefixed = |prefix: &str, mut group: ParameterGroup| {
            for (name, _) in group.parameters.iter_mut().chain(&mut group.buffers) {
                *name = format!("{prefix}.{name}");
            }
            group
        };
        let mut groups: Vec<ParameterGroup> = self
            .architecture
            .trunk_groups()
            .into_iter()
            .map(|group| prefixed("trunk", group))
            .collect();
        let mut last = prefixed("heads", ParameterGroup::of_store("heads", &self.store));
        if let Some(added) = self.architecture.added() {
            let added = prefixed("added", added);
            last.parameters.extend(added.parameters);
            last.buffers.extend(added.buffers);
        }
        groups.push(last);
        groups
    }

    /// How many numbers learn.
    #[must_use]
    pub fn parameters(&self) -> usize {
        let groups = self.parameter_groups();
        let variables = groups.iter().flat_map(|group| &group.parameters);
        variables
            .filter(|(_, variable)| variable.requires_grad())
            .map(|(_, variable)| variable.numel())
            .sum()
    }

    /// All its variables by name: `trunk.…`, `added.…` and `heads.TASK.…`.
    #[must_use]
    pub fn state(&self) -> StateDict {
        let groups = self.parameter_groups();
        groups
            .into_iter()
            .flat_map(|group| group.parameters.into_iter().chain(group.buffers))
            .collect()
    }

    /// Writes all variables to a safetensors file.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        checkpoint::write(path, &self.state())
    }

    /// Reads what [`save`](Self::save) wrote: into a net of the same architecture and tasks.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or has other names or shapes; the net is then as it was.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let (path, state) = (path.as_ref(), self.state());
        let saved = checkpoint::read(path)?;
        let differs = |(name, variable): (&String, &Tensor)| {
            saved
                .get(name)
                .is_none_or(|saved| saved.size() != variable.size())
        };
        let wrong: Vec<&String> = state
            .iter()
            .filter(|(name, of)| differs((name, of)))
            .map(|(name, _)| name)
            .collect();
        let more: Vec<&String> = saved
            .keys()
            .filter(|name| !state.contains_key(*name))
            .collect();
        if !wrong.is_empty() || !more.is_empty() {
            let expected = format!("{} for this architecture and these tasks", path.display());
            let found = format!("without {wrong:?} or of another shape, and with {more:?}");
            return Err(Error::argument("weights", expected, found));
        }
        for (name, mut variable) in state {
            tch::no_grad(|| variable.f_copy_(&saved[&name]))?;
        }
        Ok(())
    }

    /// The trunk by itself, with what it has learned: to be given another head and to learn another task. `None` where tasks do not
    /// share all of it.
    #[must_use]
    pub fn into_backbone(self) -> Option<Box<dyn Backbone>> {
        Some(self.architecture.into_trunk()?.into_net())
    }
}
