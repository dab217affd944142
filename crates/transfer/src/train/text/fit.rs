//! The training itself, step by step.

use std::time::Instant;

use super::TextLearner;
use super::embed::check_classes;
use crate::checkpoint::StateDict;
use crate::data::rng::Rng;
use crate::text::TextBatch;
use crate::train::ema::all_finite;
use crate::train::gradients::clipped;
use crate::train::resources::{cpu_seconds, gpu_memory, peak_memory};
use crate::train::schedule::{Schedule, Span, Timeline};
use crate::train::source::hits;
use crate::train::{Epoch, History, LearningRate, Optimizer, Step};
use crate::{Error, Result, check_interrupt};

impl TextLearner {
    /// Trains for so many epochs with rates that rise for a tenth of the steps and then fall to 0 along half a cosine: the warm-up
    /// that nets of attention need (Vaswani et al., 2017).
    ///
    /// # Errors
    ///
    /// As [`fit`](Self::fit).
    pub fn fit_warm(&mut self, epochs: usize, lr: impl Into<LearningRate>) -> Result<History> {
        let steps = epochs * self.train.num_batches();
        let warm = Span::Steps((steps / 10).max(1));
        self.fit(epochs, lr, &Schedule::Cosine { end: 0.0 }.warmed_up(warm))
    }

    /// Trains for so many epochs. The last of the rates is the head's. Another training goes on where the one before ended, in the
    /// order of the texts.
    ///
    /// # Errors
    ///
    /// The classes of the texts are not the net's; a rate or a schedule makes no sense; a loss, a gradient or a weight is no longer finite
    /// ([`Error::Diverged`]); or the reader of the notebook asked to stop. The net then has the weights of its last step.
    pub fn fit(
        &mut self,
        epochs: usize,
        lr: impl Into<LearningRate>,
        schedule: &Schedule,
    ) -> Result<History> {
        for loader in [Some(&self.train), self.valid.as_ref()]
            .into_iter()
            .flatten()
        {
            check_classes(&self.net, loader)?;
        }
        self.loss.check(self.net.classes().len() as i64)?;
        if let Some(norm) = self.clip_norm.filter(|norm| norm.is_nan() || *norm <= 0.0) {
            return Err(Error::argument("clip_norm", "more than 0", norm));
        }
        schedule.check()?;
        self.optimizer.check()?;
        self.history = History::default();
        let groups = self.net.parameter_groups();
        let rates = lr.into().of_groups(groups.len())?;
        let mut optimizer = Optimizer::new(self.optimizer, groups);
        let timeline = Timeline {
            epochs,
            steps_per_epoch: self.train.num_batches(),
        };
        for epoch in 0..epochs {
            let (start, cpu) = (Instant::now(), cpu_seconds());
            let train = self.train.clone();
            let mut right = 0.0;
            for (number, batch) in train.batches(self.earlier_epochs).enumerate() {
                check_interrupt()?;
                let rate = schedule.at(epoch * timeline.steps_per_epoch + number, timeline);
                let lrs: Vec<f64> = rates.iter().map(|lr| lr * rate.factor).collect();
                right += self.step(
                    &mut optimizer,
                    batch,
                    [epoch, number],
                    (&lrs, rate.momentum),
                )?;
            }
            let cpu = cpu_seconds().zip(cpu).map(|(now, before)| now - before);
            self.earlier_epochs += 1;
            check_finite(&self.net.state(), epoch + 1, &self.history)?;
            self.judge(
                [epoch + 1, epochs],
                right,
                start.elapsed().as_secs_f64(),
                cpu,
            )?;
        }
        Ok(self.history.clone())
    }

    /// One step: how many texts were classified correctly in it.
    fn step(
        &mut self,
        optimizer: &mut Optimizer,
        batch: TextBatch,
        [epoch, number]: [usize; 2],
        (lrs, momentum): (&[f64], Option<f64>),
    ) -> Result<f64> {
        let start = Instant::now();
        let step = self.history.steps.len() + 1;
        let lr = lrs.last().copied().unwrap_or_default();
        let diverged = |reason: String| Error::Diverged {
            epoch: epoch + 1,
            step,
            lr,
            reason,
        };
        crate::set_seed(Rng::new(self.seed, &[self.earlier_epochs as u64, number as u64]).next());
        optimizer.zero_grad();
        let logits = self.net.forward(&batch.ids, &batch.mask, true)?;
        let loss = self.loss.sum(&logits, &batch.labels)?.mean();
        let loss_value = loss.double_value(&[]);
        if !loss_value.is_finite() {
            return Err(diverged(format!("the loss became {loss_value}")));
        }
        loss.f_backward()?;
        let grad_norm = clipped(optimizer, self.clip_norm).map_err(diverged)?;
        optimizer.step(lrs, momentum)?;
        self.history.steps.push(Step {
            step,
            epoch: epoch + 1,
            loss: loss_value,
            lr,
            grad_norm,
            pictures: batch.indices.len(),
            seconds: start.elapsed().as_secs_f64(),
        });
        if let (Some(told), Some(last)) = (&mut self.on_step, self.history.steps.last()) {
            told(last, &self.history);
        }
        Ok(hits(&logits, &batch.labels))
    }

    /// Ends an epoch.
    fn judge(
        &mut self,
        [epoch, of]: [usize; 2],
        right: f64,
        seconds: f64,
        cpu_seconds: Option<f64>,
    ) -> Result<()> {
        let valid = match &self.valid {
            Some(valid) => Some(self.evaluate(valid)?),
            None => None,
        };
        let steps = || self.history.steps.iter().filter(|step| step.epoch == epoch);
        let texts: usize = steps().map(|step| step.pictures).sum();
        let loss: f64 = steps().map(|step| step.loss * step.pictures as f64).sum();
        let (trainable, parameters) = self.net.parameter_counts();
        self.history.epochs.push(Epoch {
            epoch,
            of,
            loss: loss / texts as f64,
            accuracy: right / texts as f64,
            valid_loss: valid.as_ref().map(|judged| judged.loss),
            valid_accuracy: valid.as_ref().map(|judged| judged.accuracy),
            lr: self.history.steps.last().map_or(f64::NAN, |step| step.lr),
            pictures: texts,
            seconds,
            cpu_seconds,
            peak_memory: peak_memory(),
            gpu_memory: gpu_memory(self.net.encoder().bert().device()),
            trainable,
            parameters,
        });
        if let (Some(told), Some(last)) = (&mut self.on_epoch, self.history.epochs.last()) {
            told(last, &self.history);
        }
        Ok(())
    }
}

/// Finite gradients can make weights so large that they are not finite any more.
fn check_finite(state: &StateDict, epoch: usize, history: &History) -> Result<()> {
    if all_finite(state.values()) {
        return Ok(());
    }
    let last = history.steps.last();
    Err(Error::Diverged {
        epoch,
        step: history.steps.len(),
        lr: last.map_or(f64::NAN, |step| step.lr),
        reason: "a weight is no longer finite".to_owned(),
    })
}
