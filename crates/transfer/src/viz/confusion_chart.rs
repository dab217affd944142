//! Which class is taken for which, as a chart.

use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::backend::{Area, Drawn};
use super::pen::{self, inked, rect, stroke, text, turned};
use super::scale::counted;
use super::{Figure, font, theme};
use crate::metrics::ConfusionMatrix;
use crate::{Error, Result};

/// Beyond so many classes there is no room for numbers.
const MOST_NUMBERED: usize = 20;
const LABEL: f64 = 12.0;

/// A confusion matrix: a row per true class, a column per prediction. Up to 20 classes, each cell says how often
/// and, where there is room, which share of its row that is. A cell that has more than half of its row is filled:
/// blue on the diagonal, red where the class is mostly taken for another one. Of more classes, a map
/// without numbers, whose colours are explained below it.
///
/// # Errors
///
/// The counts are not a square with a row and a column per class.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let classes = ["ants", "bees"].map(String::from);
/// let (found, truth) = (Tensor::from_slice(&[0i64, 1, 1, 1]), Tensor::from_slice(&[0i64, 0, 1, 1]));
/// let matrix = ConfusionMatrix::new(&found, &truth, &classes);
/// let chart = confusion_chart("Ants and bees", &matrix)?;
/// assert!(chart.alt().contains("75.0 % right"));
/// # Ok(())
/// # }
/// ```
pub fn confusion_chart(title: &str, matrix: &ConfusionMatrix) -> Result<Figure> {
    let classes = matrix.classes.len();
    let rows = matrix.counts.iter().map(Vec::len);
    if matrix.counts.len() != classes || rows.clone().any(|row| row != classes) {
        return Err(Error::argument(
            "counts of a confusion matrix",
            format!("{classes} rows of {classes}, one per class"),
            format!("rows of {:?}", rows.collect::<Vec<_>>()),
        ));
    }
    let numbered = classes <= MOST_NUMBERED;
    let cell = if numbered {
        (560.0 / classes.max(1) as f64).clamp(34.0, 76.0)
    } else {
        (560.0 / classes as f64).clamp(5.0, 28.0)
    };
    // Names in a size that fits their rows, or none of most of them.
    let size = LABEL.min(cell * 0.86).max(8.0);
    let every = (size / cell).ceil().max(1.0) as usize;
    let widest = matrix
        .classes
        .iter()
        .map(|name| font::width(name, size))
        .fold(0.0, f64::max);
    let side = widest.min(170.0);
    let upright = widest > cell - 6.0;
    let (left, top) = (34.0 + side + 8.0, 42.0);
    let extent = cell * classes as f64;
    let below = if upright { side + 14.0 } else { 22.0 };
    let key = if numbered { 0.0 } else { 26.0 };
    let sheet = (
        (left + extent + 24.0).max(330.0),
        top + extent + below + 26.0 + key,
    );
    let names: Vec<&str> = matrix.classes.iter().map(String::as_str).collect();
    let names = font::fitted_names(&names, size, side + 1.0);
    if classes == 0 {
        return Figure::fine(sheet, &format!("{title}. No classes"), |area| {
            pen::title(area, title)?;
            text(area, "no classes", LABEL, HPos::Left, (10.0, 44.0))
        });
    }
    let alt = format!("{title}. {}", words(matrix));
    Figure::fine(sheet, &alt, |area| {
        pen::title(area, title)?;
        for (truth, row) in matrix.counts.iter().enumerate() {
            let all: usize = row.iter().sum();
            for (prediction, &count) in row.iter().enumerate() {
                let corner = (left + prediction as f64 * cell, top + truth as f64 * cell);
                let share = count as f64 / all.max(1) as f64;
                let right = truth == prediction;
                if numbered {
                    draw_cell(area, corner, cell, count, share, right)?;
                } else if count > 0 {
                    let deep = if right { theme::DEEP } else { theme::DEEP_BAD };
                    let end = (corner.0 + cell, corner.1 + cell);
                    rect(area, corner, end, deep.mix(depth(share)).filled())?;
                }
            }
        }
        for (index, name) in names.iter().enumerate().step_by(every) {
            let middle = (index as f64 + 0.5) * cell;
            text(area, name, size, HPos::Right, (left - 8.0, top + middle))?;
            let under = (left + middle, top + extent);
            if upright {
                turned(area, name, size, HPos::Right, (under.0, under.1 + 8.0))?;
            } else {
                text(area, name, size, HPos::Center, (under.0, under.1 + 12.0))?;
            }
        }
        let end = (left + extent, top + extent);
        rect(area, (left, top), end, stroke(&theme::axis(), 1.0))?;
        let middle = (left + extent / 2.0, top + extent / 2.0);
        turned(area, "truth", 13.0, HPos::Center, (16.0, middle.1))?;
        let under = (middle.0, top + extent + below + 10.0);
        text(area, "prediction", 13.0, HPos::Center, under)?;
        if numbered {
            return Ok(());
        }
        draw_key(area, (left, under.1 + 26.0))
    })
}

