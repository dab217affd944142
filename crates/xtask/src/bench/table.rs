//! The table: medians of both, and the ratio with what it was in the rounds.

use std::fmt;

/// What a time is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Of one repetition.
    Milliseconds,
    /// Pieces (pictures) in a second.
    PerSecond,
}

/// What came of one job.
#[derive(Debug)]
pub(super) struct Row {
    /// What it is.
    pub(super) name: String,
    /// Device and threads.
    pub(super) place: String,
    /// What its times are shown as.
    pub(super) unit: Unit,
    /// How many pieces a repetition has.
    pub(super) pieces: f64,
    /// The seconds of transfer and of PyTorch in each round; at least one round.
    pub(super) rounds: Vec<[f64; 2]>,
    /// The largest difference of what came out.
    pub(super) difference: f64,
}

/// The table's first two lines.
pub(super) fn heading() -> String {
    let line = line(
        "what",
        "where",
        "transfer",
        "PyTorch",
        "ratio",
        "min–max",
        "largest difference",
    );
    let rule = "─".repeat(line.chars().count());
    format!("{line}\n{rule}")
}

impl Row {
    fn shown(&self, seconds: f64) -> String {
        match self.unit {
            Unit::Milliseconds => {
                let millis = 1e3 * seconds;
                let digits = if millis < 10.0 { 2 } else { 1 };
                format!("{millis:.digits$} ms")
            }
            Unit::PerSecond => format!("{:.0} /s", self.pieces / seconds),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |side: usize| median(self.rounds.iter().map(|round| round[side]));
        let ratios = || self.rounds.iter().map(|[ours, theirs]| theirs / ours);
        f.write_str(&line(
            &self.name,
            &self.place,
            &self.shown(of(0)),
            &self.shown(of(1)),
            &format!("{:.2}", median(ratios())),
            &format!(
                "{:.2}–{:.2}",
                ratios().fold(f64::INFINITY, f64::min),
                ratios().fold(0.0, f64::max)
            ),
            &format!("{:.1e}", self.difference),
        ))
    }
}

fn line(
    what: &str,
    place: &str,
    ours: &str,
    theirs: &str,
    ratio: &str,
    range: &str,
    difference: &str,
) -> String {
    format!("{what:<37} {place:<7} {ours:>10} {theirs:>10} {ratio:>6}  {range:<10} {difference}")
}

/// The one in the middle, or the mean of the two.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (Some(low), Some(high)) = (
        values.get(values.len().saturating_sub(1) / 2),
        values.get(values.len() / 2),
    ) else {
        return f64::NAN;
    };
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(unit: Unit, rounds: &[[f64; 2]]) -> Row {
        Row {
            name: "work".to_owned(),
            place: "cpu 2".to_owned(),
            unit,
            pieces: 64.0,
            rounds: rounds.to_vec(),
            difference: 0.00012,
        }
    }

    fn words(row: &Row) -> Vec<String> {
        row.to_string()
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_ratio_above_one_means_that_transfer_is_faster() {
        let rounds = [[0.1, 0.2], [0.2, 0.2], [0.1, 0.15]];
        assert_eq!(
            words(&row(Unit::Milliseconds, &rounds)),
            [
                "work",
                "cpu",
                "2",
                "100.0",
                "ms",
                "200.0",
                "ms",
                "1.50",
                "1.00–2.00",
                "1.2e-4"
            ]
        );
        assert_eq!(
            words(&row(Unit::PerSecond, &rounds))[3..7],
            ["640", "/s", "320", "/s"]
        );
    }

    #[test]
    fn the_ratio_is_that_of_rounds_and_not_of_medians() {
        // The machine slows down tenfold: both sides with it.
        let rounds = [[0.001, 0.002], [0.01, 0.02], [0.01, 0.02], [0.001, 0.002]];
        let words = words(&row(Unit::Milliseconds, &rounds));
        assert_eq!(words[7..9], ["2.00", "2.00–2.00"]);
        assert_eq!(words[3..7], ["5.50", "ms", "11.0", "ms"]);
    }

    #[test]
    fn columns_stand_below_their_headings() {
        let heading = heading();
        let first = heading.lines().next().unwrap();
        let row = row(Unit::Milliseconds, &[[1.0, 1.0]]).to_string();
        let end = |text: &str, word: &str| {
            let at = text.find(word).unwrap();
            text[..at].chars().count() + word.chars().count()
        };
        assert_eq!(end(first, "transfer"), end(&row, "1000.0 ms"));
        assert_eq!(end(first, "ratio"), end(&row, "1.00"));
    }

    #[test]
    fn the_median_of_few() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
        assert!(median(std::iter::empty()).is_nan());
    }
}
