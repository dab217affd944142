//! A comparison of ways to learn several tasks at once, with nets of one task as what they have to beat.

use std::fmt::Display;
use std::ops::Range;
use std::path::Path;

use tch::Device;

use super::{MultiTaskLearner, Recipe, TaskLoader};
use crate::metrics::delta_p;
use crate::models::Backbone;
use crate::multitask::{Metric, MultiTaskNet, Task, architecture};
use crate::study::{check_seeds, is_plain};
use crate::train::LearningRate;
use crate::{Error, MemoryMeter, Result, Study};

/// The first row: for each task a net of its own.
const SINGLE: &str = "single task";
/// Behind the measures of the tasks.
const COLUMNS: [&str; 4] = ["seconds per step", "megabytes", "parameters", "conflicts"];

/// What one run begins with. Every run of a seed is to get the same pictures and nets of the same weights.
pub struct MultiTaskTrial {
    /// Pictures to learn from, with the targets of all tasks.
    pub train: TaskLoader,
    /// Pictures to be judged by.
    pub test: TaskLoader,
    /// The side of the pictures, in pixels.
    pub size: u32,
    /// Makes the first, second, … backbone of a net, with its weights; see [`architecture`].
    pub net: Box<dyn Fn(u64) -> Result<Box<dyn Backbone>>>,
}

/// Which recipes are compared, over which seeds, with which budget.
///
/// The first row is always *single task*: a net for each task, each with the same pictures, epochs and rates as a multi-task net (so all of them
/// together with as many times its work as there are tasks; a batch without a label of the task is no step). Δp is against the mean of that row
/// over the seeds.
pub struct MultiTaskStudy {
    tasks: Box<dyn Fn() -> Vec<Box<dyn Task>>>,
    recipes: Vec<Recipe>,
    seeds: Range<u64>,
    epochs: usize,
    lr: LearningRate,
    watch_every: Option<usize>,
}

/// A row of the comparison; a value for each seed.
#[derive(Debug, Clone, PartialEq)]
pub struct MultiTaskStanding {
    /// `single task`, or the recipe.
    pub name: String,
    /// Of each task, its measure.
    pub measures: Vec<Vec<f64>>,
    /// Δp, in per cent.
    pub delta_p: Vec<f64>,
    /// Seconds of a step; where each task has a net, of a step of all of them.
    pub seconds_per_step: Vec<f64>,
    /// The most memory beyond what there was before, in megabytes; of the largest net where each task has one. Not a number on a GPU, or where the
    /// system does not tell.
    pub megabytes: Vec<f64>,
    /// Numbers that learn; of all nets together where each task has one.
    pub parameters: Vec<f64>,
    /// In which share of the pairs of tasks gradients pointed against each other; not a number where nobody looked
    /// ([`watch_every`](MultiTaskStudy::watch_every)), or a net has one task.
    pub conflicts: Vec<f64>,
}

impl std::fmt::Debug for MultiTaskTrial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MultiTaskTrial({:?})", self.train)
    }
}

impl std::fmt::Debug for MultiTaskStudy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MultiTaskStudy({:?}, {:?})", self.rows(), self.seeds)
    }
}

impl MultiTaskStudy {
    /// Compares these recipes for tasks that `tasks` makes, with so many epochs and these highest learning rates.
    ///
    /// # Errors
    ///
    /// Two recipes have one name, or one that a file of results cannot have (with a comma, a quote, a line break); one has an unknown architecture or weighting or two that do not go together, or there are fewer than three
    /// seeds.
    pub fn new(
        tasks: impl Fn() -> Vec<Box<dyn Task>> + 'static,
        recipes: Vec<Recipe>,
        seeds: Range<u64>,
        (epochs, lr): (usize, impl Into<LearningRate>),
    ) -> Result<Self> {
        check_seeds(&seeds)?;
        recipes.iter().try_for_each(Recipe::check)?;
        let study = Self {
            tasks: Box::new(tasks),
            recipes,
            seeds,
            epochs,
            lr: lr.into(),
            watch_every: None,
        };
        let rows = study.rows();
        let wrong = |place: &usize| {
            let name = &rows[*place];
            rows[..*place].contains(name) || !is_plain(name) || name.is_empty()
        };
        match (1..rows.len()).find(wrong) {
            Some(wrong) => Err(Error::argument(
                "names of recipes",
                "each another, without commas, quotes and line breaks",
                &rows[wrong],
            )),
            None => Ok(study),
        }
    }

    /// Looks for [conflicts](MultiTaskStanding::conflicts) in every so many steps, which then are slower than the middle one, the time that counts.
    #[must_use]
    pub fn watch_every(mut self, steps: usize) -> Self {
        self.watch_every = Some(steps);
        self
    }

    /// The names of all rows, in their order.
    #[must_use]
    pub fn rows(&self) -> Vec<String> {
        let recipes = self.recipes.iter().map(|recipe| recipe.name.clone());
        std::iter::once(SINGLE.to_owned()).chain(recipes).collect()
    }

    /// The tasks' names and measures.
    #[must_use]
    pub fn metrics(&self) -> Vec<(String, Metric)> {
        (self.tasks)()
            .iter()
            .map(|task| (task.name().to_owned(), task.metric()))
            .collect()
    }

