//! What an axis of plotters spans, and where its ticks stand. One type for linear and logarithmic axes, so that plotters'
//! generic code is compiled once.

use std::ops::Range;

use plotters::coord::combinators::{IntoLogRange, LogCoord};
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::coord::types::RangedCoordf64;

use super::pen::FINE;
use super::{font, ticks};

/// One axis: the values at its ends and its ticks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    log: bool,
    /// Values and what is written there.
    ticks: Vec<(f64, String)>,
}

impl Ranged for Scale {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        if self.log {
            LogCoord::from(self.range().log_scale()).map(value, limit)
        } else {
            RangedCoordf64::from(self.range()).map(value, limit)
        }
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|(tick, _)| *tick).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Scale {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.ticks.iter().find(|(tick, _)| tick == value);
        tick.map_or_else(String::new, |(_, label)| label.clone())
    }
}

impl Scale {
    /// A linear axis over these values with about `wanted` ticks. Those that are not finite don't count; without
    /// any, from 0 to 1. `whole` keeps the ticks on whole numbers.
    pub(super) fn linear(values: impl Iterator<Item = f64>, wanted: usize, whole: bool) -> Self {
        let (low, high) = bounds(values).unwrap_or((0.0, 1.0));
        // One value, or values whose differences are rounding errors.
        let (low, high) = if high - low <= 1e-12 * low.abs().max(high.abs()) {
            let room = if low == 0.0 { 1.0 } else { 0.5 * low.abs() };
            let room = if whole { room.max(1.0) } else { room };
            (low - room, high + room)
        } else {
            (low, high)
        };
        Self {
            low,
            high,
            log: false,
            ticks: ticks::linear((low, high), wanted, whole),
        }
    }

    /// A logarithmic axis over the positive ones of these values.
    pub(super) fn log(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = bounds(values.filter(|value| *value > 0.0)).unwrap_or((0.1, 1.0));
        let (low, high) = if high / low < 1.01 {
            (low / 3.0, high * 3.0)
        } else {
            (low, high)
        };
        Self {
            low,
            high,
            log: true,
            ticks: ticks::log((low, high)),
        }
    }

    /// The same axis with its ends moved outwards by a share of its length.
    pub(super) fn padded(mut self, below: f64, above: f64) -> Self {
        let (low, high) = (self.low, self.high);
        if self.log {
            let ratio = high / low;
            (self.low, self.high) = (low / ratio.powf(below), high * ratio.powf(above));
        } else {
            (self.low, self.high) = (low - below * (high - low), high + above * (high - low));
        }
        self
    }

    /// The same axis without ticks.
    pub(super) fn bare(mut self) -> Self {
        self.ticks.clear();
        self
    }

    /// Whether the axis has a place for the value.
    pub(super) fn holds(&self, value: f64) -> bool {
        value.is_finite() && (value > 0.0 || !self.log)
    }

    /// The widest of the labels, in pixels.
    pub(super) fn widest(&self, size: f64) -> f64 {
        let widths = self.ticks.iter().map(|(_, label)| font::width(label, size));
        widths.fold(0.0, f64::max)
    }

    /// The same axis without the labels that would run into the one before, on a width in pixels.
    pub(super) fn thinned(mut self, width: f64, size: f64) -> Self {
        let mut free = f64::MIN;
        for index in 0..self.ticks.len() {
            let (tick, label) = &self.ticks[index];
            let x = f64::from(self.map(tick, (0, (width * FINE) as i32))) / FINE;
            let half = font::width(label, size) / 2.0;
            if x - half > free {
                free = x + half + 6.0;
            } else {
                self.ticks[index].1.clear();
            }
        }
        self
    }
}

/// The least and the greatest finite value.
pub(super) fn bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .filter(|value| value.is_finite())
        .fold(None, |found, value| {
            let (low, high) = found.unwrap_or((value, value));
            Some((low.min(value), high.max(value)))
        })
}

