//! What came of the runs: a table, files, charts.

use std::fmt::Write;
use std::path::Path;

use transfer::metrics::Summary;
use transfer::train::History;
use transfer::viz::{Bar, Figure, bars, history_chart};

use crate::Failure;
use crate::strategy::Strategy;

/// One strategy with one seed.
pub(crate) struct Run {
    pub(crate) strategy: Strategy,
    pub(crate) seed: u64,
    /// On the pictures to be judged by, after the last epoch; in [0, 1].
    pub(crate) accuracy: f64,
    /// How many pictures that is a share of.
    pub(crate) judged: usize,
    /// How many more could not be decoded.
    pub(crate) unreadable: usize,
    /// From the first picture to the last, validation and a probe's features included.
    pub(crate) seconds: f64,
    /// How often a picture went through the net to be learned from.
    pub(crate) pictures: usize,
    /// Those that learned in the end, and all.
    pub(crate) parameters: (i64, i64),
    /// Without epochs where a head was fitted to stored features.
    pub(crate) history: History,
}

impl Run {
    /// The pictures that it neither learned from nor was judged by, if there are any.
    pub(crate) fn left_out(&self) -> Option<String> {
        let History {
            skipped, too_small, ..
        } = self.history;
        let unreadable = self.unreadable;
        (skipped + too_small + unreadable > 0).then(|| {
            format!(
                "left out: {skipped} times an unreadable picture and {too_small} times one alone in its batch in \
                 training, {unreadable} unreadable ones in judging"
            )
        })
    }
}

/// The runs of each strategy.
fn by_strategy(runs: &[Run]) -> Vec<(Strategy, Vec<&Run>)> {
    let of = |strategy: Strategy| runs.iter().filter(move |run| run.strategy == strategy);
    let groups = Strategy::ALL
        .into_iter()
        .map(|strategy| (strategy, of(strategy).collect::<Vec<_>>()));
    groups.filter(|(_, runs)| !runs.is_empty()).collect()
}

/// Mean and deviation over the seeds, for people.
pub(crate) fn table(runs: &[Run]) -> String {
    let mut text = format!(
        "{:<10}{:>6}{:>20}{:>14}{:>14}{:>14}",
        "strategy", "seeds", "accuracy, %", "seconds", "images/s", "trainable"
    );
    for (strategy, runs) in by_strategy(runs) {
        let summary = |value: &dyn Fn(&Run) -> f64| {
            Summary::of(&runs.iter().map(|run| value(run)).collect::<Vec<_>>())
        };
        let seconds = summary(&|run| run.seconds);
        let rate = summary(&|run| run.pictures as f64 / run.seconds.max(1e-9));
        let (trainable, _) = runs[0].parameters;
        let _ = write!(
            text,
            "\n{:<10}{:>6}{:>20}{:>14.1}{:>14.0}{trainable:>14}",
            strategy.name(),
            runs.len(),
            summary(&|run| 100.0 * run.accuracy).to_string(),
            seconds.mean,
            rate.mean,
        );
    }
    text
}

/// `results.csv`: a line per run.
pub(crate) fn write_table(folder: &Path, runs: &[Run]) -> Result<(), Failure> {
    let mut text = "strategy,seed,accuracy,seconds,pictures,trainable,parameters\n".to_owned();
    for run in runs {
        let (trainable, parameters) = run.parameters;
        writeln!(
            text,
            "{},{},{},{:.3},{},{trainable},{parameters}",
            run.strategy, run.seed, run.accuracy, run.seconds, run.pictures
        )?;
    }
    Ok(std::fs::write(folder.join("results.csv"), text)?)
}

/// The accuracy of every strategy, and what happened in the first run of each.
pub(crate) fn write_charts(folder: &Path, runs: &[Run]) -> Result<(), Failure> {
    let mut all = Vec::new();
    for (strategy, runs) in by_strategy(runs) {
        let values: Vec<f64> = runs.iter().map(|run| 100.0 * run.accuracy).collect();
        all.push(Bar::new(strategy.name(), &values));
        let history = &runs[0].history;
        if !history.epochs.is_empty() {
            let title = format!("{strategy}, seed {}", runs[0].seed);
            let chart = history_chart(&title, history)?;
            save(&chart, folder, &format!("{strategy}-history"))?;
        }
    }
    save(
        &bars("Accuracy by strategy", "accuracy, %", 100.0, &all)?,
        folder,
        "accuracy",
    )
}

fn save(figure: &Figure, folder: &Path, name: &str) -> Result<(), Failure> {
    for ending in ["svg", "png"] {
        figure.save(folder.join(format!("{name}.{ending}")))?;
    }
    Ok(())
}
