//! Trains a net for several tasks.

use std::fmt;
use std::time::Instant;

use super::{TaskBatch, TaskLoader};
use crate::data::Skipped;
use crate::data::rng::Rng;
use crate::multitask::{Equal, MultiTaskNet, Weighed, Weighting, affinity, backward};
use crate::train::gradients::{gradient_norm, scale_gradients};
use crate::train::schedule::{OneCycle, Schedule, Timeline};
use crate::train::{LearningRate, Optimizer, OptimizerConfig};
use crate::{Error, Result, check_interrupt};

/// What one step came to.
#[derive(Debug, Clone, PartialEq)]
pub struct MultiTaskStep {
    /// Its number, from 1.
    pub step: usize,
    /// Its epoch, from 1.
    pub epoch: usize,
    /// The learning rate of the heads in it.
    pub lr: f64,
    /// The tasks that had labels, their losses and weights, and the products of their gradients, where the rule needs them or they are watched.
    pub weighed: Weighed,
    /// The norm of all gradients, before they were clipped.
    pub grad_norm: f64,
    /// Pictures in it.
    pub pictures: usize,
    /// Seconds that it took, without the decoding of pictures ahead of it.
    pub seconds: f64,
}

/// What happened in a training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MultiTaskHistory {
    /// Its steps.
    pub steps: Vec<MultiTaskStep>,
    /// Pictures that could not be decoded.
    pub skipped: usize,
    /// Pictures that were alone in their batch, of which batch normalisation has no statistics.
    pub too_small: usize,
    /// Pictures of batches in which no task had a label.
    pub unlabelled: usize,
    /// How much the tasks helped each other ([`affinity`]), by the numbers of the steps, where that was asked for.
    pub affinities: Vec<(usize, Vec<Vec<f64>>)>,
}

impl MultiTaskHistory {
    /// The seconds of all steps.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.steps.iter().map(|step| step.seconds).sum()
    }

    /// The losses of a task, as points of step and loss.
    #[must_use]
    pub fn losses(&self, task: usize) -> Vec<(f64, f64)> {
        self.points(task, |weighed| &weighed.losses)
    }

    /// The weights of a task, as points of step and weight.
    #[must_use]
    pub fn weights(&self, task: usize) -> Vec<(f64, f64)> {
        self.points(task, |weighed| &weighed.weights)
    }

    fn points(&self, task: usize, of: impl Fn(&Weighed) -> &Vec<f64>) -> Vec<(f64, f64)> {
        let point = |step: &MultiTaskStep| {
            let place = step.weighed.tasks.iter().position(|of| *of == task)?;
            Some((step.step as f64, of(&step.weighed)[place]))
        };
        self.steps.iter().filter_map(point).collect()
    }

    /// The cosines between the gradients of two tasks, as points of step and cosine, of the steps in which products are known.
    #[must_use]
    pub fn cosines(&self, one: usize, other: usize) -> Vec<(f64, f64)> {
        let of = |step: &MultiTaskStep| {
            let place = |task: usize| step.weighed.tasks.iter().position(|of| *of == task);
            let products = step.weighed.products.as_ref()?;
            let cosine = products.cosine(place(one)?, place(other)?);
            Some((step.step as f64, cosine))
        };
        self.steps.iter().filter_map(of).collect()
    }

    /// In which share of the pairs of tasks, in the steps in which products are known, gradients pointed against each other; not a number where
    /// there was none.
    #[must_use]
    pub fn conflicts(&self) -> f64 {
        let (mut against, mut all) = (0.0, 0.0);
        for products in self
            .steps
            .iter()
            .filter_map(|step| step.weighed.products.as_ref())
        {
            for one in 0..products.tasks() {
                for other in 0..one {
                    against += f64::from(u8::from(products.at(one, other) < 0.0));
                    all += 1.0;
                }
            }
        }
        against / all
    }

    /// The mean of the affinities; empty where none was asked for.
    #[must_use]
    pub fn mean_affinity(&self) -> Vec<Vec<f64>> {
        let Some((_, first)) = self.affinities.first() else {
            return Vec::new();
        };
        let count = self.affinities.len() as f64;
        let mean = |one: usize, other: usize| {
            let values = self.affinities.iter().map(|(_, of)| of[one][other]);
            values.sum::<f64>() / count
        };
        let tasks = 0..first.len();
        tasks
            .clone()
            .map(|one| tasks.clone().map(|other| mean(one, other)).collect())
            .collect()
    }
}

