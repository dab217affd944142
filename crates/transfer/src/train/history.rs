//! What happened in each step and each epoch.

use std::fmt;

use polars::df;
use polars::frame::DataFrame;

use crate::data::Skipped;
use crate::{Error, Result};

/// One step of the optimiser.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Its number in the training, from 1. Steps whose batches had no usable picture are counted and have no entry.
    pub step: usize,
    /// The epoch that it belongs to, from 1.
    pub epoch: usize,
    /// The mean loss over its pictures.
    pub loss: f64,
    /// The learning rate of the head.
    pub lr: f64,
    /// The norm of all gradients together, before clipping.
    pub grad_norm: f64,
    /// How many pictures it learned from.
    pub pictures: usize,
    /// How long it took, waiting for the pictures included.
    pub seconds: f64,
}

/// One epoch of training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Its number, from 1.
    pub epoch: usize,
    /// How many there will be.
    pub of: usize,
    /// The mean training loss, label smoothing and class weights included.
    pub loss: f64,
    /// The share of training pictures classified correctly, in the course of the epoch; of mixed pictures, those for
    /// which the first one's class is found; not a number (NaN) where a loss of the batch trains something else than
    /// classes.
    pub accuracy: f64,
    /// The same loss on the pictures for validation, where there are any.
    pub valid_loss: Option<f64>,
    /// The share of them classified correctly.
    pub valid_accuracy: Option<f64>,
    /// The learning rate of the last step (of the head).
    pub lr: f64,
    /// How many pictures were trained on.
    pub pictures: usize,
    /// How long it took, without the validation.
    pub seconds: f64,
    /// The processor time of the whole process in it, where the system tells.
    pub cpu_seconds: Option<f64>,
    /// The most memory that the process has had resident so far, in bytes, where the system tells.
    pub peak_memory: Option<u64>,
    /// The memory in use on the net's GPU at the epoch's end, by all processes, in bytes: as `nvidia-smi` tells it, which
    /// numbers GPUs without regard to `CUDA_VISIBLE_DEVICES`. None on a CPU.
    pub gpu_memory: Option<u64>,
    /// How many numbers training could change.
    pub trainable: i64,
    /// How many the net has.
    pub parameters: i64,
}

impl Epoch {
    /// Training pictures per second.
    #[must_use]
    pub fn images_per_second(&self) -> f64 {
        self.pictures as f64 / self.seconds.max(1e-9)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "epoch {:>2} of {}: loss {:.3}, ",
            self.epoch, self.of, self.loss,
        )?;
        if !self.accuracy.is_nan() {
            write!(f, "accuracy {:5.1} %, ", 100.0 * self.accuracy)?;
        }
        match (self.valid_loss, self.valid_accuracy) {
            (Some(loss), Some(accuracy)) => {
                write!(f, "validation {loss:.3} and {:5.1} %, ", 100.0 * accuracy)?;
            }
            (Some(loss), None) => write!(f, "validation {loss:.3}, ")?,
            (None, _) => {}
        }
        let rate = self.images_per_second();
        write!(f, "{:.1} s ({rate:.0} pictures/s)", self.seconds)
    }
}

/// All steps and epochs of a training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// In order.
    pub epochs: Vec<Epoch>,
    /// In order.
    pub steps: Vec<Step>,
    /// How often a picture could not be decoded and was left out.
    pub skipped: usize,
    /// What could not be decoded, in training or in validation, and why: each picture once, by name.
    pub unreadable: Vec<Skipped>,
    /// How often a picture was alone in its batch and was left out: batch normalisation needs two.
    pub too_small: usize,
    /// Why the training ended before its last epoch, if it did.
    pub stopped: Option<Stopped>,
}

/// Why a training ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// A callback asked for it.
    ByCallback,
    /// The monitored value no longer improved.
    Early {
        /// The epoch that was best, from 1.
        best: usize,
    },
}

impl History {
    /// The seconds of all epochs together, without validation.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.epochs.iter().map(|epoch| epoch.seconds).sum()
    }

    /// The same without what a clock or the system measured: equal for equal trainings.
    #[must_use]
    pub fn without_measurements(&self) -> History {
        let mut history = self.clone();
        for epoch in &mut history.epochs {
            (epoch.seconds, epoch.cpu_seconds) = (0.0, None);
            (epoch.peak_memory, epoch.gpu_memory) = (None, None);
        }
        for step in &mut history.steps {
            step.seconds = 0.0;
        }
        history
    }

    /// One row per epoch: `epoch`, `loss`, `accuracy`, `valid_loss`, `valid_accuracy`, `lr`, `pictures`, `seconds`,
    /// `cpu_seconds`, `peak_memory`, `gpu_memory`, `trainable`, `parameters`. What was not measured is null.
    ///
    /// # Errors
    ///
    /// polars refuses the columns, which it has no reason to.
    pub fn to_frame(&self) -> Result<DataFrame> {
        let frame = df!(
            "epoch" => self.of_epochs(|e| e.epoch as u32),
            "loss" => self.of_epochs(|e| e.loss),
            "accuracy" => self.of_epochs(|e| e.accuracy),
            "valid_loss" => self.of_epochs(|e| e.valid_loss),
            "valid_accuracy" => self.of_epochs(|e| e.valid_accuracy),
            "lr" => self.of_epochs(|e| e.lr),
            "pictures" => self.of_epochs(|e| e.pictures as u32),
            "seconds" => self.of_epochs(|e| e.seconds),
            "cpu_seconds" => self.of_epochs(|e| e.cpu_seconds),
            "peak_memory" => self.of_epochs(|e| e.peak_memory),
            "gpu_memory" => self.of_epochs(|e| e.gpu_memory),
            "trainable" => self.of_epochs(|e| e.trainable),
            "parameters" => self.of_epochs(|e| e.parameters),
        );
        frame.map_err(refused)
    }

    /// One row per step: `step`, `epoch`, `loss`, `lr`, `grad_norm`, `pictures`, `seconds`.
    ///
    /// # Errors
    ///
    /// As [`to_frame`](Self::to_frame).
    pub fn steps_to_frame(&self) -> Result<DataFrame> {
        let frame = df!(
            "step" => self.of_steps(|s| s.step as u32),
            "epoch" => self.of_steps(|s| s.epoch as u32),
            "loss" => self.of_steps(|s| s.loss),
            "lr" => self.of_steps(|s| s.lr),
            "grad_norm" => self.of_steps(|s| s.grad_norm),
            "pictures" => self.of_steps(|s| s.pictures as u32),
            "seconds" => self.of_steps(|s| s.seconds),
        );
        frame.map_err(refused)
    }

    /// Writes down what could not be decoded.
    pub(super) fn note(&mut self, skipped: &[Skipped]) {
        note(&mut self.unreadable, skipped);
    }

    fn of_epochs<T>(&self, value: fn(&Epoch) -> T) -> Vec<T> {
        self.epochs.iter().map(value).collect()
    }

    fn of_steps<T>(&self, value: fn(&Step) -> T) -> Vec<T> {
        self.steps.iter().map(value).collect()
    }
}

fn refused(error: polars::error::PolarsError) -> Error {
    Error::Display {
        what: "history",
        source: Box::new(error),
    }
}

/// Adds what could not be decoded to a list that has each picture once, by name.
pub(super) fn note(unreadable: &mut Vec<Skipped>, skipped: &[Skipped]) {
    for one in skipped {
        let place = |known: &Skipped| known.path.cmp(&one.path);
        if let Err(at) = unreadable.binary_search_by(place) {
            unreadable.insert(at, one.clone());
        }
    }
}
