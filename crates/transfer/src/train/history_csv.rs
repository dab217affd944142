//! A history as two tables of comma-separated values, and back without a bit lost: numbers are written with as many
//! digits as tell them from every other number.

use std::fmt::Display;
use std::str::FromStr;

use super::{Epoch, History, Step};
use crate::{Error, Result};

const EPOCHS: &str = "epoch,of,loss,accuracy,valid_loss,valid_accuracy,lr,pictures,seconds,cpu_seconds,peak_memory,\
                      gpu_memory,trainable,parameters";
const STEPS: &str = "step,epoch,loss,lr,grad_norm,pictures,seconds";

impl History {
    /// The epochs as comma-separated values under a line of names. What was not measured is empty.
    #[must_use]
    pub fn epochs_to_csv(&self) -> String {
        let mut csv = format!("{EPOCHS}\n");
        for e in &self.epochs {
            let Epoch {
                epoch,
                of,
                loss,
                accuracy,
                lr,
                pictures,
                seconds,
                ..
            } = e;
            let validation = format!("{},{}", cell(e.valid_loss), cell(e.valid_accuracy));
            let memory = format!("{},{}", cell(e.peak_memory), cell(e.gpu_memory));
            let measured = format!("{},{memory}", cell(e.cpu_seconds));
            let counts = format!("{},{}", e.trainable, e.parameters);
            csv += &format!(
                "{epoch},{of},{loss},{accuracy},{validation},{lr},{pictures},{seconds},{measured},{counts}\n"
            );
        }
        csv
    }

    /// The steps as comma-separated values under a line of names.
    #[must_use]
    pub fn steps_to_csv(&self) -> String {
        let mut csv = format!("{STEPS}\n");
        for s in &self.steps {
            let Step {
                step,
                epoch,
                loss,
                lr,
                grad_norm,
                pictures,
                seconds,
            } = s;
            csv += &format!("{step},{epoch},{loss},{lr},{grad_norm},{pictures},{seconds}\n");
        }
        csv
    }

    /// The epochs and steps of the two tables.
    ///
    /// # Errors
    ///
    /// A line does not have the columns that [`epochs_to_csv`](Self::epochs_to_csv) and
    /// [`steps_to_csv`](Self::steps_to_csv) write.
    pub fn from_csv(epochs: &str, steps: &str) -> Result<History> {
        let epochs = rows(epochs, EPOCHS)?.map(|mut row| {
            Ok(Epoch {
                epoch: row.next()?,
                of: row.next()?,
                loss: row.next()?,
                accuracy: row.next()?,
                valid_loss: row.optional()?,
                valid_accuracy: row.optional()?,
                lr: row.next()?,
                pictures: row.next()?,
                seconds: row.next()?,
                cpu_seconds: row.optional()?,
                peak_memory: row.optional()?,
                gpu_memory: row.optional()?,
                trainable: row.next()?,
                parameters: row.last()?,
            })
        });
        let steps = rows(steps, STEPS)?.map(|mut row| {
            Ok(Step {
                step: row.next()?,
                epoch: row.next()?,
                loss: row.next()?,
                lr: row.next()?,
                grad_norm: row.next()?,
                pictures: row.next()?,
                seconds: row.last()?,
            })
        });
        Ok(History {
            epochs: epochs.collect::<Result<_>>()?,
            steps: steps.collect::<Result<_>>()?,
            ..History::default()
        })
    }
}

fn cell<T: Display>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

struct Row<'a> {
    line: &'a str,
    cells: std::str::Split<'a, char>,
}

fn rows<'a>(csv: &'a str, names: &str) -> Result<impl Iterator<Item = Row<'a>>> {
    let mut lines = csv.lines();
    let found = lines.next().unwrap_or_default();
    if found != names {
        return Err(Error::argument(
            "history, first line",
            names,
            format!("{found:?}"),
        ));
    }
    Ok(lines.map(|line| Row {
        line,
        cells: line.split(','),
    }))
}

impl Row<'_> {
    fn cell(&mut self) -> Result<&str> {
        let line = self.line;
        self.cells.next().ok_or_else(|| wrong(line))
    }

    fn next<T: FromStr>(&mut self) -> Result<T> {
        let line = self.line;
        self.cell()?.parse().map_err(|_| wrong(line))
    }

    fn optional<T: FromStr>(&mut self) -> Result<Option<T>> {
        let line = self.line;
        let cell = self.cell()?;
        if cell.is_empty() {
            return Ok(None);
        }
        cell.parse().map(Some).map_err(|_| wrong(line))
    }

    fn last<T: FromStr>(&mut self) -> Result<T> {
        let value = self.next()?;
        match self.cells.next() {
            None => Ok(value),
            Some(_) => Err(wrong(self.line)),
        }
    }
}

fn wrong(line: &str) -> Error {
    let expected = "one number for each column name";
    Error::argument("history, a line", expected, format!("{line:?}"))
}
