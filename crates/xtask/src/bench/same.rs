//! Whether both sides do the same work: a comparison of different work says nothing.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// How far numbers may be apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Tolerance {
    /// By so much, all but one in a thousand: JPEG decoders round differently, and where colours are kept at half the
    /// resolution, here and there by a level more than usual.
    Mostly(f64),
    /// By this share of the largest number, or of 1 where all are smaller.
    Relative(f64),
}

/// Compares two answers to `open`: as many threads and pieces, as many numbers, all within the tolerance. Returns the
/// largest difference.
///
/// # Errors
///
/// They differ; the message says where.
pub(super) fn compare(ours: &Value, theirs: &Value, tolerance: Tolerance) -> Result<f64> {
    for what in ["threads", "pieces"] {
        if ours[what] != theirs[what] {
            bail!(
                "the two do different work: transfer with {} {what}, PyTorch with {}",
                ours[what],
                theirs[what]
            );
        }
    }
    let (ours, theirs) = (numbers(ours)?, numbers(theirs)?);
    if ours.len() != theirs.len() || ours.is_empty() {
        bail!(
            "the two do different work: {} numbers come out of transfer, {} of PyTorch",
            ours.len(),
            theirs.len()
        );
    }
    let allowed = match tolerance {
        Tolerance::Mostly(allowed) => allowed,
        Tolerance::Relative(share) => {
            share
                * theirs
                    .iter()
                    .fold(1.0f64, |most, number| most.max(number.abs()))
        }
    };
    let exceptions = match tolerance {
        Tolerance::Mostly(_) => ours.len() / 1000,
        Tolerance::Relative(_) => 0,
    };
    let differences = || {
        ours.iter()
            .zip(&theirs)
            .map(|(one, other)| (one - other).abs())
    };
    let beyond = differences()
        .filter(|difference| *difference > allowed)
        .count();
    let largest = differences().fold(0.0, f64::max);
    if beyond > exceptions {
        bail!(
            "the two do different work: {beyond} of {} numbers are over {allowed:.2e} apart, up to {largest:.2e}",
            ours.len()
        );
    }
    Ok(largest)
}

fn numbers(answer: &Value) -> Result<Vec<f64>> {
    let list = answer["numbers"].as_array();
    let numbers: Option<Vec<f64>> = list.and_then(|list| list.iter().map(Value::as_f64).collect());
    numbers.context("an answer has no numbers, or one that is not finite")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(threads: u64, numbers: &[f64]) -> Value {
        json!({ "threads": threads, "numbers": numbers })
    }

    #[test]
    fn a_difference_is_measured_against_the_tolerance() {
        let (one, other) = (of(1, &[100.0, 1.0]), of(1, &[100.5, 1.0]));
        for within in [Tolerance::Mostly(0.5), Tolerance::Relative(0.01)] {
            assert_eq!(compare(&one, &other, within).unwrap(), 0.5);
        }
        for beyond in [Tolerance::Mostly(0.4), Tolerance::Relative(0.001)] {
            let error = compare(&one, &other, beyond).unwrap_err().to_string();
            assert!(
                error.contains("1 of 2") && error.contains("5.00e-1"),
                "{error}"
            );
        }
    }

    #[test]
    fn one_number_in_a_thousand_may_be_further_off() {
        let even = vec![0.0; 1000];
        let with = |off: usize| {
            let mut numbers = even.clone();
            numbers[..off].fill(9.0);
            of(1, &numbers)
        };
        let compare = |off, tolerance| compare(&with(off), &of(1, &even), tolerance);
        assert_eq!(compare(1, Tolerance::Mostly(1.0)).unwrap(), 9.0);
        assert!(compare(2, Tolerance::Mostly(1.0)).is_err());
        assert!(compare(1, Tolerance::Relative(1.0)).is_err());
    }

    #[test]
    fn other_work_is_an_error() {
        let within = Tolerance::Relative(1.0);
        for (one, other, named) in [
            (of(1, &[1.0]), of(2, &[1.0]), "1 threads, PyTorch with 2"),
            (of(1, &[1.0]), of(1, &[1.0, 1.0]), "different work"),
            (of(1, &[]), of(1, &[]), "different work"),
            (of(1, &[f64::NAN]), of(1, &[1.0]), "not finite"),
            (json!({}), json!({}), "no numbers"),
        ] {
            let error = compare(&one, &other, within).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
