//! One step: some batches, their gradients, and the optimiser.

use std::time::Instant;

use tch::Kind;

use super::gradients::{clipped, scale_gradients};
use super::plan::Phase;
use super::run::Run;
use super::source::{SomeBatches, hits};
use super::{LossSum, Step, resources};
use crate::data::Batch;
use crate::data::rng::Rng;
use crate::{Error, Result};

/// What the batches of one step came to.
#[derive(Default)]
struct Gathered {
    loss: f64,
    weight: f64,
    pictures: usize,
    /// What each batch's loss was divided by.
    nominal: Option<f64>,
}

impl Run<'_> {
    /// One step from as many batches as make one. Whether there were pictures for it.
    pub(super) fn step(
        &mut self,
        phase: &Phase,
        lrs: &[f64],
        incoming: &mut SomeBatches<'_>,
    ) -> Result<bool> {
        let start = Instant::now();
        let plan = &self.plan;
        let of_phase =
            self.progress.epoch * plan.steps_per_epoch() + self.progress.batch / plan.accumulate;
        let rate = phase.schedule.at(of_phase, plan.timeline(phase));
        let lrs: Vec<f64> = lrs.iter().map(|lr| lr * rate.factor).collect();
        let mut step = Step {
            step: self.progress.steps(plan) + 1,
            epoch: self.progress.epochs(plan) + 1,
            loss: 0.0,
            lr: lrs.last().copied().unwrap_or_default(),
            grad_norm: 0.0,
            pictures: 0,
            seconds: 0.0,
        };
        let batches = (plan.batches - self.progress.batch).min(plan.accumulate);
        if let Some(optimizer) = &mut self.progress.optimizer {
            optimizer.zero_grad();
        }
        let mut gathered = Gathered::default();
        for number in self.progress.batch..self.progress.batch + batches {
            let batch = incoming.next().unwrap_or_else(|| {
                let expected = format!("{} batches", self.plan.batches);
                Err(Error::argument("an epoch of the loader", expected, number))
            })?;
            self.progress.history.skipped += batch.skipped.len();
            self.progress.history.note(&batch.skipped);
            // Batch normalisation has no statistics of a single picture.
            if batch.indices.len() < 2 {
                self.progress.history.too_small += batch.indices.len();
                continue;
            }
            self.gather(&mut gathered, &batch, number, batches, &step)?;
        }
        self.progress.batch += batches;
        if gathered.pictures > 0 {
            step.loss = gathered.loss / gathered.weight;
            step.pictures = gathered.pictures;
            self.update(&gathered, &lrs, rate.momentum, &mut step)?;
            step.seconds = start.elapsed().as_secs_f64();
            self.progress.history.steps.push(step);
            self.progress.sums.loss += step.loss * step.pictures as f64;
            self.progress.sums.lr = step.lr;
        }
        self.measure(gathered.pictures, start);
        Ok(gathered.pictures > 0)
    }

    /// Adds the gradients of one batch to those of the step.
    fn gather(
        &mut self,
        gathered: &mut Gathered,
        batch: &Batch,
        number: usize,
        batches: usize,
        step: &Step,
    ) -> Result<()> {
        let (net, config) = (&*self.session.net, self.session.config);
        // Randomness is a function of the position: there is no generator's state to keep.
        let place = [self.progress.data_epoch(&self.plan) as u64, number as u64];
        crate::set_seed(Rng::new(config.seed, &place).next());
        let [epoch, number] = place;
        let classes = config.mix.and_then(|mix| Some((mix, net.num_classes()?)));
        let mixed = classes.map(|(mix, classes)| {
            mix.apply(
                (&batch.xs, &batch.labels),
                classes,
                [config.seed, epoch, number],
            )
        });
        let mixed = mixed.transpose()?;
        let (xs, targets) = match &mixed {
            Some((xs, targets)) => (xs, Some(targets)),
            None => (&batch.xs, None),
        };
        let xs = config.precision.cast(xs);
        let labels = &batch.labels;
        let (logits, added) = match (&mut self.session.adaptation, config.bss) {
            (Some(adaptation), _) => {
                let done = self.progress.steps(&self.plan) as f64 / self.plan.steps() as f64;
                let adapted = adaptation.step(net, (&xs, labels), done, config)?;
                self.progress.history.skipped += adapted.skipped.len();
                self.progress.history.note(&adapted.skipped);
                (adapted.logits, Some(("the adaptation", adapted.loss)))
            }
            (None, Some(shrinkage)) => {
                let features = net.features(&xs.to_device(net.device()), true);
                let penalty = shrinkage.penalty(&features)?;
                let logits = net.classify(&features, true);
                (Some(logits), Some(("the shrinkage", penalty)))
            }
            (None, None) => (Some(self.session.train.logits(net, &xs, true)), None),
        };
        let logits = logits.map(|logits| logits.to_kind(Kind::Float));
        let of_labels = match (&logits, &added) {
            (Some(logits), _) => config.loss_of(logits, batch, targets)?,
            // Of a method that does not learn from the source.
            (None, Some((_, loss))) => LossSum {
                sum: loss.detach() * batch.indices.len() as f64,
                weight: batch.indices.len() as f64,
            },
            (None, None) => return Ok(()),
        };
        let LossSum { sum, weight } = match (&config.distillation, &logits) {
            (Some(distillation), Some(logits)) => distillation.blend(of_labels, logits, &xs)?,
            _ => of_labels,
        };
        let value = sum.double_value(&[]);
        if !value.is_finite() {
            return Err(diverged(step, format!("the loss became {value}")));
        }
        // As if all batches were as heavy as this one; put right below, where they are not.
        let nominal = gathered.nominal.get_or_insert(weight * batches as f64);
        let mut loss = sum / *nominal;
        if let Some((of, added)) = added {
            let value = added.double_value(&[]);
            if !value.is_finite() {
                let reason = format!("the loss of {of} became {value}");
                return Err(diverged(step, reason));
            }
            loss += added / batches as f64;
        }
        loss.f_backward()?;
        gathered.loss += value;
        gathered.weight += weight;
        gathered.pictures += batch.indices.len();
        if let Some(logits) = logits {
            self.progress.sums.correct += hits(&logits, labels);
        }
        Ok(())
    }

    /// Moves the weights.
    fn update(
        &mut self,
        gathered: &Gathered,
        lrs: &[f64],
        momentum: Option<f64>,
        step: &mut Step,
    ) -> Result<()> {
        let Some(optimizer) = &mut self.progress.optimizer else {
            return Ok(());
        };
        let mut gradients = optimizer.gradients();
        if let Some(nominal) = gathered
            .nominal
            .filter(|nominal| *nominal != gathered.weight)
        {
            scale_gradients(&mut gradients, nominal / gathered.weight);
        }
        if let Some(penalty) = &self.session.config.l2_sp {
            penalty.add_gradients(self.session.net)?;
        }
        let norm = clipped(optimizer, self.session.config.clip_norm);
        step.grad_norm = norm.map_err(|reason| diverged(step, reason))?;
        optimizer.step(lrs, momentum)?;
        if let Some(ema) = &mut self.progress.ema {
            ema.update(self.session.net)?;
        }
        Ok(())
    }

    fn measure(&mut self, pictures: usize, start: Instant) {
        let sums = &mut self.progress.sums;
        sums.pictures += pictures;
        sums.seconds += start.elapsed().as_secs_f64();
        let cpu = resources::cpu_seconds();
        if let (Some(now), Some(before)) = (cpu, self.cpu) {
            sums.cpu_seconds = Some(sums.cpu_seconds.unwrap_or_default() + now - before);
        }
        self.cpu = cpu;
    }
}

fn diverged(step: &Step, reason: String) -> Error {
    Error::Diverged {
        epoch: step.epoch,
        step: step.step,
        lr: step.lr,
        reason,
    }
}
