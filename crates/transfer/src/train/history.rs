//! What happened in each epoch.

use std::fmt;

use polars::df;
use polars::frame::DataFrame;

use crate::{Error, Result};

/// One epoch of training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Its number, from 1.
    pub epoch: usize,
    /// How many there will be.
    pub of: usize,
    /// The mean training loss.
    pub loss: f64,
    /// The share of training pictures classified correctly, in the course of the epoch.
    pub accuracy: f64,
    /// The learning rate of the last step.
    pub lr: f64,
    /// How many pictures were trained on.
    pub pictures: usize,
    /// How long it took.
    pub seconds: f64,
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.pictures as f64 / self.seconds.max(1e-9);
        write!(
            f,
            "epoch {:>2} of {}: loss {:.3}, accuracy {:5.1} %, {:.1} s ({rate:.0} pictures/s)",
            self.epoch,
            self.of,
            self.loss,
            100.0 * self.accuracy,
            self.seconds
        )
    }
}

/// All epochs of a training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// In order.
    pub epochs: Vec<Epoch>,
    /// How often a picture could not be decoded and was left out.
    pub skipped: usize,
    /// How often a picture was alone in its batch and was left out: batch normalisation needs two.
    pub too_small: usize,
}

impl History {
    /// The seconds of all epochs together.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.epochs.iter().map(|epoch| epoch.seconds).sum()
    }

    /// One row per epoch: `epoch`, `loss`, `accuracy`, `lr`, `pictures`, `seconds`.
    ///
    /// # Errors
    ///
    /// polars refuses the columns, which it has no reason to.
    pub fn to_frame(&self) -> Result<DataFrame> {
        let column = |value: fn(&Epoch) -> f64| self.epochs.iter().map(value).collect::<Vec<f64>>();
        let count = |value: fn(&Epoch) -> usize| {
            self.epochs
                .iter()
                .map(|e| value(e) as u32)
                .collect::<Vec<u32>>()
        };
        let frame = df!(
            "epoch" => count(|e| e.epoch),
            "loss" => column(|e| e.loss),
            "accuracy" => column(|e| e.accuracy),
            "lr" => column(|e| e.lr),
            "pictures" => count(|e| e.pictures),
            "seconds" => column(|e| e.seconds),
        );
        frame.map_err(|error| Error::Display {
            what: "history",
            source: Box::new(error),
        })
    }
}
