//! Which class is taken for which.

use tch::{Kind, Tensor};

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

    /// How many predictions were counted.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// The share that is right, in [0, 1]; 0 where nothing was counted.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let right: usize = self
            .counts
            .iter()
            .enumerate()
            .map(|(class, row)| row[class])
            .sum();
        right as f64 / self.total().max(1) as f64
    }

    /// The pairs of classes that are mixed up, most often first: truth, prediction, how often.
    #[must_use]
    pub fn mistakes(&self) -> Vec<(usize, usize, usize)> {
        let pairs = self.counts.iter().enumerate().flat_map(|(truth, row)| {
            row.iter()
                .enumerate()
                .map(move |(prediction, &count)| (truth, prediction, count))
        });
        let mut found: Vec<_> = pairs
            .filter(|&(truth, prediction, count)| truth != prediction && count > 0)
            .collect();
        found.sort_by_key(|&(_, _, count)| std::cmp::Reverse(count));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_recall_and_mistakes() {
        let truth = Tensor::from_slice(&[0i64, 0, 1, 2, 2]);
        let found = Tensor::from_slice(&[0i64, 1, 1, 0, 0]);
        let classes: Vec<String> = ["a", "b", "c", "d"].map(String::from).to_vec();
        let matrix = ConfusionMatrix::new(&found, &truth, &classes);
        assert_eq!(matrix.counts[0], [1, 1, 0, 0]);
        assert_eq!(matrix.counts[2], [2, 0, 0, 0]);
        assert_eq!(matrix.recall(), [Some(0.5), Some(1.0), Some(0.0), None]);
        assert_eq!((matrix.total(), matrix.accuracy()), (5, 0.4));
        assert_eq!(matrix.mistakes(), [(2, 0, 2), (0, 1, 1)]);
    }
}
