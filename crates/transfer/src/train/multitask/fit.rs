//! The training itself, step by step.

use std::time::Instant;

use super::{MultiTaskHistory, MultiTaskLearner, MultiTaskStep, TaskBatch};
use crate::data::rng::Rng;
use crate::multitask::{affinity, backward};
use crate::train::gradients::clipped;
use crate::train::schedule::{OneCycle, Schedule, Timeline};
use crate::train::{LearningRate, Optimizer};
use crate::{Error, Result, check_interrupt};

impl MultiTaskLearner {
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
        let grad_norm = clipped(optimizer, self.clip_norm).map_err(diverged)?;
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
}
