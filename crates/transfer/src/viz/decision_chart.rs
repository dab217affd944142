//! What to take in which case: a table of names.

use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::pen::{self, inked, line, rect, stroke, text};
use super::{Figure, font, theme};
use crate::{Error, Result};

/// What was chosen in one case, and why, in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    name: String,
    why: String,
}

impl Choice {
    /// A name ("probe") and a few words for why ("77.8 %, 1 s").
    pub fn new(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            why: why.into(),
        }
    }
}

/// A table whose cells say what to take: a row for each of `cases` ("15 % of the labels"), a column for each of `aims` ("the
/// highest accuracy"). The same name has the same colour everywhere.
///
/// # Errors
///
/// There are other numbers of choices than of cases, or of aims in one of them.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let names = |names: [&str; 2]| names.map(String::from);
/// let chart: Figure = decision_chart("Which?", &names(["5 labels", "60 labels"]), &names(["accuracy", "little time"]), &[
///     vec![Choice::new("probe", "70.1 %"), Choice::new("probe", "0.3 s")],
///     vec![Choice::new("all layers", "87.0 %"), Choice::new("probe", "0.9 s")],
/// ])?;
/// assert!(chart.alt().contains("60 labels: accuracy all layers (87.0 %), little time probe (0.9 s)"));
/// # Ok(())
/// # }
/// ```
pub fn decision_chart(
    title: &str,
    cases: &[String],
    aims: &[String],
    choices: &[Vec<Choice>],
) -> Result<Figure> {
    let uneven = choices.iter().any(|row| row.len() != aims.len());
    if choices.len() != cases.len() || uneven {
        let expected = format!(
            "{} rows of {}, one for each case and aim",
            cases.len(),
            aims.len()
        );
        let found: Vec<usize> = choices.iter().map(Vec::len).collect();
        return Err(Error::argument(
            "choices",
            expected,
            format!("rows of {found:?}"),
        ));
    }
    let mut known: Vec<&str> = Vec::new();
    for choice in choices.iter().flatten() {
        if !known.contains(&choice.name.as_str()) {
            known.push(&choice.name);
        }
    }
    let colour = |name: &str| {
        known
            .iter()
            .position(|one| *one == name)
            .unwrap_or_default()
    };
    let widest = cases
        .iter()
        .map(|case| font::width(case, LABEL))
        .fold(0.0, f64::max)
        .min(200.0);
    let left = 12.0 + widest + 16.0;
    let width = (left + aims.len() as f64 * COLUMN + 8.0).max(360.0);
    let height = TOP + cases.len() as f64 * ROW + 10.0;
    Figure::fine(
        (width, height),
        &words(title, cases, aims, choices),
        |area| {
            pen::title(area, title)?;
            for (column, aim) in aims.iter().enumerate() {
                let lines = font::wrapped(aim, LABEL, COLUMN - 12.0, 2);
                let first = TOP - 8.0 - 16.0 * lines.len() as f64;
                for (number, said) in lines.iter().enumerate() {
                    let at = (
                        left + column as f64 * COLUMN,
                        first + 16.0 * number as f64 + 8.0,
                    );
                    text(area, said, LABEL, HPos::Left, at)?;
                }
            }
            for (row, (case, choices)) in cases.iter().zip(choices).enumerate() {
                let y = TOP + row as f64 * ROW;
                line(
                    area,
                    &[(12.0, y), (width - 8.0, y)],
                    stroke(&theme::grid(), 0.8),
                )?;
                let case = font::fitted(case, LABEL, widest + 1.0);
                text(area, &case, LABEL, HPos::Left, (12.0, y + 0.5 * ROW))?;
                for (column, choice) in choices.iter().enumerate() {
                    let x = left + column as f64 * COLUMN;
                    let ink = theme::series_ink(colour(&choice.name));
                    let end = (x + COLUMN - 12.0, y + ROW - 5.0);
                    rect(area, (x - 6.0, y + 5.0), end, ink.mix(0.16).filled())?;
                    rect(
                        area,
                        (x - 6.0, y + 5.0),
                        (x - 2.0, y + ROW - 5.0),
                        ink.filled(),
                    )?;
                    let name = font::fitted(&choice.name, LABEL, COLUMN - 22.0);
                    inked(
                        area,
                        &name,
                        LABEL,
                        &ink,
                        HPos::Left,
                        (x + 4.0, y + 0.36 * ROW),
                    )?;
                    let why = font::fitted(&choice.why, SMALL, COLUMN - 22.0);
                    text(area, &why, SMALL, HPos::Left, (x + 4.0, y + 0.68 * ROW))?;
                }
            }
            Ok(())
        },
    )
}

const LABEL: f64 = 13.0;
const SMALL: f64 = 11.5;
/// Where the first row begins.
const TOP: f64 = 88.0;
const ROW: f64 = 52.0;
const COLUMN: f64 = 160.0;

fn words(title: &str, cases: &[String], aims: &[String], choices: &[Vec<Choice>]) -> String {
    let row = |(case, choices): (&String, &Vec<Choice>)| {
        let cell =
            |(aim, choice): (&String, &Choice)| format!("{aim} {} ({})", choice.name, choice.why);
        let cells: Vec<String> = aims.iter().zip(choices).map(cell).collect();
        format!("{case}: {}", cells.join(", "))
    };
    let rows: Vec<String> = cases.iter().zip(choices).map(row).collect();
    format!("{title}. {}.", rows.join("; "))
}