/// How much of its colour a cell without a number has.
fn depth(share: f64) -> f64 {
    0.15 + 0.85 * share
}

/// What the colours of cells without numbers mean.
fn draw_key(area: &Area<'_>, (left, y): (f64, f64)) -> Drawn {
    let mut x = left;
    for (deep, what) in [(theme::DEEP, "right"), (theme::DEEP_BAD, "wrong")] {
        for (share, said) in [(0.0, "few"), (0.5, "half"), (1.0, "all of a class")] {
            let ink = deep.mix(depth(share)).filled();
            rect(area, (x, y - 6.0), (x + 12.0, y + 6.0), ink)?;
            let said = if share == 0.0 {
                format!("{what}: {said}")
            } else {
                said.into()
            };
            text(area, &said, LABEL, HPos::Left, (x + 16.0, y))?;
            x += 26.0 + font::width(&said, LABEL);
        }
        x += 10.0;
    }
    Ok(())
}

fn draw_cell(
    area: &Area<'_>,
    corner: (f64, f64),
    cell: f64,
    count: usize,
    share: f64,
    right: bool,
) -> Drawn {
    let filled = share > 0.5;
    let ink = match (filled, right) {
        (true, true) => theme::DEEP.mix(1.0),
        (true, false) => theme::DEEP_BAD.mix(1.0),
        // The root shows the small shares; as much as letters in grey can stand on.
        (false, true) if count > 0 => theme::series_ink(3).mix((0.35 * share.sqrt()).max(0.08)),
        (false, false) if count > 0 => theme::BAD.mix((0.35 * share.sqrt()).max(0.08)),
        _ => theme::TEXT.mix(0.06),
    };
    let end = (corner.0 + cell - 0.5, corner.1 + cell - 0.5);
    rect(area, (corner.0 + 0.5, corner.1 + 0.5), end, ink.filled())?;
    if count == 0 {
        return Ok(());
    }
    let ink = if filled { theme::LIGHT } else { theme::TEXT };
    let (x, y) = (corner.0 + cell / 2.0, corner.1 + cell / 2.0);
    let number = count.to_string();
    let letters = (14.0f64).min((cell - 6.0) / font::width(&number, 1.0));
    if cell < 44.0 {
        return inked(area, &number, letters, &ink, HPos::Center, (x, y));
    }
    inked(area, &number, letters, &ink, HPos::Center, (x, y - 4.0))?;
    // Neither none nor all, where it is neither.
    let share = match 100.0 * share {
        share if share < 0.5 => "< 1 %".into(),
        share if (99.5..100.0).contains(&share) => "> 99 %".into(),
        share => format!("{share:.0} %"),
    };
    inked(area, &share, 11.0, &ink, HPos::Center, (x, y + 11.0))
}

fn words(matrix: &ConfusionMatrix) -> String {
    let names = &matrix.classes;
    let mistakes: Vec<String> = matrix
        .mistakes()
        .iter()
        .take(3)
        .map(|&(truth, prediction, count)| {
            format!(
                "{} taken for {} {count} times",
                names[truth], names[prediction]
            )
        })
        .collect();
    let most = if mistakes.is_empty() {
        "no mistakes".into()
    } else {
        format!("most often {}", mistakes.join(", "))
    };
    format!(
        "{}, {}, {:.1} % right; {most}",
        counted(names.len(), "class"),
        counted(matrix.total(), "prediction"),
        100.0 * matrix.accuracy()
    )
}
