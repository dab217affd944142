//! Precision, recall and F1, class by class and as averages.

use super::ConfusionMatrix;

/// The figures of one class, or averages of them. A share whose denominator is 0 is 0, as in scikit-learn.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scores {
    /// Of what was taken for this class, the share that is of it.
    pub precision: f64,
    /// Of what is of this class, the share that was recognised.
    pub recall: f64,
    /// The harmonic mean of the two.
    pub f1: f64,
    /// How many are of this class.
    pub support: usize,
}

/// What scikit-learn's `classification_report` says.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassReport {
    /// Names and figures, in the order of the classes.
    pub classes: Vec<(String, Scores)>,
    /// Every class counts the same.
    pub macro_avg: Scores,
    /// Every class counts as often as it occurs.
    pub weighted_avg: Scores,
    /// The share that is right.
    pub accuracy: f64,
}

impl ClassReport {
    /// The figures of a confusion matrix.
    #[must_use]
    pub fn of(matrix: &ConfusionMatrix) -> Self {
        let share = |part: usize, all: usize| part as f64 / all.max(1) as f64;
        let scores = |class: usize| {
            let right = matrix.counts[class][class];
            let support: usize = matrix.counts[class].iter().sum();
            let taken: usize = matrix.counts.iter().map(|row| row[class]).sum();
            let (precision, recall) = (share(right, taken), share(right, support));
            Scores {
                precision,
                recall,
                f1: share(2 * right, taken + support),
                support,
            }
        };
        let classes: Vec<(String, Scores)> = matrix
            .classes
            .iter()
            .cloned()
            .enumerate()
            .map(|(class, name)| (name, scores(class)))
            .collect();
        let average = |weight: &dyn Fn(&Scores) -> f64| {
            let all: f64 = classes.iter().map(|(_, scores)| weight(scores)).sum();
            let mean = |value: fn(&Scores) -> f64| {
                let sum: f64 = classes
                    .iter()
                    .map(|(_, scores)| weight(scores) * value(scores))
                    .sum();
                if all > 0.0 { sum / all } else { 0.0 }
            };
            Scores {
                precision: mean(|s| s.precision),
                recall: mean(|s| s.recall),
                f1: mean(|s| s.f1),
                support: matrix.total(),
            }
        };
        let (macro_avg, weighted_avg) =
            (average(&|_| 1.0), average(&|scores| scores.support as f64));
        Self {
            macro_avg,
            weighted_avg,
            accuracy: matrix.accuracy(),
            classes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(scores: &Scores, expected: [f64; 3]) -> bool {
        [scores.precision, scores.recall, scores.f1]
            .iter()
            .zip(expected)
            .all(|(found, expected)| (found - expected).abs() < 1e-6)
    }

    #[test]
    fn as_scikit_learn_reports_it() {
        // classification_report([0]*3 + [1]*4 + [2]*5, predictions with the counts below, labels 0 to 3)
        let classes = ["a", "b", "c", "d"].map(String::from).to_vec();
        let counts = vec![
            vec![2, 1, 0, 0],
            vec![0, 3, 1, 0],
            vec![1, 1, 2, 1],
            vec![0; 4],
        ];
        let report = ClassReport::of(&ConfusionMatrix { classes, counts });
        let figures: Vec<Scores> = report.classes.iter().map(|(_, scores)| *scores).collect();
        assert!(near(&figures[0], [2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0]));
        assert!(near(&figures[1], [0.6, 0.75, 2.0 / 3.0]));
        assert!(near(&figures[2], [2.0 / 3.0, 0.4, 0.5]));
        assert!(near(&figures[3], [0.0, 0.0, 0.0]) && figures[3].support == 0);
        assert!(
            near(
                &report.macro_avg,
                [0.483_333_333, 0.454_166_667, 0.458_333_333]
            ),
            "{:?}",
            report.macro_avg
        );
        assert!(
            near(
                &report.weighted_avg,
                [0.644_444_444, 0.583_333_333, 0.597_222_222]
            ),
            "{:?}",
            report.weighted_avg
        );
        assert!((report.accuracy - 7.0 / 12.0).abs() < 1e-12);
        let empty = ClassReport::of(&ConfusionMatrix {
            classes: Vec::new(),
            counts: Vec::new(),
        });
        assert_eq!((empty.macro_avg, empty.accuracy), (Scores::default(), 0.0));
    }
}
