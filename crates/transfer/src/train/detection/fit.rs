//! The training itself, step by step.

use std::time::Instant;

use tch::Tensor;

use super::judge::{check_classes, check_names};
use super::{
    BoxBatch, DetectionEpoch, DetectionHistory, DetectionLearner, DetectionStep, evaluate_detector,
};
use crate::checkpoint::StateDict;
use crate::data::rng::Rng;
use crate::detection::{Truth, detection_losses};
use crate::models::Detector;
use crate::train::gradients::clipped;
use crate::train::history::note;
use crate::train::schedule::{OneCycle, Schedule, Timeline};
use crate::train::{LearningRate, Optimizer};
use crate::{Error, Result, check_interrupt};

impl DetectionLearner {
    /// Trains for so many epochs with one cycle of the learning rate, as [`Learner::fit_one_cycle`](crate::train::Learner::fit_one_cycle). The last of the
    /// rates is that of the pyramid and the heads.
    ///
    /// # Errors
    ///
    /// As [`fit`](Self::fit).
    pub fn fit_one_cycle(
        &mut self,
        epochs: usize,
        lr: impl Into<LearningRate>,
    ) -> Result<DetectionHistory> {
        self.fit(epochs, lr, &Schedule::OneCycle(OneCycle::FASTAI))
    }

    /// Trains for so many epochs. Another training goes on where the one before ended, in the order and the changes of the pictures.
    ///
    /// # Errors
    ///
    /// The net has another number of classes than the pictures, or those for validation have others; a batch can't be had, or no picture of an epoch; a
    /// loss, a gradient or a weight is no longer finite ([`Error::Diverged`]); or the reader of the notebook asked to stop. The net then has the weights of
    /// its best epoch so far, and without pictures for validation those of its last step.
    pub fn fit(
        &mut self,
        epochs: usize,
        lr: impl Into<LearningRate>,
        schedule: &Schedule,
    ) -> Result<DetectionHistory> {
        check_classes(&self.net, self.train.dataset())?;
        if let Some(valid) = &self.valid {
            check_names(self.train.dataset(), valid.dataset())?;
        }
        if self.clip_norm.is_nan() || self.clip_norm <= 0.0 {
            return Err(Error::argument("clip_norm", "more than 0", self.clip_norm));
        }
        schedule.check()?;
        self.optimizer.check()?;
        self.history = DetectionHistory::default();
        let groups = self.net.parameter_groups();
        let rates = lr.into().of_groups(groups.len())?;
        let mut optimizer = Optimizer::new(self.optimizer, groups);
        let timeline = Timeline {
            epochs,
            steps_per_epoch: self.train.num_batches(),
        };
        let mut best: Option<(f64, StateDict)> = None;
        let mut train = |learner: &mut Self| {
            for epoch in 0..epochs {
                let start = Instant::now();
                learner.epoch(&mut optimizer, epoch, |step| {
                    let rate = schedule.at(epoch * timeline.steps_per_epoch + step, timeline);
                    let lrs = rates.iter().map(|lr| lr * rate.factor).collect();
                    (lrs, rate.momentum)
                })?;
                learner.judge(epoch + 1, start, &mut best)?;
            }
            Ok(())
        };
        let done = train(self);
        self.earlier_epochs += self.history.epochs.len();
        if let Some((_, state)) = &best {
            self.net.set_state(state)?;
        }
        done.map(|()| self.history.clone())
    }

    /// All steps of an epoch.
    fn epoch(
        &mut self,
        optimizer: &mut Optimizer,
        epoch: usize,
        rates: impl Fn(usize) -> (Vec<f64>, Option<f64>),
    ) -> Result<()> {
        let (train, first) = (self.train.clone(), self.history.steps.len());
        for (number, batch) in train.batches(self.earlier_epochs + epoch).enumerate() {
            check_interrupt()?;
            let (lrs, momentum) = rates(number);
            self.step(optimizer, batch?, [epoch, number], (&lrs, momentum))?;
        }
        if self.history.steps.len() == first {
            let found = format!("none in epoch {}", epoch + 1);
            return Err(Error::argument(
                "pictures to train on",
                "at least one that can be decoded",
                found,
            ));
        }
        let broken = self.net.state().into_iter().find(|(_, of)| !is_finite(of));
        match broken {
            Some((name, _)) => Err(self.diverged(epoch, format!("{name} is no longer finite"))),
            None => Ok(()),
        }
    }