/// A number in words about a chart.
pub(super) fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        1e-2..1e6 => {
            let text = format!("{value:.3}");
            text.trim_end_matches('0').trim_end_matches('.').into()
        }
        _ => format!("{value:.2e}"),
    }
}

/// So many things, in words.
pub(super) fn counted(count: usize, what: &str) -> String {
    let plural = match (count, what.strip_suffix('s')) {
        (1, _) => what.to_owned(),
        (_, Some(_)) => format!("{what}es"),
        (_, None) => format!("{what}s"),
    };
    format!("{count} {plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: &Scale) -> Vec<&str> {
        scale
            .ticks
            .iter()
            .map(|(_, label)| label.as_str())
            .collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        let scale = Scale::linear([0.0, 97.0].into_iter(), 5, false);
        assert_eq!(labels(&scale), ["0", "20", "40", "60", "80"]);
        assert_eq!(
            labels(&Scale::linear([0.11, 0.52].into_iter(), 5, false)),
            ["0.2", "0.3", "0.4", "0.5"]
        );
        assert_eq!(
            labels(&Scale::linear([1.0, 3.0].into_iter(), 8, true)),
            ["1", "2", "3"]
        );
        assert_eq!(
            labels(&Scale::linear([-2e-8, 2e-8].into_iter(), 4, false)),
            ["-2e-8", "-1e-8", "0", "1e-8", "2e-8"]
        );
        assert_eq!(
            labels(&Scale::linear(
                [1_000_000.001, 1_000_000.004].into_iter(),
                3,
                false
            )),
            ["1000000.001", "1000000.002", "1000000.003", "1000000.004"]
        );
        assert_eq!(
            labels(&Scale::log([1e-6, 1.0].into_iter())),
            ["1e-6", "1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]
        );
        assert_eq!(
            labels(&Scale::log([0.1, 10.0].into_iter())),
            ["0.1", "0.2", "0.5", "1", "2", "5", "10"]
        );
    }

    #[test]
    fn anything_has_an_axis() {
        for values in [
            vec![],
            vec![f64::NAN],
            vec![3.0],
            vec![0.0, 0.0],
            vec![-1e300, 1e300],
            vec![1e-8, 1e6],
            vec![-5.0],
            vec![f64::INFINITY, 2.0],
        ] {
            for scale in [
                Scale::linear(values.iter().copied(), 6, false),
                Scale::log(values.iter().copied()),
            ] {
                assert!(scale.low < scale.high, "{values:?}: {scale:?}");
                assert!(
                    (1..=24).contains(&scale.ticks.len()),
                    "{values:?}: {scale:?}"
                );
                assert!(
                    scale
                        .ticks
                        .iter()
                        .all(|(tick, _)| (-10..=1010).contains(&scale.map(tick, (0, 1000)))),
                    "{values:?}: {scale:?}"
                );
            }
        }
    }

    #[test]
    fn positions() {
        let scale = Scale::linear([0.0, 10.0].into_iter(), 5, false);
        assert_eq!(scale.map(&5.0, (0, 1000)), 500);
        assert_eq!(scale.clone().padded(0.0, 1.0).map(&10.0, (0, 1000)), 500);
        assert!(scale.holds(-1.0) && !scale.holds(f64::NAN));
        let log = Scale::log([1.0, 100.0].into_iter());
        assert_eq!(log.map(&10.0, (0, 1000)), 500);
        assert!(log.holds(0.1) && !log.holds(0.0) && !log.holds(f64::INFINITY));
    }

    #[test]
    fn crowded_labels_are_left_out() {
        let scale = Scale::linear([0.0, 10.0].into_iter(), 10, false);
        assert_eq!(labels(&scale.clone().thinned(600.0, 12.0)), labels(&scale));
        let thin = scale.clone().thinned(60.0, 12.0);
        assert_eq!(thin.ticks.len(), scale.ticks.len());
        assert!(labels(&thin).contains(&"") && labels(&thin)[0] == "0");
    }
}