    /// How many runs it takes.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.rows().len() * self.seeds.clone().count()
    }

    /// The file that [`run`](Self::run) keeps its results in: `keys` tell apart what else may differ between comparisons in the same file.
    ///
    /// # Errors
    ///
    /// As [`Study::open`].
    pub fn open(&self, path: impl AsRef<Path>, keys: &[&str]) -> Result<Study> {
        let keys: Vec<&str> = keys
            .iter()
            .chain(&["row", "epochs", "lr", "seed"])
            .copied()
            .collect();
        let metrics = self.metrics();
        let columns: Vec<&str> = metrics
            .iter()
            .map(|(name, _)| name.as_str())
            .chain(COLUMNS)
            .collect();
        Study::open(path, &keys, &columns)
    }

    /// Computes what the file has not yet, seed by seed, and tells of each run: its row, its seed, and the measures of the tasks.
    ///
    /// # Errors
    ///
    /// `trial` fails, or as [`MultiTaskLearner::fit`].
    pub fn run(
        &self,
        study: &mut Study,
        keys: &[&dyn Display],
        trial: impl Fn(u64) -> Result<MultiTaskTrial>,
        mut told: impl FnMut(&str, u64, &[f64]),
    ) -> Result<Vec<MultiTaskStanding>> {
        let metrics = self.metrics();
        let tasks = metrics.len();
        let mut found: Vec<Vec<Vec<f64>>> = vec![Vec::new(); self.rows().len()];
        for seed in self.seeds.clone() {
            for (place, row) in self.rows().iter().enumerate() {
                let of_run: [&dyn Display; 4] = [row, &self.epochs, &self.lr, &seed];
                let keys: Vec<&dyn Display> = keys.iter().copied().chain(of_run).collect();
                let values = study.run(&keys, || {
                    let trial = trial(seed)?;
                    let Some(recipe) = place.checked_sub(1) else {
                        return self.singles(seed, &trial);
                    };
                    let pictures = (&trial, &trial.train, &trial.test);
                    self.trained((self.tasks)(), &self.recipes[recipe], seed, pictures)
                })?;
                told(row, seed, &values[..tasks]);
                found[place].push(values);
            }
        }
        let column = |runs: &[Vec<f64>], column: usize| {
            runs.iter().map(|run| run[column]).collect::<Vec<f64>>()
        };
        let mean = |of: Vec<f64>| of.iter().sum::<f64>() / of.len() as f64;
        let single: Vec<f64> = (0..tasks)
            .map(|task| mean(column(&found[0], task)))
            .collect();
        let standing = |(name, runs): (String, &Vec<Vec<f64>>)| {
            let gained = |run: &Vec<f64>| {
                let tasks = metrics.iter().enumerate();
                let compared = tasks
                    .map(|(task, (_, metric))| (run[task], single[task], metric.higher_is_better));
                delta_p(&compared.collect::<Vec<_>>())
            };
            MultiTaskStanding {
                name,
                measures: (0..tasks).map(|task| column(runs, task)).collect(),
                delta_p: runs.iter().map(gained).collect(),
                seconds_per_step: column(runs, tasks),
                megabytes: column(runs, tasks + 1),
                parameters: column(runs, tasks + 2),
                conflicts: column(runs, tasks + 3),
            }
        };
        Ok(self.rows().into_iter().zip(&found).map(standing).collect())
    }

    /// A net for each task.
    fn singles(&self, seed: u64, trial: &MultiTaskTrial) -> Result<Vec<f64>> {
        let recipe = Recipe::weighting("equal");
        let (mut measures, mut all) = (Vec::new(), [0.0, 0.0, 0.0]);
        for (place, task) in (self.tasks)().into_iter().enumerate() {
            let (train, test) = (trial.train.tasks(&[place])?, trial.test.tasks(&[place])?);
            let values = self.trained(vec![task], &recipe, seed, (trial, &train, &test))?;
            measures.push(values[0]);
            all = [
                all[0] + values[1],
                all[1].max(values[2]),
                all[2] + values[3],
            ];
        }
        measures.extend(all);
        measures.push(f64::NAN);
        Ok(measures)
    }

    /// A net of a recipe: the measures, then [`COLUMNS`].
    fn trained(
        &self,
        tasks: Vec<Box<dyn Task>>,
        recipe: &Recipe,
        seed: u64,
        (trial, train, test): (&MultiTaskTrial, &TaskLoader, &TaskLoader),
    ) -> Result<Vec<f64>> {
        let meter = MemoryMeter::start();
        crate::set_seed(seed);
        let shared = architecture(&recipe.architecture, tasks.len(), trial.size, &trial.net)?;
        let net = MultiTaskNet::new(shared, tasks, seed)?;
        let (parameters, device) = (net.parameters(), net.device());
        let mut learner = MultiTaskLearner::new(net, train.clone())
            .weighting((recipe.weighting)()?)
            .seed(seed);
        let several = learner.net().tasks().len() > 1;
        if let Some(steps) = self.watch_every.filter(|_| several) {
            learner = learner.watch_every(steps);
        }
        let history = learner.fit_one_cycle(self.epochs, self.lr.clone())?;
        let peak = meter.peak().filter(|_| device == Device::Cpu);
        let mut values = learner.evaluate(test)?.measures;
        // The middle one: a step that watches is slower, and so is the first.
        let mut seconds: Vec<f64> = history.steps.iter().map(|step| step.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        values.extend([
            seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN),
            peak.map_or(f64::NAN, |bytes| bytes as f64 / 1e6),
            parameters as f64,
            history.conflicts(),
        ]);
        Ok(values)
    }
}
