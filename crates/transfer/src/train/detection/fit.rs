//! The training itself, step by step.

use std::time::Instant;

use tch::Tensor;

use super::{
    BoxBatch, DetectionEpoch, DetectionHistory, DetectionLearner, DetectionStep, evaluate_detector,
};
use crate::checkpoint::StateDict;
use crate::data::rng::Rng;
use crate::detection::{Truth, detection_losses};
use crate::models::Detector;
use crate::train::gradients::clipped;
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

    /// Trains for so many epochs.
    ///
    /// # Errors
    ///
    /// The data set's classes are not as many as the net's, a batch can't be had, a loss or a gradient is no longer finite ([`Error::Diverged`]), or the
    /// reader of the notebook asked to stop.
    pub fn fit(
        &mut self,
        epochs: usize,
        lr: impl Into<LearningRate>,
        schedule: &Schedule,
    ) -> Result<DetectionHistory> {
        let (known, needed) = (
            self.net.config().num_classes,
            self.train.dataset().classes().len(),
        );
        if known != needed as i64 {
            let expected = format!("{needed}, as the pictures have");
            return Err(Error::argument("classes of the detector", expected, known));
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
        for epoch in 0..epochs {
            let start = Instant::now();
            let train = self.train.clone();
            for (number, batch) in train.batches(epoch).enumerate() {
                check_interrupt()?;
                let rate = schedule.at(epoch * timeline.steps_per_epoch + number, timeline);
                let lrs: Vec<f64> = rates.iter().map(|lr| lr * rate.factor).collect();
                self.step(
                    &mut optimizer,
                    batch?,
                    [epoch, number],
                    (&lrs, rate.momentum),
                )?;
            }
            self.judge(epoch + 1, start, &mut best)?;
        }
        if let Some((_, state)) = &best {
            self.net.set_state(state)?;
        }
        Ok(self.history.clone())
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
            let coco = evaluate_detector(&self.net, on)?.eval.coco();
            // NaN, of pictures without a box, is never better.
            if best.as_ref().is_none_or(|(before, _)| coco.ap > *before) {
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
        crate::set_seed(Rng::new(self.seed, &[epoch as u64, number as u64]).next());
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
