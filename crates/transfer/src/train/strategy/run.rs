//! One run of a strategy: the net, what it is worth, what it took.

use std::sync::Arc;
use std::time::Instant;

use super::learn::Prepared;
use super::{Strategy, StrategyTask, StrategyTrial};
use crate::data::Dataset;
use crate::metrics::{Calibration, accuracy};
use crate::models::Backbone;
use crate::train::{History, Predictions, predict, resources};
use crate::{MemoryMeter, Result};

/// Into how many bins the probabilities are put to say how far they can be believed (Guo et al., 2017).
const BINS: usize = 15;

/// What came of a strategy.
#[derive(Debug)]
pub struct StrategyRun {
    /// The net as it ended; LoRA's layers are part of it.
    pub net: Box<dyn Backbone>,
    /// The share of test pictures whose class is found, in [0, 1].
    pub accuracy: f64,
    /// The expected calibration error on them, in [0, 1]: how far the net's confidence is from how often it is right.
    pub calibration_error: f64,
    /// The accuracy elsewhere, in the task's order.
    pub elsewhere: Vec<f64>,
    /// How long it took to learn, the reading of the weights, a probe's features and a teacher included, the looks at the watched
    /// pictures not.
    pub seconds: f64,
    /// The processor's time in that, of all cores, where the system tells: what does not depend on what else the machine does.
    pub cpu_seconds: Option<f64>,
    /// The most memory that it took beyond what the process had before, in bytes, where the system tells.
    pub peak_memory: Option<u64>,
    /// How many numbers learned, and how many the net has.
    pub parameters: (i64, i64),
    /// The accuracy on the watched pictures after so many steps. Empty where there are no steps, as for a probe.
    pub curve: Vec<(usize, f64)>,
    /// All steps; without any for a probe.
    pub history: History,
}

impl Strategy {
    /// Learns from these pictures (the task's [share](StrategyTask::share) of them, or others) and is judged.
    ///
    /// # Errors
    ///
    /// The weights do not fit the net, or as [`Learner::fit`](crate::train::Learner::fit) and [`predict`].
    pub fn run(
        self,
        trial: &StrategyTrial,
        few: &Arc<dyn Dataset>,
        task: &StrategyTask,
        seed: u64,
    ) -> Result<StrategyRun> {
        let (meter, start, cpu) = (
            MemoryMeter::start(),
            Instant::now(),
            resources::cpu_seconds(),
        );
        let prepared = self.prepare(trial, few, seed)?;
        let mut seconds = start.elapsed().as_secs_f64();
        let since = |before: f64| Some(resources::cpu_seconds()? - before);
        let mut cpu_seconds = cpu.and_then(since);
        let (mut net, history, parameters) = match prepared {
            Prepared::Done(net) => {
                let parameters = net.parameter_counts();
                (net, History::default(), parameters)
            }
            Prepared::Ready(learner) => {
                let mut learner = learner.validate_on(trial.to_judge(&task.watched));
                self.train(&mut learner, trial.looks)?;
                let parameters = learner.net().parameter_counts();
                let history = learner.history().clone();
                (learner.into_net(), history, parameters)
            }
        };
        for epoch in &history.epochs {
            seconds += epoch.seconds;
            cpu_seconds = cpu_seconds
                .zip(epoch.cpu_seconds)
                .map(|(all, one)| all + one);
        }
        let peak_memory = meter.peak();
        net.merge_lora();
        let judge = |pictures: &Arc<dyn Dataset>| predict(&*net, &trial.to_judge(pictures));
        let right = |said: &Predictions| accuracy(&said.predictions, &said.labels);
        let test = judge(&task.test)?;
        let calibration = Calibration::of(&test.probabilities(), &test.labels, BINS)?;
        let elsewhere = task
            .elsewhere
            .iter()
            .map(|(_, world)| Ok(right(&judge(world)?)));
        Ok(StrategyRun {
            accuracy: right(&test),
            calibration_error: calibration.ece,
            elsewhere: elsewhere.collect::<Result<_>>()?,
            seconds,
            cpu_seconds,
            peak_memory,
            parameters,
            curve: curve(&history),
            net,
            history,
        })
    }
}

