//! How often the right class comes first, or among the first few.

use tch::{Kind, Tensor};

use super::scores;
use crate::{Error, Result};

/// The share of equal entries of two `[N]` integer tensors, in [0, 1]; 0 where there are none.
///
/// # Panics
///
/// The two differ in length.
#[must_use]
pub fn accuracy(predictions: &Tensor, labels: &Tensor) -> f64 {
    assert_eq!(
        predictions.size(),
        labels.size(),
        "one prediction per label"
    );
    if labels.numel() == 0 {
        return 0.0;
    }
    predictions
        .eq_tensor(labels)
        .to_kind(Kind::Double)
        .mean(Kind::Double)
        .double_value(&[])
}

/// The share of rows whose label is among the `k` highest scores, in [0, 1]; 0 where there are none. `scores`
/// are logits or probabilities `[N, C]`, `labels` is `[N]`. A `k` above C counts as C. Of equal scores, those of
/// the lower class come first; a score that is not a number comes last.
///
/// # Errors
///
/// The shapes do not fit, a label is not below C, or `k` is 0.
pub fn top_k_accuracy(scores: &Tensor, labels: &Tensor, k: usize) -> Result<f64> {
    let table = scores::Table::new(scores, labels)?;
    if k == 0 {
        return Err(Error::argument("k of the top-k accuracy", "1 or more", k));
    }
    let hit = |row: &[f64], label: usize| {
        let value = row[label];
        let ahead = |(class, score): (usize, &f64)| {
            *score > value
                || (value.is_nan() && !score.is_nan())
                || (class < label && *score == value)
        };
        !value.is_nan() && row.iter().enumerate().filter(|&entry| ahead(entry)).count() < k
    };
    let hits = table.rows().filter(|&(row, label)| hit(row, label)).count();
    Ok(hits as f64 / table.len().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_of_equal_entries() {
        let truth = Tensor::from_slice(&[0i64, 0, 1, 2]);
        let found = Tensor::from_slice(&[0i64, 1, 1, 0]);
        assert!((accuracy(&found, &truth) - 0.5).abs() < 1e-12);
        assert_eq!(
            accuracy(&found.slice(0, 0, 0, 1), &truth.slice(0, 0, 0, 1)),
            0.0
        );
    }

    #[test]
    fn among_the_first_few() {
        // scikit-learn's example of top_k_accuracy_score: 0.75 for k = 2, 1 for k = 3.
        let scores =
            Tensor::from_slice(&[0.5, 0.2, 0.2, 0.3, 0.4, 0.2, 0.2, 0.4, 0.3, 0.7, 0.2, 0.1])
                .view([4, 3]);
        let labels = Tensor::from_slice(&[0i64, 1, 2, 2]);
        let top = |k| top_k_accuracy(&scores, &labels, k).unwrap();
        assert_eq!((top(1), top(2), top(3), top(9)), (0.5, 0.75, 1.0, 1.0));
        let tied = Tensor::zeros([2, 3], (Kind::Float, tch::Device::Cpu));
        assert_eq!(
            top_k_accuracy(&tied, &Tensor::from_slice(&[0i64, 2]), 2).unwrap(),
            0.5
        );
        let nothing = Tensor::from_slice(&[f64::NAN, 0.0]).view([1, 2]);
        assert_eq!(
            top_k_accuracy(&nothing, &Tensor::from_slice(&[0i64]), 2).unwrap(),
            0.0
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let scores = Tensor::zeros([2, 3], (Kind::Float, tch::Device::Cpu));
        let refused = |scores: &Tensor, labels: &[i64], k| {
            top_k_accuracy(scores, &Tensor::from_slice(labels), k)
                .unwrap_err()
                .to_string()
        };
        assert!(refused(&scores, &[0], 1).contains("[2]"));
        assert!(refused(&scores, &[0, 3], 1).contains("3"));
        assert!(refused(&scores, &[0, -1], 1).contains("-1"));
        assert!(refused(&scores.view([6]), &[0; 6], 1).contains("[N, C]"));
        assert!(refused(&scores, &[0, 1], 0).contains("k of"));
    }
}
