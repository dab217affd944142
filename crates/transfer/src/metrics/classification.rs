//! Measures of classification.

use std::fmt;

use tch::{Kind, Tensor};

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

/// How often each class was taken for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    /// The names of the classes.
    pub classes: Vec<String>,
    /// `counts[truth][prediction]`.
    pub counts: Vec<Vec<usize>>,
}

impl ConfusionMatrix {
    /// Counts predictions against labels, both `[N]`.
    ///
    /// # Panics
    ///
    /// The two differ in length, or a value is not a position in `classes`.
    #[must_use]
    pub fn new(predictions: &Tensor, labels: &Tensor, classes: &[String]) -> Self {
        assert_eq!(
            predictions.size(),
            labels.size(),
            "one prediction per label"
        );
        let list = |tensor: &Tensor| {
            Vec::<i64>::try_from(&tensor.to_kind(Kind::Int64)).expect("a list of labels")
        };
        let mut counts = vec![vec![0; classes.len()]; classes.len()];
        for (prediction, truth) in list(predictions).into_iter().zip(list(labels)) {
            counts[truth as usize][prediction as usize] += 1;
        }
        Self {
            classes: classes.to_vec(),
            counts,
        }
    }

    /// The share of each class that was recognised (recall), in [0, 1]; `None` where it has no picture.
    #[must_use]
    pub fn recall(&self) -> Vec<Option<f64>> {
        let share = |(truth, row): (usize, &Vec<usize>)| {
            let all: usize = row.iter().sum();
            (all > 0).then(|| row[truth] as f64 / all as f64)
        };
        self.counts.iter().enumerate().map(share).collect()
    }
}

/// A measure over several seeds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// The mean.
    pub mean: f64,
    /// The sample standard deviation (n − 1); 0 for a single value.
    pub std: f64,
    /// How many values.
    pub n: usize,
}

impl Summary {
    /// The mean and deviation of `values`; all 0 where there are none.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n.max(1) as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let std = if n > 1 {
            (squares / (n - 1) as f64).sqrt()
        } else {
            0.0
        };
        Self { mean, std, n }
    }
}

/// The values as they are, with one decimal: `85.3 ± 1.2`. The unit is the caller's: summarise percentages to
/// print percentages.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ± {:.1}", self.mean, self.std)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accuracy_and_confusion() {
        let truth = Tensor::from_slice(&[0i64, 0, 1, 2]);
        let found = Tensor::from_slice(&[0i64, 1, 1, 0]);
        assert!((accuracy(&found, &truth) - 0.5).abs() < 1e-12);
        let classes: Vec<String> = ["a", "b", "c", "d"].map(String::from).to_vec();
        let matrix = ConfusionMatrix::new(&found, &truth, &classes);
        assert_eq!(matrix.counts[0], [1, 1, 0, 0]);
        assert_eq!(matrix.counts[2], [1, 0, 0, 0]);
        assert_eq!(matrix.recall(), [Some(0.5), Some(1.0), Some(0.0), None]);
    }

    #[test]
    fn mean_and_deviation() {
        let summary = Summary::of(&[80.0, 90.0, 100.0]);
        assert!((summary.mean - 90.0).abs() < 1e-12 && (summary.std - 10.0).abs() < 1e-12);
        assert_eq!(summary.to_string(), "90.0 ± 10.0");
        assert_eq!(Summary::of(&[0.5]).std, 0.0);
    }
}
