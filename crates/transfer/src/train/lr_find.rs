//! Finding a learning rate: a short training in which it grows from far too small to far too large (Smith, "Cyclical
//! Learning Rates for Training Neural Networks", 2017), as fastai's `lr_find` does it.

use super::session::check_labels;
use super::snapshot::Snapshot;
use super::source::Source;
use super::{Optimizer, TrainConfig};
use crate::data::rng::Rng;
use crate::models::Backbone;
use crate::{Error, Result, check_interrupt};

/// How much of the smoothed loss is kept at each step.
const SMOOTHING: f64 = 0.98;
/// Fewer steps have no shape to be read.
const MIN_STEPS: usize = 20;
/// Beyond so many times the best smoothed loss, it has diverged.
const DIVERGED: f64 = 4.0;

/// Between which learning rates to search, and in how many steps; fastai's by default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LrRange {
    /// The lowest learning rate.
    pub start: f64,
    /// What the rates grow towards, by the same factor at every step.
    pub end: f64,
    /// How many batches it takes at most.
    pub steps: usize,
}

impl Default for LrRange {
    fn default() -> Self {
        Self {
            start: 1e-7,
            end: 10.0,
            steps: 100,
        }
    }
}

impl LrRange {
    fn check(&self) -> Result<()> {
        let Self { start, end, steps } = *self;
        if start > 0.0 && start < end && end.is_finite() && steps >= MIN_STEPS {
            return Ok(());
        }
        let expected = format!("0 < start < end, and {MIN_STEPS} steps or more");
        Err(Error::argument(
            "range of learning rates",
            expected,
            format!("{self:?}"),
        ))
    }
}

/// The losses at growing learning rates, and what they suggest; [`lr_chart`](crate::viz::lr_chart) draws it.
#[derive(Debug, Clone, PartialEq)]
pub struct LrFind {
    /// The learning rates, growing.
    pub lrs: Vec<f64>,
    /// The smoothed training loss at each.
    pub losses: Vec<f64>,
    /// About half of the way along the longest descent: the rate to try first ([`suggest_valley`]).
    pub valley: f64,
    /// Where the loss falls most steeply ([`suggest_steep`]).
    pub steep: f64,
}

/// Runs the search and puts the net back as it was, bit for bit.
pub(super) fn lr_find(
    net: &dyn Backbone,
    train: &dyn Source,
    config: &TrainConfig,
    range: LrRange,
) -> Result<LrFind> {
    range.check()?;
    check_labels(net, train)?;
    config.check(net.num_classes().unwrap_or_default())?;
    let before = Snapshot::of(net);
    let found = search(net, train, config, range);
    before.restore(net)?;
    let (lrs, losses) = found?;
    // The first tenth says nothing yet, the last five have diverged.
    let end = losses.len().saturating_sub(5);
    let start = (range.steps / 10).min(end);
    let (some_lrs, some_losses) = (&lrs[start..end], &losses[start..end]);
    let (Some(valley), Some(steep)) = (
        suggest_valley(some_lrs, some_losses),
        suggest_steep(some_lrs, some_losses),
    ) else {
        let found = format!("{} before the loss diverged", losses.len());
        let expected = format!("at least {} steps", range.steps / 10 + 7);
        return Err(Error::argument("lr_find", expected, found));
    };
    Ok(LrFind {
        lrs,
        losses,
        valley,
        steep,
    })
}

fn search(
    net: &dyn Backbone,
    train: &dyn Source,
    config: &TrainConfig,
    range: LrRange,
) -> Result<(Vec<f64>, Vec<f64>)> {
    let mut optimizer = Optimizer::new(config.optimizer, net.parameter_groups());
    let groups = optimizer.groups().len();
    let (mut lrs, mut losses) = (Vec::new(), Vec::new());
    let (mut average, mut best, mut epoch) = (0.0, f64::INFINITY, 0);
    while lrs.len() < range.steps {
        epoch += 1;
        let before = lrs.len();
        for batch in train.batches_from(epoch, 0) {
            check_interrupt()?;
            let batch = batch?;
            if batch.indices.len() < 2 {
                continue;
            }
            let step = lrs.len();
            crate::set_seed(Rng::new(config.seed, &[step as u64]).next());
            optimizer.zero_grad();
            let logits = train.logits(net, &batch.xs, true);
            let mut loss = config.loss_of(&logits, &batch, None)?;
            if let Some(distillation) = &config.distillation {
                loss = distillation.blend(loss, &logits, &batch.xs)?;
            }
            let loss = loss.mean();
            let value = loss.double_value(&[]);
            if !value.is_finite() {
                return Ok((lrs, losses));
            }
            loss.f_backward()?;
            let growth = (range.end / range.start).powf(step as f64 / range.steps as f64);
            let lr = range.start * growth;
            optimizer.step(&vec![lr; groups], None)?;
            average = SMOOTHING * average + (1.0 - SMOOTHING) * value;
            let smooth = average / (1.0 - SMOOTHING.powi(step as i32 + 1));
            lrs.push(lr);
            losses.push(smooth);
            best = smooth.min(best);
            if smooth > DIVERGED * best || lrs.len() == range.steps {
                return Ok((lrs, losses));
            }
        }
        if lrs.len() == before {
            let expected = "at least one of two or more readable pictures";
            return Err(Error::argument("batches to train on", expected, "none"));
        }
    }
    Ok((lrs, losses))
}

/// The rate half of the way along the longest series of ever lower losses, as fastai's `valley` counts: a third of it
/// and half of that third. `None` where there are none.
#[must_use]
pub fn suggest_valley(lrs: &[f64], losses: &[f64]) -> Option<f64> {
    // longest[i]: the most losses that fall one below the other and end with the i-th.
    let mut longest = vec![1_usize; losses.len()];
    let mut end = 0;
    for i in 1..losses.len() {
        let higher = (0..i).filter(|&j| losses[i] < losses[j]);
        longest[i] = 1 + higher.map(|j| longest[j]).max().unwrap_or(0);
        if longest[end] < longest[i] {
            end = i;
        }
    }
    // Where all fall, fastai starts one before the first.
    let start = match *longest.get(end)? {
        1 => 0,
        length => end as i64 - length as i64,
    };
    let third = (end as i64 - start) as f64 / 3.0;
    let place = start + third as i64 + (third / 2.0) as i64;
    lrs.get(place.max(0) as usize).copied()
}

/// The rate at which the loss falls most steeply over the logarithm of the rate (fastai's `steep`); `None` where there
/// are fewer than two.
#[must_use]
pub fn suggest_steep(lrs: &[f64], losses: &[f64]) -> Option<f64> {
    let slopes = lrs.windows(2).zip(losses.windows(2)).map(|(lrs, losses)| {
        (
            lrs[0],
            (losses[1] - losses[0]) / (lrs[1].ln() - lrs[0].ln()),
        )
    });
    slopes
        .min_by(|one, other| one.1.total_cmp(&other.1))
        .map(|(lr, _)| lr)
}
