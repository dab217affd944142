//! Which labels are likely wrong: confident learning.

use tch::Tensor;

use super::scores::{Table, argmax};
use crate::{Error, Result};

/// What two probabilities may differ by and count as equal.
const EQUAL: f64 = 1e-6;
/// The threshold of a class without a label: out of reach.
const NONE: f64 = 2.0;

/// Which labels are reported as likely wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum LabelFilter {
    /// For each given and each other class, as many as the calibrated joint says, those with the largest margin between the two
    /// (cleanlab's default, `prune_by_noise_rate`).
    #[default]
    NoiseRate,
    /// Those that the confident joint counts beside its diagonal (cleanlab's `confident_learning`).
    OffDiagonal,
}

/// A label that is likely wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelIssue {
    /// Its row.
    pub index: usize,
    /// The label that was given.
    pub label: usize,
    /// The class with the highest probability.
    pub suggestion: usize,
    /// The probability of the label that was given.
    pub self_confidence: f64,
    /// That less the highest probability of another class, brought to [0, 1]: 0 where the net is sure of the other, ½ where it
    /// cannot tell them apart.
    pub normalized_margin: f64,
}

/// Confident learning (Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 2021), as
/// cleanlab computes it: the joint distribution of given and true labels, estimated from what a net says of pictures **that
/// it has not learned from** ([`out_of_fold`](fn@crate::train::out_of_fold) gives that), and the labels that do not fit it.
///
/// A picture counts as surely of a class if its probability reaches the mean that pictures with that label have, so that a class
/// of which the net is never sure is not accused as a whole.
///
/// What is found is *likely* wrong: hard, rare and mixed pictures are found with it. Look before you change a label.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let said = Tensor::from_slice(&[0.9, 0.1, 0.8, 0.2, 0.1, 0.9, 0.2, 0.8, 0.05, 0.95]).view([5, 2]);
/// let labels = Tensor::from_slice(&[0i64, 0, 1, 1, 0]);
/// let found: Vec<LabelIssue> = ConfidentLearning::of(&said, &labels)?.label_issues(LabelFilter::NoiseRate);
/// assert_eq!((found.len(), found[0].index, found[0].suggestion), (1, 4, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ConfidentLearning {
    /// For each class, the mean probability of it over the rows with that label; 2 for a class that no label names.
    pub thresholds: Vec<f64>,
    /// The confident joint: for each given class (outer) and each class (inner), how many rows are surely of it. The diagonal
    /// is at least 1.
    pub counts: Vec<Vec<usize>>,
    /// The same, calibrated to as many rows of each given class as there are.
    pub joint: Vec<Vec<usize>>,
    rows: Vec<Row>,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    label: usize,
    probabilities: Vec<f64>,
    /// The class that it is surely of.
    sure: Option<usize>,
}

impl ConfidentLearning {
    /// The joint of probabilities `[N, C]` and labels `[N]`.
    ///
    /// # Errors
    ///
    /// The shapes do not fit, there are fewer than two classes or no rows, a label is not below C, or a row is no distribution
    /// (logits, for example).
    pub fn of(probabilities: &Tensor, labels: &Tensor) -> Result<Self> {
        let table = Table::new(probabilities, labels)?;
        let classes = probabilities.size()[1] as usize;
        if classes < 2 || table.len() == 0 {
            let found = format!("{:?}", probabilities.size());
            return Err(Error::argument(
                "probabilities",
                "rows of two or more classes",
                found,
            ));
        }
        for (row, _) in table.rows() {
            let sum: f64 = row.iter().sum();
            if (sum - 1.0).abs() > 0.02 || sum.is_nan() || row.iter().any(|&value| value < 0.0) {
                let expected = "rows of numbers from 0 to 1 that add up to 1; of logits, xs.softmax(-1, Kind::Float)";
                return Err(Error::argument(
                    "probabilities",
                    expected,
                    format!("{row:?}"),
                ));
            }
        }
        let threshold = |class: usize| {
            let own: Vec<f64> = table
                .rows()
                .filter(|(_, label)| *label == class)
                .map(|(row, _)| row[class])
                .collect();
            match own.len() {
                0 => NONE,
                count => (own.iter().sum::<f64>() / count as f64).max(2.0 * EQUAL),
            }
        };
        let thresholds: Vec<f64> = (0..classes).map(threshold).collect();
        let sure = |row: &[f64]| {
            let reached: Vec<usize> = (0..classes)
                .filter(|&class| row[class] >= thresholds[class] - EQUAL)
                .collect();
            match reached[..] {
                [] => None,
                [one] => Some(one),
                // Of several, the likeliest of all.
                _ => Some(argmax(row).0),
            }
        };
        let rows: Vec<Row> = table
            .rows()
            .map(|(row, label)| Row {
                label,
                probabilities: row.to_vec(),
                sure: sure(row),
            })
            .collect();
        let mut counts = vec![vec![0; classes]; classes];
        for row in &rows {
            if let Some(sure) = row.sure {
                counts[row.label][sure] += 1;
            }
        }
        for (class, given) in counts.iter_mut().enumerate() {
            given[class] = given[class].max(1);
        }
        let joint = calibrated(&counts, &rows);
        Ok(Self {
            thresholds,
            counts,
            joint,
            rows,
        })
    }

