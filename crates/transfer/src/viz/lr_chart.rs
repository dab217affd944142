//! Which learning rate: the loss while the rate grows, batch by batch (Smith, "Cyclical Learning Rates for Training
//! Neural Networks", 2017).

use plotters::coord::ranged1d::Ranged;
use plotters::element::Circle;
use plotters::series::DashedLineSeries;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::axes::{BELOW, axes, beside, polyline};
use super::pen::{self, inked, pixels, px, stroke};
use super::scale::Scale;
use super::{Figure, font, theme};
use crate::Result;
use crate::train::LrFind;

/// The loss above which training breaks down: the highest of the first tenth, and half of what was gained since.
/// Where nothing was gained, the highest of all.
fn ceiling(losses: &[f64]) -> f64 {
    let finite = || losses.iter().copied().filter(|loss| loss.is_finite());
    let begin = finite().take(losses.len().div_ceil(10));
    let first = begin.fold(f64::NEG_INFINITY, f64::max);
    let gained = first - finite().fold(first, f64::min);
    if gained > 0.05 * first.abs() {
        first + 0.5 * gained
    } else {
        finite().fold(first, f64::max)
    }
}

/// What [`Learner::lr_find`](crate::train::Learner::lr_find) found: the loss at each learning rate, and a mark at each
/// of the two suggestions. The vertical axis ends a little above the first losses: where training breaks down, the line
/// is cut.
///
/// # Errors
///
/// The markup cannot be made, which it has no reason to.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// // In a notebook: `let found = learner.lr_find()?;`
/// # let lrs: Vec<f64> = (0..100).map(|i| 10f64.powf(-7.0 + 0.08 * f64::from(i))).collect();
/// # let losses = lrs.iter().map(|lr| 2.0 - 1.5 / (1.0 + 1e-3 / lr)).collect();
/// # let found = LrFind { lrs, losses, valley: 5e-4, steep: 1e-3 };
/// let chart = lr_chart("Which learning rate?", &found)?;
/// assert!(chart.alt().contains("valley at 5.00e-4"));
/// # Ok(())
/// # }
/// ```
pub fn lr_chart(title: &str, found: &LrFind) -> Result<Figure> {
    let most = ceiling(&found.losses);
    let points = || found.lrs.iter().copied().zip(found.losses.iter().copied());
    let x = Scale::log(found.lrs.iter().copied());
    let y = Scale::linear(found.losses.iter().map(|loss| loss.min(most)), 5, false);
    let y = y.padded(0.05, 0.12);
    // The place of a mark on the line: a suggestion is one of the rates.
    let at = |rate: f64| points().find(|point| point.0 >= rate && point.1 <= most);
    let marks = [("steep", found.steep, 3), ("valley", found.valley, 1)];
    let [steep, valley] = marks.map(|(name, rate, _)| format!("{name} at {rate:.2e}"));
    let alt = format!(
        "{title}. The loss at {} learning rates; {valley}, {steep}.",
        found.lrs.len()
    );
    Figure::fine((680.0, 330.0), &alt, |area| {
        pen::title(area, title)?;
        let place = (beside(&y), BELOW);
        let (low, high) = (y.range().start, y.range().end);
        let mut chart = axes(
            &area.margin(px(46.0), px(4.0), 0, px(20.0)),
            (x, "learning rate (logarithmic)"),
            (y, "training loss"),
            place,
        )?;
        let line: Vec<(f64, f64)> = points()
            .map(|(rate, loss)| (rate, if loss <= most { loss } else { f64::NAN }))
            .collect();
        polyline(&mut chart, &line, stroke(&theme::series_ink(0), 2.2))?;
        let first = found.valley.min(found.steep);
        for (row, (name, suggested, colour)) in marks.into_iter().enumerate() {
            let Some((rate, loss)) = at(suggested) else {
                continue;
            };
            let ink = theme::series_ink(colour);
            let (dash, upright) = (px(4.0), [(rate, low), (rate, high)]);
            chart.draw_series(DashedLineSeries::new(
                upright,
                dash,
                dash,
                stroke(&ink, 1.4),
            ))?;
            chart.draw_series([Circle::new((rate, loss), px(5.0), ink.filled())])?;
            // Away from the other mark, where there is room; one below the other.
            let text = format!("{name} {rate:.1e}");
            let wide = 8.0 + font::width(&text, 13.0);
            let (x, top) = pixels(chart.backend_coord(&(rate, high)));
            let left = suggested <= first && x - wide > place.0 || x + wide > 660.0;
            let (x, side) = if left {
                (x - 8.0, HPos::Right)
            } else {
                (x + 8.0, HPos::Left)
            };
            inked(
                area,
                &text,
                13.0,
                &ink,
                side,
                (x, top + 7.0 + 16.0 * row as f64),
            )?;
        }
        Ok(())
    })
}
