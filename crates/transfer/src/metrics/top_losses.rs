//! The predictions that are furthest off: mislabelled pictures, hard ones, and what a net has not understood.

use tch::Tensor;

use super::scores::{Table, argmax, log_sum_exp};
use crate::Result;

/// One prediction and how bad it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TopLoss {
    /// Its row in the logits: in the order of the loader, a position in `indices`.
    pub index: usize,
    /// The true class.
    pub label: usize,
    /// The class with the highest logit.
    pub prediction: usize,
    /// The probability of the predicted class.
    pub confidence: f64,
    /// The cross-entropy, in nats: minus the logarithm of the true class's probability.
    pub loss: f64,
}

/// The `k` rows of logits `[N, C]` with the highest cross-entropy against labels `[N]`, worst first; all of them
/// where there are fewer. Rows whose loss is not a number come first of all: something is wrong with them.
///
/// # Errors
///
/// The shapes do not fit, or a label is not below C.
pub fn top_losses(logits: &Tensor, labels: &Tensor, k: usize) -> Result<Vec<TopLoss>> {
    let table = Table::new(logits, labels)?;
    let of_row = |(index, (row, label)): (usize, (&[f64], usize))| {
        let sum = log_sum_exp(row.iter().copied());
        let (prediction, highest) = argmax(row);
        TopLoss {
            index,
            label,
            prediction,
            confidence: (highest - sum).exp(),
            loss: sum - row[label],
        }
    };
    let mut found: Vec<TopLoss> = table.rows().enumerate().map(of_row).collect();
    let rank = |entry: &TopLoss| {
        if entry.loss.is_nan() {
            f64::INFINITY
        } else {
            entry.loss
        }
    };
    found.sort_by(|a, b| {
        b.loss
            .is_nan()
            .cmp(&a.loss.is_nan())
            .then(rank(b).total_cmp(&rank(a)))
    });
    found.truncate(k);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worst_first_and_as_libtorch_computes_it() {
        let logits =
            Tensor::from_slice(&[2.0, 0.0, -1.0, 0.0, 3.0, 0.0, 1.0, 1.0, 1.0]).view([3, 3]);
        let labels = Tensor::from_slice(&[2i64, 1, 0]);
        let found = top_losses(&logits, &labels, 10).unwrap();
        assert_eq!(
            found.iter().map(|entry| entry.index).collect::<Vec<_>>(),
            [0, 2, 1]
        );
        assert_eq!((found[0].label, found[0].prediction), (2, 0));
        assert!(
            (found[1].loss - 3f64.ln()).abs() < 1e-12
                && (found[1].confidence - 1.0 / 3.0).abs() < 1e-12
        );
        let mean = found.iter().map(|entry| entry.loss).sum::<f64>() / 3.0;
        let expected = logits.cross_entropy_for_logits(&labels).double_value(&[]);
        // In single precision there.
        assert!((mean - expected).abs() < 1e-6);
        assert_eq!(top_losses(&logits, &labels, 1).unwrap(), found[..1]);
        assert!(top_losses(&logits, &labels.slice(0, 0, 2, 1), 1).is_err());
    }

    #[test]
    fn broken_rows_come_first() {
        let logits = Tensor::from_slice(&[0.0, 100.0, f64::NAN, 0.0]).view([2, 2]);
        let found = top_losses(&logits, &Tensor::from_slice(&[0i64, 0]), 2).unwrap();
        assert!(found[0].index == 1 && found[0].loss.is_nan());
        assert!((found[1].loss - 100.0).abs() < 1e-9);
    }
}
