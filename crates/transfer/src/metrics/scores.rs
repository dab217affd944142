//! Scores `[N, C]` with labels `[N]`, checked once for all measures.

use tch::{Device, Kind, Tensor};

use crate::{Error, Result};

/// The numbers of both, row by row.
pub(super) struct Table {
    scores: Vec<f64>,
    labels: Vec<usize>,
    classes: usize,
}

impl Table {
    /// # Errors
    ///
    /// The shapes do not fit, or a label is not below C.
    pub(super) fn new(scores: &Tensor, labels: &Tensor) -> Result<Self> {
        let size = scores.size();
        let [rows, classes] = size[..] else {
            return Err(Error::argument(
                "scores",
                "a tensor [N, C]",
                format!("{size:?}"),
            ));
        };
        if classes == 0 {
            return Err(Error::argument(
                "scores",
                "one column or more",
                format!("{size:?}"),
            ));
        }
        if labels.size() != [rows] {
            return Err(Error::argument(
                "labels",
                format!("one per row of the scores, [{rows}]"),
                format!("{:?}", labels.size()),
            ));
        }
        let values = scores
            .to_device(Device::Cpu)
            .to_kind(Kind::Double)
            .flatten(0, -1);
        let list = Vec::<i64>::try_from(&labels.to_device(Device::Cpu).to_kind(Kind::Int64))?;
        let label = |label: &i64| {
            let fits = usize::try_from(*label)
                .ok()
                .filter(|label| *label < classes as usize);
            fits.ok_or_else(|| {
                Error::argument(
                    "label",
                    format!("0 to {}, a column of the scores", classes - 1),
                    label,
                )
            })
        };
        let labels = list.iter().map(label).collect::<Result<_>>()?;
        Ok(Self {
            scores: Vec::<f64>::try_from(&values)?,
            labels,
            classes: classes as usize,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (&[f64], usize)> {
        self.scores
            .chunks_exact(self.classes)
            .zip(self.labels.iter().copied())
    }
}

/// The position of the greatest number, and the number: the first of equal ones; what is not a number is passed
/// over.
pub(super) fn argmax(row: &[f64]) -> (usize, f64) {
    row.iter()
        .copied()
        .enumerate()
        .fold((0, f64::NAN), |best, entry| {
            if entry.1 > best.1 || best.1.is_nan() && !entry.1.is_nan() {
                entry
            } else {
                best
            }
        })
}

/// The logarithm of the sum of the exponentials: what a softmax divides by.
pub(super) fn log_sum_exp(row: impl Iterator<Item = f64> + Clone) -> f64 {
    let highest = row.clone().fold(f64::NEG_INFINITY, f64::max);
    if !highest.is_finite() {
        return f64::NAN;
    }
    highest + row.map(|score| (score - highest).exp()).sum::<f64>().ln()
}
