//! Pictures with a target for each task.

use std::collections::BTreeSet;
use std::sync::Arc;

use tch::{Kind, Tensor};

use super::Maps;
use crate::data::{Batch, DataLoader};
use crate::multitask::UNLABELLED;
use crate::{Error, Result};

/// Where a task's targets are to be found.
#[derive(Debug, Clone)]
pub enum Target {
    /// The picture's label, for a [`Classification`](crate::multitask::Classification).
    Label,
    /// A column of [`Batch::targets`], whose numbers are classes, from 0 on; a number that is NaN is not known.
    Class(usize),
    /// Columns of [`Batch::targets`], for a [`Regression`](crate::multitask::Regression) or a
    /// [`Direction`](crate::multitask::Direction); NaN where a number is not known.
    Numbers(Vec<usize>),
    /// Maps, for a [`Segmentation`](crate::multitask::Segmentation).
    Maps(Arc<Maps>),
}

/// A loader, and where each task's targets are. The order of the targets is that of the tasks.
#[derive(Debug, Clone)]
pub struct TaskLoader {
    loader: DataLoader,
    targets: Vec<(Target, Option<Arc<BTreeSet<usize>>>)>,
}

/// Pictures with a target for each task.
#[derive(Debug)]
pub struct TaskBatch {
    /// The pictures: `[N, 3, H, W]`, on the CPU.
    pub xs: Tensor,
    /// The targets of each task, on the CPU; none where no picture could be decoded.
    pub targets: Vec<Tensor>,
    /// The batch that they are from.
    pub batch: Batch,
}

impl TaskLoader {
    /// The pictures of a loader with these targets.
    ///
    /// # Errors
    ///
    /// There is no target, a column or a label is not there, maps are not as many as the pictures, or the loader's transform would move the
    /// pictures under their maps.
    pub fn new(loader: DataLoader, targets: Vec<Target>) -> Result<Self> {
        let dataset = loader.dataset();
        let columns = if dataset.is_empty() {
            0
        } else {
            dataset.targets(0).len()
        };
        let refused = |expected: String, found: &Target| {
            Err(Error::argument(
                "target of a task",
                expected,
                format!("{found:?}"),
            ))
        };
        if targets.is_empty() {
            return Err(Error::argument("targets", "one for each task", "none"));
        }
        for target in &targets {
            match target {
                Target::Label if dataset.classes().is_empty() => {
                    return refused("labelled pictures, for their labels".into(), target);
                }
                Target::Class(column) if *column >= columns => {
                    return refused(format!("one of the {columns} columns of targets"), target);
                }
                Target::Numbers(of)
                    if of.is_empty() || of.iter().any(|column| *column >= columns) =>
                {
                    return refused(format!("some of the {columns} columns of targets"), target);
                }
                Target::Maps(maps) if maps.len() != dataset.len() => {
                    return refused(
                        format!("{} maps, one for each picture", dataset.len()),
                        target,
                    );
                }
                Target::Maps(_) if loader.transform().moves_at_random() => {
                    let expected = "a transform that leaves everything in its place, for maps";
                    return refused(format!("{expected}, not {}", loader.transform()), target);
                }
                _ => {}
            }
        }
        let targets = targets.into_iter().map(|target| (target, None)).collect();
        Ok(Self { loader, targets })
    }

    /// Lets a task's targets be known for these pictures alone, by their positions in the data set.
    ///
    /// # Errors
    ///
    /// There is no such task.
    pub fn known(mut self, task: usize, pictures: &[usize]) -> Result<Self> {
        let tasks = self.targets.len();
        let Some((_, known)) = self.targets.get_mut(task) else {
            return Err(Error::argument("task", format!("below {tasks}"), task));
        };
        *known = Some(Arc::new(pictures.iter().copied().collect()));
        Ok(self)
    }

    /// The same pictures for some of the tasks.
    ///
    /// # Errors
    ///
    /// There is none, or no such task.
    pub fn tasks(&self, tasks: &[usize]) -> Result<Self> {
        let of = |&task: &usize| self.targets.get(task).cloned();
        let targets: Option<Vec<_>> = tasks.iter().map(of).collect();
        match targets.filter(|targets| !targets.is_empty()) {
            Some(targets) => Ok(Self {
                loader: self.loader.clone(),
                targets,
            }),
            None => {
                let expected = format!("one or more below {}", self.targets.len());
                Err(Error::argument("tasks", expected, format!("{tasks:?}")))
            }
        }
    }

    /// How many tasks it has targets for.
    #[must_use]
    pub fn num_tasks(&self) -> usize {
        self.targets.len()
    }

    /// The same, in the order of the data set, and all of it.
    pub(super) fn in_order(&self) -> Self {
        Self {
            loader: self.loader.in_order(),
            targets: self.targets.clone(),
        }
    }

    /// The loader of the pictures.
    #[must_use]
    pub fn loader(&self) -> &DataLoader {
        &self.loader
    }

    /// The batches of an epoch.
    pub fn batches(&self, epoch: usize) -> impl Iterator<Item = Result<TaskBatch>> + '_ {
        let batches = self.loader.batches(epoch);
        batches.map(|batch| self.with_targets(batch?))
    }

    fn with_targets(&self, batch: Batch) -> Result<TaskBatch> {
        if batch.indices.is_empty() {
            // None of its pictures could be decoded: whoever gets it passes over it.
            return Ok(TaskBatch {
                xs: batch.xs.shallow_clone(),
                targets: Vec::new(),
                batch,
            });
        }
        let target = |(target, known): &(Target, Option<Arc<BTreeSet<usize>>>)| {
            let found = found(target, &batch)?;
            let Some(known) = known else { return Ok(found) };
            let unknown: Vec<bool> = batch
                .indices
                .iter()
                .map(|index| !known.contains(index))
                .collect();
            let mut shape = vec![1; found.dim()];
            shape[0] = -1;
            let unknown = Tensor::from_slice(&unknown).view(&shape[..]);
            Ok(match found.kind() {
                Kind::Int64 => found.masked_fill(&unknown, UNLABELLED),
                _ => found.masked_fill(&unknown, f64::NAN),
            })
        };
        let targets = self.targets.iter().map(target).collect::<Result<_>>()?;
        Ok(TaskBatch {
            xs: batch.xs.shallow_clone(),
            targets,
            batch,
        })
    }
}

fn found(target: &Target, batch: &Batch) -> Result<Tensor> {
    Ok(match target {
        Target::Label => batch.labels.shallow_clone(),
        Target::Class(column) => {
            let numbers = batch.targets.f_select(1, *column as i64)?;
            let unknown = numbers.isnan();
            let whole = numbers.nan_to_num(0.0, None, None);
            if !whole.equal(&whole.round()) {
                let expected =
                    format!("whole numbers in column {column}, or NaN where they are not known");
                return Err(Error::argument("classes", expected, format!("{numbers:?}")));
            }
            whole.to_kind(Kind::Int64).masked_fill(&unknown, UNLABELLED)
        }
        Target::Numbers(columns) => {
            let columns: Vec<i64> = columns.iter().map(|column| *column as i64).collect();
            batch
                .targets
                .f_index_select(1, &Tensor::from_slice(&columns))?
        }
        Target::Maps(maps) => maps.of(&batch.indices)?,
    })
}
