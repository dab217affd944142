//! Several measures of the same methods beside each other: a table whose cells are bars.

use plotters::style::text_anchor::HPos;

use super::backend::{Area, Drawn};
use super::bars::{decimals, number, summary};
use super::legend::styles;
use super::pen::{self, dot, line, rect, stroke, text};
use super::scale::bounds;
use super::{Bar, Figure, font, theme};
use crate::{Error, Result};

/// One column: what is measured, and a bar for every method.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    name: String,
    unit: String,
    bars: Vec<Bar>,
    top: f64,
}

impl Measure {
    /// A column with a name ("20 labels"), a unit ("accuracy, %"), and each method's values, one per seed.
    pub fn new(name: impl Into<String>, unit: impl Into<String>, values: &[Vec<f64>]) -> Self {
        Self {
            name: name.into(),
            unit: unit.into(),
            bars: values.iter().map(|values| Bar::new("", values)).collect(),
            top: 0.0,
        }
    }

    /// The bars are as long as the column for this value, or for the highest one where that is higher. Without it, for
    /// the highest one: give several columns the same top to compare their bars.
    #[must_use]
    pub fn top(mut self, top: f64) -> Self {
        self.top = top;
        self
    }

    /// The mean of a row as it stands beside its bar.
    fn said(&self, mean: f64) -> String {
        let shown = self.bars.iter().map(summary).filter(|of| of.n > 0);
        number(mean, decimals(shown, self.top))
    }
}

/// A row for every one of `names`, a column for every measure: bars from 0, with the mean over the seeds as a number, a
/// whisker of one standard deviation to either side, and a dot for each seed. Values below 0 have no bar. The means of a
/// column have the same decimals: three digits of the greatest, none where all are counts (one whole number each).
///
/// # Errors
///
/// A measure has more or fewer bars than there are names.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let names = ["probe", "fine-tuned"].map(String::from);
/// let chart: Figure = measures("Which strategy?", &names, &[
///     Measure::new("20 labels", "accuracy, %", &[vec![76.0, 78.5], vec![71.0, 72.5]]).top(100.0),
///     Measure::new("time", "s", &[vec![0.9, 1.0], vec![40.0, 42.0]]),
/// ])?;
/// assert!(chart.alt().contains("fine-tuned: 20 labels 71.8, time 41.0"));
/// # Ok(())
/// # }
/// ```
pub fn measures(title: &str, names: &[String], measures: &[Measure]) -> Result<Figure> {
    if let Some(wrong) = measures.iter().find(|it| it.bars.len() != names.len()) {
        let expected = format!("{}, one for each name", names.len());
        let found = format!("{} in {:?}", wrong.bars.len(), wrong.name);
        return Err(Error::argument("bars of a measure", expected, found));
    }
    let fitted: Vec<&str> = names.iter().map(String::as_str).collect();
    let fitted = font::fitted_names(&fitted, LABEL, 220.0);
    let widest = fitted
        .iter()
        .map(|name| font::width(name, LABEL))
        .fold(0.0, f64::max);
    let left = 12.0 + widest + 16.0;
    let width = (left + measures.len() as f64 * COLUMN).max(360.0);
    let height = TOP + names.len() as f64 * ROW + 12.0;
    Figure::fine((width, height), &words(title, names, measures), |area| {
        pen::title(area, title)?;
        for (row, name) in fitted.iter().enumerate() {
            let y = TOP + (row as f64 + 0.5) * ROW;
            text(area, name, LABEL, HPos::Left, (12.0, y))?;
            let edge = y - 0.5 * ROW;
            line(
                area,
                &[(12.0, edge), (width - 8.0, edge)],
                stroke(&theme::grid(), 0.8),
            )?;
        }
        for (column, measure) in measures.iter().enumerate() {
            let left = left + column as f64 * COLUMN;
            let said = font::fitted(&measure.name, LABEL, COLUMN - 10.0);
            text(area, &said, LABEL, HPos::Left, (left, TOP - 31.0))?;
            let unit = font::fitted(&measure.unit, SMALL, COLUMN - 10.0);
            text(area, &unit, SMALL, HPos::Left, (left, TOP - 13.0))?;
            draw_column(area, measure, left)?;
        }
        Ok(())
    })
}

const LABEL: f64 = 13.0;
const SMALL: f64 = 11.5;
/// Where the first row begins.
const TOP: f64 = 76.0;
const ROW: f64 = 28.0;
const COLUMN: f64 = 132.0;
/// The longest bar; what is left of the column is for its number.
const BAR: f64 = 78.0;

fn draw_column(area: &Area<'_>, measure: &Measure, left: f64) -> Drawn {
    let values = measure.bars.iter().flat_map(|bar| {
        let summary = summary(bar);
        [summary.mean + summary.std]
            .into_iter()
            .chain(bar.values.iter().copied())
    });
    let most = bounds(values).map_or(0.0, |ends| ends.1).max(measure.top);
    let place = |value: f64| left + BAR * (value / most.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
    for (row, bar) in measure.bars.iter().enumerate() {
        let y = TOP + (row as f64 + 0.5) * ROW;
        let summary = summary(bar);
        if summary.n == 0 {
            text(area, "–", LABEL, HPos::Left, (left + 4.0, y))?;
            continue;
        }
        let (mean, std) = (summary.mean, summary.std);
        for style in styles(row) {
            rect(area, (left, y - 8.0), (place(mean), y + 8.0), style)?;
        }
        let mut end = place(mean);
        if std > 0.0 {
            let (low, high) = (place(mean - std), place(mean + std));
            let style = stroke(&theme::TEXT, 1.6);
            line(area, &[(low, y - 3.0), (high, y - 3.0)], style)?;
            for cap in [low, high] {
                line(area, &[(cap, y - 6.0), (cap, y)], style)?;
            }
            end = end.max(high);
        }
        if bar.values.len() > 1 {
            for value in bar.values.iter().filter(|value| value.is_finite()) {
                dot(area, (place(*value), y + 4.0), 2.0, &theme::series_ink(row))?;
                end = end.max(place(*value) + 2.0);
            }
        }
        let said = measure.said(mean);
        text(area, &said, LABEL, HPos::Left, (end + 6.0, y))?;
    }
    let bottom = TOP + measure.bars.len() as f64 * ROW;
    let axis = stroke(&theme::axis(), 1.0);
    line(area, &[(left, TOP), (left, bottom)], axis)
}

/// The chart in words: each row's means.
fn words(title: &str, names: &[String], measures: &[Measure]) -> String {
    let row = |(row, name): (usize, &String)| {
        let cells = measures.iter().map(|measure| {
            let summary = summary(&measure.bars[row]);
            let mean = if summary.n == 0 {
                "without values".into()
            } else {
                measure.said(summary.mean)
            };
            format!("{} {mean}", measure.name)
        });
        format!("{name}: {}", cells.collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<String> = names.iter().enumerate().map(row).collect();
    format!("{title}. {}", rows.join("; "))
}
