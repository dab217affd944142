//! What trains a net for several tasks, and how it is set up.

use std::fmt;

use super::{MultiTaskHistory, MultiTaskStep, TaskLoader};
use crate::multitask::{Equal, MultiTaskNet, Weighting};
use crate::train::OptimizerConfig;

type OnStep = Box<dyn FnMut(&MultiTaskStep, &MultiTaskHistory)>;

/// Trains a net for several tasks, by a rule of what each counts.
///
/// Same net, pictures, rule and processor: same weights. No step is taken with a loss or a gradient that is not finite: the weights are then
/// those after the step before (running statistics have seen the batch).
///
/// ```
/// use transfer::multitask::*;
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let leaves = Arc::new(LeafTasks::new(Leaves::new(SpeciesSet::Novel, 1, 16, 0)));
/// let loader = DataLoader::new(leaves, Transform::square(16), 6).shuffled(0);
/// // The species is the label; the angle is in two columns of the targets.
/// let train = TaskLoader::new(loader, vec![Target::Label, Target::Numbers(vec![3, 4])])?;
/// let tasks: Vec<Box<dyn Task>> =
///     vec![Box::new(Classification::new("species", 12)), Box::new(Direction::new("angle"))];
/// let backbone = CifarResNet::new(CifarResNetConfig { blocks: 1 }, 12, Device::Cpu, 0);
/// let shared = HardSharing::new(Trunk::new(Box::new(backbone), 16)?);
/// let net = MultiTaskNet::new(Box::new(shared), tasks, 0)?;
/// let mut learner = MultiTaskLearner::new(net, train.clone()).weighting(weighting("PCGrad")?);
/// let history: MultiTaskHistory = learner.fit_one_cycle(1, 1e-3)?;
/// assert_eq!(history.cosines(0, 1).len(), 2);
/// let measures: Vec<f64> = learner.evaluate(&train)?.measures;
/// assert!((0.0..=1.0).contains(&measures[0])); // accuracy
/// # Ok(())
/// # }
/// ```
pub struct MultiTaskLearner {
    pub(super) net: MultiTaskNet,
    pub(super) train: TaskLoader,
    pub(super) weighting: Box<dyn Weighting>,
    pub(super) optimizer: OptimizerConfig,
    pub(super) clip_norm: Option<f64>,
    pub(super) seed: u64,
    pub(super) watch_every: Option<usize>,
    pub(super) affinity_every: Option<usize>,
    pub(super) on_step: Option<OnStep>,
    pub(super) history: MultiTaskHistory,
}

impl fmt::Debug for MultiTaskLearner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { net, weighting, .. } = self;
        write!(
            f,
            "MultiTaskLearner({} by {})",
            net.architecture().name(),
            weighting.name()
        )
    }
}

impl MultiTaskLearner {
    /// Trains a net on these pictures, with the sum of the losses and AdamW unless told otherwise.
    #[must_use]
    pub fn new(net: MultiTaskNet, train: TaskLoader) -> Self {
        Self {
            net,
            train,
            weighting: Box::new(Equal),
            optimizer: OptimizerConfig::adamw(),
            clip_norm: None,
            seed: 0,
            watch_every: None,
            affinity_every: None,
            on_step: None,
            history: MultiTaskHistory::default(),
        }
    }

    /// Sets what each task counts.
    #[must_use]
    pub fn weighting(mut self, weighting: Box<dyn Weighting>) -> Self {
        self.weighting = weighting;
        self
    }

    /// Sets the optimiser; it starts anew with every training.
    #[must_use]
    pub fn optimizer(mut self, optimizer: OptimizerConfig) -> Self {
        self.optimizer = optimizer;
        self
    }

    /// Shortens all gradients together to this norm, where it is larger.
    #[must_use]
    pub fn clip_norm(mut self, norm: f64) -> Self {
        self.clip_norm = Some(norm);
        self
    }

    /// Sets where libtorch's randomness starts: dropout, and rules that draw.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Looks at the angles between the tasks' gradients, in the variables that they share, in every so many steps
    /// ([`MultiTaskHistory::cosines`]), also where the rule does not. Such a step has one more backward pass for each task.
    #[must_use]
    pub fn watch_every(mut self, steps: usize) -> Self {
        self.watch_every = Some(steps.max(1));
        self
    }

    /// Before every so many steps, sees how much a step for one task would lower the losses of the others ([`affinity`](crate::multitask::affinity())), at the step's rate of
    /// the trunk's last layer. A backward and a forward pass for each task.
    #[must_use]
    pub fn affinity_every(mut self, steps: usize) -> Self {
        self.affinity_every = Some(steps.max(1));
        self
    }

    /// Calls this after every step, with the step and those before it.
    #[must_use]
    pub fn on_step(
        mut self,
        told: impl FnMut(&MultiTaskStep, &MultiTaskHistory) + 'static,
    ) -> Self {
        self.on_step = Some(Box::new(told));
        self
    }

    /// The net.
    #[must_use]
    pub fn net(&self) -> &MultiTaskNet {
        &self.net
    }

    /// The net by itself.
    #[must_use]
    pub fn into_net(self) -> MultiTaskNet {
        self.net
    }

    /// As [`net`](Self::net), to freeze layers between two trainings.
    pub fn net_mut(&mut self) -> &mut MultiTaskNet {
        &mut self.net
    }

    /// What each task counts; what it has learned of that.
    #[must_use]
    pub fn rule(&self) -> &dyn Weighting {
        &*self.weighting
    }

    /// What happened in the last training, also in one that was interrupted.
    #[must_use]
    pub fn history(&self) -> &MultiTaskHistory {
        &self.history
    }
}