/// How good a net is at its tasks.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The measure of each task, in their order; not a number for one without labels.
    pub measures: Vec<f64>,
    /// Pictures that it was judged by.
    pub pictures: usize,
    /// Those that could not be decoded.
    pub skipped: Vec<Skipped>,
}

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
    net: MultiTaskNet,
    train: TaskLoader,
    weighting: Box<dyn Weighting>,
    optimizer: OptimizerConfig,
    clip_norm: Option<f64>,
    seed: u64,
    watch_every: Option<usize>,
    affinity_every: Option<usize>,
    on_step: Option<OnStep>,
    history: MultiTaskHistory,
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

    /// Before every so many steps, sees how much a step for one task would lower the losses of the others ([`affinity`]), at the step's rate of
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

    /// Trains for so many epochs with one cycle of the learning rate, as [`Learner::fit_one_cycle`](crate::train::Learner::fit_one_cycle). The last of the
    /// rates is that of the heads and of all that is new beside the trunk.
    ///
    /// # Errors
    ///
    /// As [`fit`](Self::fit).
    pub fn fit_one_cycle(
        &mut self,
        epochs: usize,
        lr: impl Into<LearningRate>,
    ) -> Result<MultiTaskHistory> {
        self.fit(epochs, lr, &Schedule::OneCycle(OneCycle::FASTAI))
    }

    /// Trains for so many epochs.
    ///
    /// # Errors
    ///
    /// Targets are not those of the net's tasks, a picture's batch can't be had, the rule does not fit the architecture, a loss or a gradient is no
    /// longer finite ([`Error::Diverged`]), or the reader of the notebook asked to stop.
    pub fn fit(
        &mut self,
        epochs: usize,
        lr: impl Into<LearningRate>,
        schedule: &Schedule,
    ) -> Result<MultiTaskHistory> {
        let tasks = self.net.tasks().len();
        if self.train.num_tasks() != tasks {
            let expected = format!("{tasks}, one for each task");
            return Err(Error::argument(
                "targets of the loader",
                expected,
                self.train.num_tasks(),
            ));
        }
        schedule.check()?;
        self.optimizer.check()?;
        self.history = MultiTaskHistory::default();
        self.weighting.begin(tasks, self.net.device())?;
        let mut groups = self.net.parameter_groups();
        if let (Some(last), Some(own)) = (groups.last_mut(), self.weighting.parameter_group()) {
            let named = own.parameters.into_iter();
            last.parameters
                .extend(named.map(|(name, variable)| (format!("weighting.{name}"), variable)));
        }
        let rates = lr.into().of_groups(groups.len())?;
        let mut optimizer = Optimizer::new(self.optimizer, groups);
        let steps_per_epoch = self.train.loader().num_batches();
        let timeline = Timeline {
            epochs,
            steps_per_epoch,
        };
        for epoch in 0..epochs {
            let train = self.train.clone();
            for (number, batch) in train.batches(epoch).enumerate() {
                check_interrupt()?;
                let rate = schedule.at(epoch * steps_per_epoch + number, timeline);
                let lrs: Vec<f64> = rates.iter().map(|lr| lr * rate.factor).collect();
                self.step(
                    &mut optimizer,
                    batch?,
                    [epoch, number],
                    (&lrs, rate.momentum),
                )?;
            }
        }
        Ok(self.history.clone())
    }

    fn step(
        &mut self,
        optimizer: &mut Optimizer,
        batch: TaskBatch,
        [epoch, number]: [usize; 2],
        (lrs, momentum): (&[f64], Option<f64>),
    ) -> Result<()> {
        let start = Instant::now();
        let pictures = batch.batch.indices.len();
        self.history.skipped += batch.batch.skipped.len();
        // Batch normalisation has no statistics of a single picture.
        if pictures < 2 {
            self.history.too_small += pictures;
            return Ok(());
        }
        let step = self.history.steps.len() + 1;
        let seed = Rng::new(self.seed, &[epoch as u64, number as u64]).next();
        let xs = batch.xs.to_device(self.net.device());
        let shown = (&xs, &batch.targets[..]);
        let lr = lrs.last().copied().unwrap_or_default();
        let of_trunk = lrs.iter().rev().nth(1).copied().unwrap_or(lr);
        let due =
            |every: Option<usize>| every.is_some_and(|every| (step - 1).is_multiple_of(every));
        let diverged = |reason: String| Error::Diverged {
            epoch: epoch + 1,
            step,
            lr,
            reason,
        };
        if due(self.affinity_every) {
            let found = affinity(&self.net, shown, of_trunk, seed)?;
            self.history
                .affinities
                .extend(found.map(|found| (step, found)));
        }
        crate::set_seed(seed);
        optimizer.zero_grad();
        let watch = due(self.watch_every);
        let weighed = backward(&self.net, &mut *self.weighting, shown, epoch, watch);
        let weighed = weighed.map_err(|error| match error {
            Error::Diverged { reason, .. } => diverged(reason),
            other => other,
        })?;
        let Some(weighed) = weighed else {
            self.history.unlabelled += pictures;
            return Ok(());
        };
        let mut gradients = optimizer.gradients();
        let grad_norm = gradient_norm(&gradients);
        if !grad_norm.is_finite() {
            return Err(diverged(format!(
                "the norm of the gradients became {grad_norm}"
            )));
        }
        if let Some(most) = self.clip_norm.filter(|most| grad_norm > *most) {
            scale_gradients(&mut gradients, most / (grad_norm + 1e-6));
        }
        optimizer.step(lrs, momentum)?;
        if self.weighting.looks_back() {
            crate::set_seed(seed);
            let again = tch::no_grad(|| self.net.forward(&xs, true))?;
            let (_, losses) = self.net.losses(&again, &batch.targets)?;
            let losses: Vec<f64> = losses.iter().map(|loss| loss.double_value(&[])).collect();
            self.weighting.after(&losses);
        }
        self.history.steps.push(MultiTaskStep {
            step,
            epoch: epoch + 1,
            lr,
            weighed,
            grad_norm,
            pictures,
            seconds: start.elapsed().as_secs_f64(),
        });
        if let (Some(told), Some(last)) = (&mut self.on_step, self.history.steps.last()) {
            told(last, &self.history);
        }
        Ok(())
    }

    /// The measure of each task on all pictures of the loader's data set, in evaluation mode.
    ///
    /// # Errors
    ///
    /// Targets are not those of the net's tasks, or pictures can't be had.
    pub fn evaluate(&self, on: &TaskLoader) -> Result<Measured> {
        let mut tallies: Vec<_> = self.net.tasks().iter().map(|task| task.tally()).collect();
        if on.num_tasks() != tallies.len() {
            let expected = format!("{}, one for each task", tallies.len());
            return Err(Error::argument(
                "targets of the loader",
                expected,
                on.num_tasks(),
            ));
        }
        let (mut pictures, mut skipped) = (0, Vec::new());
        for shown in on.in_order().batches(0) {
            check_interrupt()?;
            let TaskBatch { xs, targets, batch } = shown?;
            pictures += batch.indices.len();
            skipped.extend(batch.skipped);
            if batch.indices.is_empty() {
                continue;
            }
            let xs = xs.to_device(self.net.device());
            let outputs = tch::no_grad(|| self.net.forward(&xs, false))?;
            for ((tally, outputs), targets) in tallies.iter_mut().zip(&outputs).zip(&targets) {
                tally.add(outputs, &targets.to_device(outputs.device()))?;
            }
        }
        Ok(Measured {
            measures: tallies.iter().map(|tally| tally.value()).collect(),
            pictures,
            skipped,
        })
    }
}
