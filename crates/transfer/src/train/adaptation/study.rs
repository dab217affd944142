//! A comparison of adaptation methods that keeps to the rules: baselines, seeds, equal budgets, nothing chosen by the target's labels.

use std::fmt::Display;
use std::ops::Range;
use std::path::Path;

use super::{Domains, Technique, Verdict};
use crate::adapt::{Criterion, METHODS, method};
use crate::data::{DataLoader, Dataset};
use crate::models::Backbone;
use crate::names::unknown;
use crate::study::check_seeds;
use crate::train::{LearningRate, TrainConfig};
use crate::{Error, Result, Study};

/// The rows before the methods, and the one behind them.
const SOURCE_ONLY: &str = "source only";
const STATISTICS: &str = "AdaBN";
const ORACLE: &str = "target oracle";
const COLUMNS: [&str; 3] = ["last", "peeked", "seconds"];

/// What one run begins with. Every run of a seed is to get the same pictures and the same net.
#[derive(Debug)]
pub struct Trial {
    /// The pictures.
    pub domains: Domains,
    /// The pictures of the target to learn from, with labels: for the row of the oracle alone.
    pub oracle: DataLoader,
    /// The net.
    pub net: Box<dyn Backbone>,
}

/// Which methods are compared, over which seeds, with which budget.
///
/// The rows of the comparison are always *source only*, *AdaBN*, the methods, and *target oracle*, a net that has learned the
/// target's own labels. All have the same number of steps.
#[derive(Debug, Clone)]
pub struct AdaptationStudy {
    methods: Vec<String>,
    seeds: Range<u64>,
    epochs: usize,
    lr: LearningRate,
    config: TrainConfig,
}

/// A row of the comparison; a value for each seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The method, or `source only`, `AdaBN`, `target oracle`.
    pub name: String,
    /// The accuracy after the last epoch, in [0, 1]: the result.
    pub last: Vec<f64>,
    /// The accuracy after the epoch that each criterion chooses without labels of the target.
    pub chosen: Vec<(Criterion, Vec<f64>)>,
    /// The accuracy after the epoch that the test labels would choose: not a result.
    pub peeked: Vec<f64>,
    /// The seconds of all steps.
    pub seconds: Vec<f64>,
    /// Of each class, the share of its pictures that are named right in the end.
    pub recall: Vec<Vec<f64>>,
}

impl AdaptationStudy {
    /// Compares these of [`METHODS`], with so many epochs of the source and these highest learning rates.
    ///
    /// # Errors
    ///
    /// A name is unknown, or there are fewer than three seeds.
    pub fn new(
        methods: &[impl AsRef<str>],
        seeds: Range<u64>,
        (epochs, lr): (usize, impl Into<LearningRate>),
    ) -> Result<Self> {
        let methods: Vec<String> = methods
            .iter()
            .map(|name| name.as_ref().to_owned())
            .collect();
        if let Some(name) = methods
            .iter()
            .find(|name| !METHODS.contains(&name.as_str()))
        {
            return Err(unknown("methods", "adapt::METHODS", name, METHODS));
        }
        check_seeds(&seeds)?;
        Ok(Self {
            methods,
            seeds,
            epochs,
            lr: lr.into(),
            config: TrainConfig::default(),
        })
    }

    /// Sets everything else of the trainings; the seed is each run's own.
    #[must_use]
    pub fn config(mut self, config: TrainConfig) -> Self {
        self.config = config;
        self
    }

    /// The names of all rows, in their order.
    #[must_use]
    pub fn rows(&self) -> Vec<String> {
        let before = [SOURCE_ONLY, STATISTICS].map(String::from).into_iter();
        let methods = self.methods.iter().cloned();
        before.chain(methods).chain([ORACLE.to_owned()]).collect()
    }

    /// How many runs it takes.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.rows().len() * self.seeds.clone().count()
    }

    /// The file that [`run`](Self::run) keeps its results in: `keys` tell apart what else may differ between comparisons in
    /// the same file.
    ///
    /// # Errors
    ///
    /// As [`Study::open`].
    pub fn open(path: impl AsRef<Path>, keys: &[&str], classes: &[String]) -> Result<Study> {
        let keys: Vec<&str> = keys
            .iter()
            .chain(&["row", "epochs", "lr", "seed"])
            .copied()
            .collect();
        let mut columns: Vec<String> = COLUMNS.map(String::from).to_vec();
        columns.extend(Criterion::ALL.map(|it| it.name().to_owned()));
        columns.extend(classes.iter().map(|class| format!("recall of {class}")));
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        Study::open(path, &keys, &columns)
    }

    /// Computes what the file has not yet, seed by seed, and tells of each run. `truth` has the labels of the pictures that
    /// [`Domains`] are judged by; no training sees them.
    ///
    /// # Errors
    ///
    /// `trial` fails, or as [`Domains::train`] and [`Outcome::judge`](super::Outcome::judge).
    pub fn run(
        &self,
        study: &mut Study,
        keys: &[&dyn Display],
        truth: &dyn Dataset,
        trial: impl Fn(u64) -> Result<Trial>,
        mut told: impl FnMut(&str, u64, f64),
    ) -> Result<Vec<Standing>> {
        let classes = truth.classes().len();
        let mut standings: Vec<Standing> = self
            .rows()
            .iter()
            .map(|row| Standing::of(row, classes))
            .collect();
        for seed in self.seeds.clone() {
            for standing in &mut standings {
                let name = standing.name.clone();
                let of_run: [&dyn Display; 4] = [&name, &self.epochs, &self.lr, &seed];
                let keys: Vec<&dyn Display> = keys.iter().copied().chain(of_run).collect();
                let found = study.run(&keys, || {
                    let (verdict, seconds) = self.one(&name, seed, trial(seed)?, truth)?;
                    let mut values = vec![verdict.last, verdict.peeked, seconds];
                    values.extend(verdict.chosen.iter().map(|(_, accuracy)| *accuracy));
                    values.extend(&verdict.recall);
                    Ok::<_, Error>(values)
                })?;
                standing.add(&found);
                told(&name, seed, found[0]);
            }
        }
        Ok(standings)
    }

    /// One run.
    fn one(
        &self,
        row: &str,
        seed: u64,
        trial: Trial,
        truth: &dyn Dataset,
    ) -> Result<(Verdict, f64)> {
        let technique = match row {
            SOURCE_ONLY => Technique::SourceOnly,
            STATISTICS => Technique::TargetStatistics,
            ORACLE => Technique::TargetOracle(trial.oracle),
            name => Technique::Adapted(method(name)?),
        };
        let config = self.config.clone().seed(seed);
        let budget = (self.epochs, self.lr.clone());
        let outcome = trial.domains.train(trial.net, technique, budget, &config)?;
        Ok((outcome.judge(truth)?, outcome.seconds))
    }
}

impl Standing {
    fn of(name: &str, classes: usize) -> Self {
        Self {
            name: name.to_owned(),
            last: Vec::new(),
            chosen: Criterion::ALL.map(|it| (it, Vec::new())).to_vec(),
            peeked: Vec::new(),
            seconds: Vec::new(),
            recall: vec![Vec::new(); classes],
        }
    }

    /// Takes up the values of a run, in the order of the file's columns.
    fn add(&mut self, values: &[f64]) {
        let chosen = self.chosen.iter_mut().map(|(_, values)| values);
        let first = [&mut self.last, &mut self.peeked, &mut self.seconds];
        let all = first.into_iter().chain(chosen).chain(&mut self.recall);
        for (column, value) in all.zip(values) {
            column.push(*value);
        }
    }
}