    /// How many labels the joint says are wrong: what is beside its diagonal.
    #[must_use]
    pub fn wrong(&self) -> usize {
        let beside = |(class, row): (usize, &Vec<usize>)| row.iter().sum::<usize>() - row[class];
        self.joint.iter().enumerate().map(beside).sum()
    }

    /// The labels that are likely wrong, the likeliest first (by [`LabelIssue::normalized_margin`]). None whose class the net
    /// itself finds the likeliest.
    #[must_use]
    pub fn label_issues(&self, filter: LabelFilter) -> Vec<LabelIssue> {
        let chosen = match filter {
            LabelFilter::NoiseRate => self.pruned(),
            LabelFilter::OffDiagonal => self
                .rows
                .iter()
                .map(|row| row.sure.is_some_and(|sure| sure != row.label))
                .collect(),
        };
        let mut found: Vec<LabelIssue> = self
            .rows
            .iter()
            .enumerate()
            .filter(|(index, _)| chosen[*index])
            .map(|(index, row)| row.issue(index))
            .filter(|issue| issue.suggestion != issue.label)
            .collect();
        found.sort_by(|one, other| one.normalized_margin.total_cmp(&other.normalized_margin));
        found
    }

    /// For each row, whether it is among those of its class with the largest margin toward some other.
    fn pruned(&self) -> Vec<bool> {
        let classes = self.thresholds.len();
        let mut chosen = vec![false; self.rows.len()];
        let to_prune = prune_counts(&self.joint);
        for given in 0..classes {
            let own: Vec<usize> = (0..self.rows.len())
                .filter(|&row| self.rows[row].label == given)
                .collect();
            // The last one of a class stays.
            if own.len() < 2 {
                continue;
            }
            for other in (0..classes).filter(|&other| other != given) {
                let margin = |row: &usize| {
                    let probabilities = &self.rows[*row].probabilities;
                    probabilities[other] - probabilities[given]
                };
                let mut ranked = own.clone();
                ranked.sort_by(|one, another| margin(another).total_cmp(&margin(one)));
                for &row in ranked.iter().take(to_prune[given][other]) {
                    chosen[row] = true;
                }
            }
        }
        chosen
    }
}

impl Row {
    fn issue(&self, index: usize) -> LabelIssue {
        let own = self.probabilities[self.label];
        let others = self
            .probabilities
            .iter()
            .enumerate()
            .filter(|(class, _)| *class != self.label);
        let highest = others
            .map(|(_, &value)| value)
            .fold(f64::NEG_INFINITY, f64::max);
        // The given class is the likeliest also where it is only as likely as another.
        let mut favoured = self.probabilities.clone();
        favoured[self.label] += EQUAL;
        LabelIssue {
            index,
            label: self.label,
            suggestion: argmax(&favoured).0,
            self_confidence: own,
            normalized_margin: (own - highest + 1.0) / 2.0,
        }
    }
}

/// The counts, each row scaled to the number of its labels, in whole numbers.
fn calibrated(counts: &[Vec<usize>], rows: &[Row]) -> Vec<Vec<usize>> {
    let scaled = counts.iter().enumerate().map(|(class, given)| {
        let labels = rows.iter().filter(|row| row.label == class).count() as f64;
        let sum: usize = given.iter().sum();
        round(
            &given
                .iter()
                .map(|&count| count as f64 / sum as f64 * labels)
                .collect::<Vec<f64>>(),
        )
    });
    scaled.collect()
}

/// How many of each given class (outer) are pruned toward each other class (inner): the joint, with at least one right
/// label left for each class that is thought to be true.
fn prune_counts(joint: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let classes = joint.len();
    let mut counts = joint.to_vec();
    for given in 0..classes {
        let lacking = 1usize.saturating_sub(joint[given][given]);
        if lacking == 0 {
            continue;
        }
        // What the diagonal is raised by is taken evenly from the others, in whole numbers.
        let others = joint[given]
            .iter()
            .filter(|&&count| count > 0)
            .count()
            .max(2)
            - 1;
        let less = lacking as f64 / others as f64;
        for other in (0..classes).filter(|&other| other != given) {
            counts[given][other] = (joint[given][other] as f64 - less).max(0.0) as usize;
        }
    }
    counts
}

/// Whole numbers with the same sum: those furthest from what they were rounded to are moved by one.
fn round(values: &[f64]) -> Vec<usize> {
    let mut whole: Vec<f64> = values.iter().map(|value| value.round_ties_even()).collect();
    let sum = values.iter().sum::<f64>().round_ties_even();
    loop {
        let off = sum - whole.iter().sum::<f64>();
        if off.abs() < 0.5 {
            return whole.into_iter().map(|value| value as usize).collect();
        }
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&one, &other| {
            (values[one] - whole[one]).total_cmp(&(values[other] - whole[other]))
        });
        if off > 0.0 {
            order.reverse();
        }
        for &place in order.iter().take(off.abs() as usize) {
            whole[place] += off.signum();
        }
    }
}
