//! Confidence against accuracy.

use plotters::element::{PathElement, Rectangle};
use plotters::series::DashedLineSeries;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::axes::{BELOW, axes, beside};
use super::pen::{self, px, rect, stroke, text};
use super::scale::{Scale, counted};
use super::{Figure, theme};
use crate::Result;
use crate::metrics::Calibration;

/// A reliability diagram: a bar per bin as high as the share that is right, a red mark where the confidence says
/// it should be, and below how the confidences are distributed. On the dashed line, both are equal.
///
/// # Errors
///
/// The markup cannot be made, which it has no reason to.
pub fn reliability_diagram(title: &str, calibration: &Calibration) -> Result<Figure> {
    let all: usize = calibration.bins.iter().map(|bin| bin.count).sum();
    let bins = || calibration.bins.iter().filter(|bin| bin.count > 0);
    let said: Vec<String> = bins()
        .map(|bin| {
            format!(
                "confidence {:.0} % right {:.0} %",
                100.0 * bin.confidence,
                100.0 * bin.accuracy
            )
        })
        .collect();
    let ece = 100.0 * calibration.ece;
    let alt = format!(
        "{title}. {}, expected calibration error {ece:.1} %: {}",
        counted(all, "prediction"),
        said.join(", ")
    );
    let share = |count: usize| 100.0 * count as f64 / all.max(1) as f64;
    let most = bins().map(|bin| share(bin.count)).fold(0.0, f64::max);
    let most = if most > 0.0 { most } else { 100.0 };
    Figure::fine((460.0, 476.0), &alt, |area| {
        pen::title(area, title)?;
        let percent = || Scale::linear([0.0, 100.0].into_iter(), 5, false);
        let shares = Scale::linear([0.0, most].into_iter(), 2, false);
        let left = beside(&percent()).max(beside(&shares));
        let (above, lower) = area
            .margin(px(48.0), px(4.0), 0, px(20.0))
            .split_vertically(px(294.0));
        let mut main = axes(
            &above,
            (percent().bare(), ""),
            (percent(), "accuracy, %"),
            (left, 14.0),
        )?;
        let mut counts = axes(
            &lower,
            (percent(), "confidence, %"),
            (shares, "share, %"),
            (left, BELOW),
        )?;
        let blue = theme::series_ink(3);
        for (chart, opacity) in [(&mut main, 0.55), (&mut counts, 0.35)] {
            let upper = opacity > 0.5;
            chart.draw_series(bins().map(|bin| {
                let height = if upper {
                    100.0 * bin.accuracy
                } else {
                    share(bin.count)
                };
                let corners = [(100.0 * bin.low, height), (100.0 * bin.high, 0.0)];
                let mut bar = Rectangle::new(corners, blue.mix(opacity).filled());
                bar.set_margin(0, 0, px(1.0) as u32, px(1.0) as u32);
                bar
            }))?;
        }
        main.draw_series(bins().map(|bin| {
            let (low, high) = (100.0 * bin.low + 0.6, 100.0 * bin.high - 0.6);
            let height = 100.0 * bin.confidence;
            PathElement::new([(low, height), (high, height)], stroke(&theme::BAD, 2.5))
        }))?;
        let diagonal = [(0.0, 0.0), (100.0, 100.0)];
        let style = stroke(&theme::TEXT, 1.4);
        main.draw_series(DashedLineSeries::new(diagonal, px(5.0), px(5.0), style))?;

        let (x, y) = (left + 12.0, 59.0);
        text(area, &format!("ECE {ece:.1} %"), 14.0, HPos::Left, (x, y))?;
        let signs = [
            (blue.mix(0.55), 10.0, "share that is right"),
            (theme::BAD.mix(1.0), 2.5, "mean confidence"),
        ];
        for (line, (ink, thick, name)) in signs.into_iter().enumerate() {
            let y = y + 20.0 + 18.0 * line as f64;
            let half = thick / 2.0;
            rect(area, (x, y - half), (x + 12.0, y + half), ink.filled())?;
            text(area, name, 12.0, HPos::Left, (x + 18.0, y))?;
        }
        Ok(())
    })
}
