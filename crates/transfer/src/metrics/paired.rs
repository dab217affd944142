//! Whether one method is better than another, judged on the same seeds.

use std::fmt;

use super::{Summary, student};
use crate::{Error, Result};

/// The differences of two methods, seed by seed. What a seed does to both (an easy split, a lucky choice of
/// labels) drops out, so that a small difference shows which would be lost among the deviations of each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedDifference {
    /// Mean and deviation of the differences, first minus second.
    pub summary: Summary,
    /// The probability of a mean at least so far from 0 if the methods were equally good: the two-sided paired t
    /// test. 1 where all differences are 0; 0 where all are the same other number.
    pub p_value: f64,
}

impl PairedDifference {
    /// Compares values of the same seeds, in the same order.
    ///
    /// # Errors
    ///
    /// The two differ in length, there are fewer than two, or one is not finite.
    pub fn of(first: &[f64], second: &[f64]) -> Result<Self> {
        if first.len() != second.len() || first.len() < 2 {
            let found = format!("{} and {}", first.len(), second.len());
            return Err(Error::argument(
                "values to compare",
                "two or more of each method, of the same seeds",
                found,
            ));
        }
        if let Some(value) = first.iter().chain(second).find(|value| !value.is_finite()) {
            return Err(Error::argument(
                "values to compare",
                "finite numbers",
                value,
            ));
        }
        let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
        let summary = Summary::of(&differences);
        let p_value = if summary.std > 0.0 {
            let t = summary.mean / (summary.std / (summary.n as f64).sqrt());
            2.0 * student::cdf(-t.abs(), (summary.n - 1) as f64)
        } else {
            f64::from(summary.mean == 0.0)
        };
        Ok(Self { summary, p_value })
    }

    /// The interval that holds the true difference with that confidence.
    ///
    /// # Errors
    ///
    /// `level` is not between 0 and 1.
    pub fn confidence_interval(&self, level: f64) -> Result<(f64, f64)> {
        self.summary.confidence_interval(level)
    }
}

/// `+2.1 ± 0.8 over 5 seeds (p = 0.004)`.
impl fmt::Display for PairedDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { mean, std, n } = self.summary;
        write!(
            f,
            "{mean:+.1} ± {std:.1} over {n} seeds (p = {:.3})",
            self.p_value
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_scipy_tests_it() {
        // scipy.stats.ttest_rel(a, b): t = 4.4721359550, p = 0.0110565
        let (a, b) = (
            [80.0, 85.0, 90.0, 78.0, 88.0],
            [78.0, 82.0, 89.0, 77.0, 85.0],
        );
        let difference = PairedDifference::of(&a, &b).unwrap();
        assert!((difference.summary.mean - 2.0).abs() < 1e-12);
        assert!(
            (difference.p_value - 0.011_056_5).abs() < 1e-6,
            "{}",
            difference.p_value
        );
        let (low, high) = difference.confidence_interval(0.95).unwrap();
        assert!(
            (low - 0.758_336).abs() < 1e-5 && (high - 3.241_664).abs() < 1e-5,
            "{low} {high}"
        );
        assert_eq!(
            difference.to_string(),
            "+2.0 ± 1.0 over 5 seeds (p = 0.011)"
        );
    }

    #[test]
    fn edges() {
        assert_eq!(
            PairedDifference::of(&[1.0, 2.0], &[1.0, 2.0])
                .unwrap()
                .p_value,
            1.0
        );
        assert_eq!(
            PairedDifference::of(&[2.0, 3.0], &[1.0, 2.0])
                .unwrap()
                .p_value,
            0.0
        );
        for (a, b) in [
            (vec![1.0], vec![1.0]),
            (vec![1.0, 2.0], vec![1.0]),
            (vec![1.0, f64::NAN], vec![1.0, 2.0]),
        ] {
            assert!(PairedDifference::of(&a, &b).is_err());
        }
    }
}
