//! Which class is taken for which, as a chart.

use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::backend::{Area, Drawn};
use super::pen::{self, inked, rect, stroke, text, turned};
use super::{Figure, font, theme};
use crate::Result;
use crate::metrics::ConfusionMatrix;

/// Beyond so many classes there is no room for numbers.
const MOST_NUMBERED: usize = 20;
const LABEL: f64 = 12.0;

/// A confusion matrix: a row per true class, a column per prediction. Up to 20 classes, each cell says how often
/// and, where there is room, which share of its row that is. A cell that has more than half of its row is filled:
/// blue on the diagonal, red where the class is mostly taken for another one. Of more classes, a map
/// without numbers.
///
/// # Errors
///
/// The markup cannot be made, which it has no reason to.
pub fn confusion_chart(title: &str, matrix: &ConfusionMatrix) -> Result<Figure> {
    let classes = matrix.classes.len();
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
    let sheet = (
        (left + extent + 24.0).max(330.0),
        top + extent + below + 26.0,
    );
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
                    rect(area, corner, end, deep.mix(0.15 + 0.85 * share).filled())?;
                }
            }
        }
        for (index, name) in matrix.classes.iter().enumerate().step_by(every) {
            let middle = (index as f64 + 0.5) * cell;
            let name = font::fitted(name, size, side + 1.0);
            text(area, &name, size, HPos::Right, (left - 8.0, top + middle))?;
            let under = (left + middle, top + extent);
            if upright {
                turned(area, &name, size, HPos::Right, (under.0, under.1 + 8.0))?;
            } else {
                text(area, &name, size, HPos::Center, (under.0, under.1 + 12.0))?;
            }
        }
        let end = (left + extent, top + extent);
        rect(area, (left, top), end, stroke(&theme::axis(), 1.0))?;
        let middle = (left + extent / 2.0, top + extent / 2.0);
        turned(area, "truth", 13.0, HPos::Center, (16.0, middle.1))?;
        let under = (middle.0, top + extent + below + 10.0);
        text(area, "prediction", 13.0, HPos::Center, under)
    })
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
        (false, true) => theme::series_ink(3).mix(0.35 * share.sqrt()),
        (false, false) if count > 0 => theme::BAD.mix(0.35 * share.sqrt()),
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
    let share = format!("{:.0} %", 100.0 * share);
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
        "{} classes, {} predictions, {:.1} % right; {most}",
        names.len(),
        matrix.total(),
        100.0 * matrix.accuracy()
    )
}
