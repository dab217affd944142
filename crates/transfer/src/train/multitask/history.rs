//! What happened in a training of several tasks.

use crate::multitask::{Products, Weighed};

/// What one step came to.
#[derive(Debug, Clone, PartialEq)]
pub struct MultiTaskStep {
    /// Its number, from 1.
    pub step: usize,
    /// Its epoch, from 1.
    pub epoch: usize,
    /// The learning rate of the heads in it.
    pub lr: f64,
    /// The tasks that had labels, their losses and weights, and the products of their gradients, where the rule needs them or they are watched.
    pub weighed: Weighed,
    /// The norm of all gradients, before they were clipped.
    pub grad_norm: f64,
    /// Pictures in it.
    pub pictures: usize,
    /// Seconds that it took, without the decoding of pictures ahead of it.
    pub seconds: f64,
}

/// What happened in a training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MultiTaskHistory {
    /// Its steps.
    pub steps: Vec<MultiTaskStep>,
    /// Pictures that could not be decoded.
    pub skipped: usize,
    /// Pictures that were alone in their batch, of which batch normalisation has no statistics.
    pub too_small: usize,
    /// Pictures of batches in which no task had a label.
    pub unlabelled: usize,
    /// How much the tasks helped each other ([`affinity`](crate::multitask::affinity())), by the numbers of the steps, where that was asked for.
    pub affinities: Vec<(usize, Vec<Vec<f64>>)>,
}

impl MultiTaskHistory {
    /// The seconds of all steps.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.steps.iter().map(|step| step.seconds).sum()
    }

    /// The losses of a task, as points of step and loss.
    #[must_use]
    pub fn losses(&self, task: usize) -> Vec<(f64, f64)> {
        self.points(task, |weighed| &weighed.losses)
    }

    /// The weights of a task, as points of step and weight.
    #[must_use]
    pub fn weights(&self, task: usize) -> Vec<(f64, f64)> {
        self.points(task, |weighed| &weighed.weights)
    }

    fn points(&self, task: usize, of: impl Fn(&Weighed) -> &Vec<f64>) -> Vec<(f64, f64)> {
        let point = |step: &MultiTaskStep| {
            let place = step.weighed.tasks.iter().position(|of| *of == task)?;
            Some((step.step as f64, of(&step.weighed)[place]))
        };
        self.steps.iter().filter_map(point).collect()
    }

    /// The cosines between the gradients of two tasks, as points of step and cosine, of the steps in which products are known.
    #[must_use]
    pub fn cosines(&self, one: usize, other: usize) -> Vec<(f64, f64)> {
        self.known([one, other], |products, [one, other]| {
            products.cosine(one, other)
        })
    }

    /// The lengths (Euclidean norms) of a task's gradient, as points of step and length, of the steps in which products are known.
    #[must_use]
    pub fn gradient_norms(&self, task: usize) -> Vec<(f64, f64)> {
        self.known([task, task], |products, [one, _]| {
            products.at(one, one).sqrt()
        })
    }

    /// What products say of two tasks, where they are known of both.
    fn known(
        &self,
        tasks: [usize; 2],
        said: impl Fn(&Products, [usize; 2]) -> f64,
    ) -> Vec<(f64, f64)> {
        let point = |step: &MultiTaskStep| {
            let place = |task: usize| step.weighed.tasks.iter().position(|of| *of == task);
            let places = [place(tasks[0])?, place(tasks[1])?];
            let products = step.weighed.products.as_ref()?;
            Some((step.step as f64, said(products, places)))
        };
        self.steps.iter().filter_map(point).collect()
    }

    /// In which share of the pairs of tasks, in the steps in which products are known, gradients pointed against each other; not a number where
    /// there was none.
    #[must_use]
    pub fn conflicts(&self) -> f64 {
        let (mut against, mut all) = (0.0, 0.0);
        for products in self
            .steps
            .iter()
            .filter_map(|step| step.weighed.products.as_ref())
        {
            for one in 0..products.tasks() {
                for other in 0..one {
                    against += f64::from(u8::from(products.at(one, other) < 0.0));
                    all += 1.0;
                }
            }
        }
        against / all
    }

    /// The mean of the affinities; empty where none was asked for.
    #[must_use]
    pub fn mean_affinity(&self) -> Vec<Vec<f64>> {
        let Some((_, first)) = self.affinities.first() else {
            return Vec::new();
        };
        let count = self.affinities.len() as f64;
        let mean = |one: usize, other: usize| {
            let values = self.affinities.iter().map(|(_, of)| of[one][other]);
            values.sum::<f64>() / count
        };
        let tasks = 0..first.len();
        tasks
            .clone()
            .map(|one| tasks.clone().map(|other| mean(one, other)).collect())
            .collect()
    }
}
