//! A measure over several seeds, and how sure one can be of its mean.

use std::fmt;

use super::student;
use crate::{Error, Result};

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

    /// The interval that holds the true mean with that confidence (0.95, for example), if the values are a sample
    /// of a normal distribution: mean ± t · std / √n (Student, "The probable error of a mean", 1908).
    ///
    /// # Errors
    ///
    /// `level` is not between 0 and 1, or there are fewer than two values, which say nothing about their spread.
    pub fn confidence_interval(&self, level: f64) -> Result<(f64, f64)> {
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::argument(
                "confidence level",
                "a share between 0 and 1, such as 0.95",
                level,
            ));
        }
        if self.n < 2 {
            return Err(Error::argument(
                "values for a confidence interval",
                "2 or more",
                self.n,
            ));
        }
        let t = student::quantile(0.5 + level / 2.0, (self.n - 1) as f64);
        let half = t * self.std / (self.n as f64).sqrt();
        Ok((self.mean - half, self.mean + half))
    }
}

/// The values as they are, with one decimal: `85.3 ± 1.2`, and `85.3` alone where a single value says nothing of its
/// spread; `–` where a value is not a number. The unit is the caller's: summarise percentages to print percentages.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.mean.is_nan() {
            return f.write_str("–");
        }
        let mean = format!("{:.1}", self.mean);
        // Nothing is nothing, from whichever side.
        f.write_str(if mean == "-0.0" { "0.0" } else { &mean })?;
        match self.n {
            0 | 1 => Ok(()),
            _ => write!(f, " ± {:.1}", self.std),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_deviation() {
        let summary = Summary::of(&[80.0, 90.0, 100.0]);
        assert!((summary.mean - 90.0).abs() < 1e-12 && (summary.std - 10.0).abs() < 1e-12);
        assert_eq!(summary.to_string(), "90.0 ± 10.0");
        assert_eq!(Summary::of(&[0.5]).std, 0.0);
        assert_eq!(Summary::of(&[85.34]).to_string(), "85.3");
        assert_eq!(Summary::of(&[-0.01, 0.0]).to_string(), "0.0 ± 0.0");
        assert_eq!(Summary::of(&[1.0, f64::NAN]).to_string(), "–");
        assert_eq!(
            Summary::of(&[]),
            Summary {
                mean: 0.0,
                std: 0.0,
                n: 0
            }
        );
    }

    #[test]
    fn interval_of_the_mean() {
        // t of 0.975 with 2 degrees of freedom is 4.302653: 90 ± 4.302653 · 10 / √3.
        let (low, high) = Summary::of(&[80.0, 90.0, 100.0])
            .confidence_interval(0.95)
            .unwrap();
        assert!(
            (low - 65.158_623).abs() < 1e-5 && (high - 114.841_377).abs() < 1e-5,
            "{low} {high}"
        );
        assert!(Summary::of(&[1.0]).confidence_interval(0.95).is_err());
        for level in [0.0, 1.0, 95.0, f64::NAN] {
            assert!(Summary::of(&[1.0, 2.0]).confidence_interval(level).is_err());
        }
    }
}