/// The accuracy on the watched pictures after every epoch, by steps.
fn curve(history: &History) -> Vec<(usize, f64)> {
    let looks = history.epochs.iter().map(|epoch| {
        let steps = history
            .steps
            .iter()
            .filter(|step| step.epoch <= epoch.epoch);
        (steps.count(), epoch.valid_accuracy.unwrap_or(f64::NAN))
    });
    looks.collect()
}

impl StrategyRun {
    /// All that a run depends on, as the keys of a [`Study`](crate::Study): what `cargo xtask study` knows a row by.
    pub const KEYS: [&str; 15] = [
        "machine",
        "data",
        "elsewhere",
        "drawn",
        "arch",
        "weights",
        "size",
        "batch",
        "lr",
        "rank",
        "looks",
        "strategy",
        "share",
        "steps",
        "seed",
    ];

    /// The names of [`row`](Self::row)'s numbers.
    #[must_use]
    pub fn columns(task: &StrategyTask, looks: usize) -> Vec<String> {
        let costs = [
            "seconds",
            "cpu seconds",
            "megabytes",
            "trainable",
            "parameters",
            "steps to 90 %",
        ];
        let worlds = task.elsewhere.iter().map(|(name, _)| name.clone());
        let looks = (1..=looks).map(|look| format!("look {look}"));
        ["accuracy".to_owned(), "calibration error".to_owned()]
            .into_iter()
            .chain(worlds)
            .chain(costs.map(str::to_owned))
            .chain(looks)
            .collect()
    }

    /// What it is worth and what it took, as the row of a [`Study`](crate::Study): accuracies and the calibration error in per cent,
    /// the share of parameters that learned too, and how many the net has; then the watched accuracy after each look. Not a number
    /// (NaN) where there is none.
    #[must_use]
    pub fn row(&self, looks: usize) -> Vec<f64> {
        let percent = |share: f64| 100.0 * share;
        let (learned, all) = self.parameters;
        let mut row = vec![percent(self.accuracy), percent(self.calibration_error)];
        row.extend(self.elsewhere.iter().copied().map(percent));
        row.extend([
            self.seconds,
            self.cpu_seconds.unwrap_or(f64::NAN),
            self.peak_memory
                .map_or(f64::NAN, |bytes| bytes as f64 / 1e6),
            percent(learned as f64 / all as f64),
            all as f64,
            self.steps_to(0.9).map_or(f64::NAN, |steps| steps as f64),
        ]);
        let look = |look: usize| {
            self.curve
                .get(look)
                .map_or(f64::NAN, |(_, share)| percent(*share))
        };
        row.extend((0..looks).map(look));
        row
    }

    /// After how many steps the accuracy on the watched pictures had come to this share of its last value, and did not fall below it
    /// again: how soon it is there. `None` where there are no steps.
    #[must_use]
    pub fn steps_to(&self, share: f64) -> Option<usize> {
        steps_to(&self.curve, share)
    }
}

/// The same of a curve.
pub(super) fn steps_to(curve: &[(usize, f64)], share: f64) -> Option<usize> {
    let &(_, last) = curve.last()?;
    let below = curve
        .iter()
        .rposition(|(_, accuracy)| *accuracy < share * last);
    let there = below.map_or(0, |place| place + 1);
    curve.get(there).map(|(step, _)| *step)
}

#[cfg(test)]
mod tests {
    use super::steps_to;

    #[test]
    fn it_is_there_when_it_stays_there() {
        let curve = [(10, 0.1), (20, 0.5), (30, 0.4), (40, 0.46), (50, 0.5)];
        assert_eq!(steps_to(&curve, 0.9), Some(40));
        assert_eq!(steps_to(&curve, 0.1), Some(10));
        assert_eq!(steps_to(&curve, 1.0), Some(50));
        assert_eq!(steps_to(&[], 0.9), None);
    }
}