    fn diverged(&self, epoch: usize, reason: String) -> Error {
        Error::Diverged {
            epoch: epoch + 1,
            step: self.history.steps.len(),
            lr: self.history.steps.last().map_or(f64::NAN, |step| step.lr),
            reason,
        }
    }

    /// Ends an epoch.
    fn judge(
        &mut self,
        epoch: usize,
        start: Instant,
        best: &mut Option<(f64, StateDict)>,
    ) -> Result<()> {
        let mut valid = None;
        if let Some(on) = &self.valid {
            let judged = match evaluate_detector(&self.net, on) {
                // Finite weights can be so large that what comes of them is not.
                Err(Error::Argument {
                    what: "answers", ..
                }) => {
                    return Err(self.diverged(epoch - 1, "its answers are no longer finite".into()));
                }
                other => other?,
            };
            note(&mut self.history.unreadable, &judged.skipped);
            let coco = judged.eval.coco();
            let before = best
                .as_ref()
                .map_or(f64::NEG_INFINITY, |(before, _)| *before);
            // Of pictures without a box it is NaN, which is not better than anything.
            if coco.ap > before {
                *best = Some((coco.ap, copied(&self.net)));
                self.history.best = Some(epoch);
            }
            valid = Some([coco.ap, coco.ap50]);
        }
        self.history.epochs.push(DetectionEpoch {
            epoch,
            loss: self.history.mean_loss(epoch),
            valid,
            seconds: start.elapsed().as_secs_f64(),
        });
        if let (Some(told), Some(last)) = (&mut self.on_epoch, self.history.epochs.last()) {
            told(last, &self.history);
        }
        Ok(())
    }

    fn step(
        &mut self,
        optimizer: &mut Optimizer,
        shown: BoxBatch,
        [epoch, number]: [usize; 2],
        (lrs, momentum): (&[f64], Option<f64>),
    ) -> Result<()> {
        let start = Instant::now();
        let pictures = shown.batch.indices.len();
        self.history.skipped += shown.batch.skipped.len();
        note(&mut self.history.unreadable, &shown.batch.skipped);
        if pictures == 0 {
            return Ok(());
        }
        let step = self.history.steps.len() + 1;
        let lr = lrs.last().copied().unwrap_or_default();
        let diverged = |reason: String| Error::Diverged {
            epoch: epoch + 1,
            step,
            lr,
            reason,
        };
        let device = self.net.device();
        let truth = shown.truth.into_iter().map(|of| Truth {
            boxes: of.boxes.to_device(device),
            classes: of.classes.to_device(device),
        });
        let truth: Vec<Truth> = truth.collect();
        let data_epoch = (self.earlier_epochs + epoch) as u64;
        crate::set_seed(Rng::new(self.seed, &[data_epoch, number as u64]).next());
        optimizer.zero_grad();
        let answers = self.net.forward(&shown.xs.to_device(device), true)?;
        let losses = detection_losses(&answers, &truth)?;
        let total = losses.total();
        let number_of = |loss: &Tensor| loss.double_value(&[]);
        if !number_of(&total).is_finite() {
            return Err(diverged(format!("the loss became {}", number_of(&total))));
        }
        total.f_backward()?;
        let grad_norm = clipped(optimizer, Some(self.clip_norm)).map_err(diverged)?;
        optimizer.step(lrs, momentum)?;
        self.history.steps.push(DetectionStep {
            step,
            epoch: epoch + 1,
            lr,
            classification: number_of(&losses.classification),
            boxes: number_of(&losses.boxes),
            centreness: losses.centreness.as_ref().map(number_of),
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

fn copied(net: &Detector) -> StateDict {
    let copy = |(name, variable): (String, Tensor)| (name, variable.detach().copy());
    tch::no_grad(|| net.state().into_iter().map(copy).collect())
}

fn is_finite(of: &Tensor) -> bool {
    of.isfinite().all().int64_value(&[]) == 1
}
