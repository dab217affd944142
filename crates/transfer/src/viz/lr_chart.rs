//! Which learning rate: the loss while the rate grows, batch by batch (Smith, "Cyclical learning rates", 2017).

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

/// The rate at which the smoothed loss falls fastest, with the losses of a test whose rate grew from batch to batch:
/// `(rate, loss)`. `None` where it falls nowhere, or there are fewer than five points with a positive rate and a
/// finite loss.
#[must_use]
pub fn suggest_lr(points: &[(f64, f64)]) -> Option<f64> {
    let smooth = smoothed(points);
    // From where the loss is lowest on, it only says how training breaks down.
    let lowest = smooth
        .iter()
        .enumerate()
        .min_by(|a, b| a.1.1.total_cmp(&b.1.1))?
        .0;
    if points.len() < 5 || smooth.len() < 5 {
        return None;
    }
    let slopes = (1..=lowest.min(smooth.len() - 2)).filter_map(|index| {
        let ((a, from), (b, to)) = (smooth[index - 1], smooth[index + 1]);
        let slope = (to - from) / (b / a).ln();
        (b > a && slope < 0.0).then_some((smooth[index].0, slope))
    });
    slopes
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(rate, _)| rate)
}

/// The points that count: a positive rate and a finite loss.
fn sound(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let counts = |(rate, loss): &(f64, f64)| *rate > 0.0 && rate.is_finite() && loss.is_finite();
    points
        .iter()
        .copied()
        .filter(|point| counts(point))
        .collect()
}

/// The loss above which training breaks down: the mean of the first twentieth, and half of what was gained since.
/// Where nothing was gained, the highest loss.
fn ceiling(points: &[(f64, f64)]) -> f64 {
    let losses = || points.iter().map(|point| point.1);
    let begin = points.len().div_ceil(20).max(1);
    let first = losses().take(begin).sum::<f64>() / begin as f64;
    let gained = first - losses().fold(first, f64::min);
    if gained > 0.05 * first.abs() {
        first + 0.5 * gained
    } else {
        losses().fold(first, f64::max)
    }
}

/// An exponential mean in both directions, so that the curve is not moved to the right. Losses above the ceiling
/// count as the ceiling: one that explodes would bend all of it.
fn smoothed(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut found = sound(points);
    let ceiling = ceiling(&found);
    found
        .iter_mut()
        .for_each(|point| point.1 = point.1.min(ceiling));
    let keep = (1.0 - 24.0 / found.len().max(1) as f64).clamp(0.0, 0.9);
    for _ in 0..2 {
        for index in 1..found.len() {
            found[index].1 = keep * found[index - 1].1 + (1.0 - keep) * found[index].1;
        }
        found.reverse();
    }
    found
}

/// The chart of a learning-rate test: every loss as a faint line, the smoothed one on top, and a mark at
/// [`suggest_lr`]. The vertical axis ends a little above the first losses: where training breaks down, it is cut.
///
/// # Errors
///
/// The markup cannot be made, which it has no reason to.
pub fn lr_chart(title: &str, points: &[(f64, f64)]) -> Result<Figure> {
    let (smooth, suggested) = (smoothed(points), suggest_lr(points));
    let raw = sound(points);
    let most = ceiling(&raw);
    let x = Scale::log(raw.iter().map(|point| point.0));
    let losses = raw.iter().chain(&smooth).map(|point| point.1.min(most));
    let y = Scale::linear(losses, 5, false).padded(0.05, 0.05);
    let said = if let Some(rate) = suggested {
        format!("the smoothed loss falls fastest at a learning rate of {rate:.2e}")
    } else {
        "the loss falls nowhere, so no learning rate is suggested".into()
    };
    let alt = format!("{title}. Of {} steps, {said}.", points.len());
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
        // Cut where it is above the ceiling, with a gap.
        let cut = raw
            .iter()
            .map(|&(rate, loss)| (rate, if loss <= most { loss } else { f64::NAN }));
        let faint = stroke(&theme::TEXT.mix(0.55), 1.2);
        polyline(&mut chart, &cut.collect::<Vec<_>>(), faint)?;
        // The smoothed one ends where training has broken down.
        let lowest = (0..smooth.len())
            .min_by(|&a, &b| smooth[a].1.total_cmp(&smooth[b].1))
            .unwrap_or(0);
        let broken = raw.iter().skip(lowest).position(|point| point.1 > most);
        let end = broken.map_or(smooth.len(), |after| lowest + after);
        polyline(
            &mut chart,
            &smooth[..end],
            stroke(&theme::series_ink(3), 2.4),
        )?;
        let Some(&(rate, loss)) = smooth.iter().find(|point| Some(point.0) == suggested) else {
            return Ok(());
        };
        let ink = theme::series_ink(1);
        let upright = [(rate, low), (rate, high)];
        chart.draw_series(DashedLineSeries::new(
            upright,
            px(4.0),
            px(4.0),
            stroke(&ink, 1.4),
        ))?;
        chart.draw_series([Circle::new((rate, loss), px(5.0), ink.filled())])?;
        // On the side with more room.
        let text = format!("steepest at {rate:.1e}");
        let (x, top) = pixels(chart.backend_coord(&(rate, high)));
        let (x, side) = if x + 10.0 + font::width(&text, 14.0) < 660.0 {
            (x + 10.0, HPos::Left)
        } else {
            (x - 10.0, HPos::Right)
        };
        inked(area, &text, 14.0, &ink, side, (x, top + 7.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steepest_place_is_found() {
        // The loss falls around 1e-3 and explodes above 0.1.
        let at = |i: i32| 10f64.powf(-6.0 + 7.0 * f64::from(i) / 100.0);
        let loss = |rate: f64| {
            2.0 - 1.5 / (1.0 + (-3.0 * (rate.ln() - 1e-3f64.ln())).exp()) + (rate / 0.3).powi(3)
        };
        let points: Vec<(f64, f64)> = (0..=100).map(|i| (at(i), loss(at(i)))).collect();
        let rate = suggest_lr(&points).unwrap();
        assert!((5e-4..2e-3).contains(&rate), "{rate}");
    }

    #[test]
    fn nothing_is_suggested_where_nothing_falls() {
        let rising: Vec<(f64, f64)> = (1..20)
            .map(|i| (f64::from(i) * 1e-3, f64::from(i)))
            .collect();
        assert_eq!(suggest_lr(&rising), None);
        assert_eq!(suggest_lr(&[]), None);
        assert_eq!(suggest_lr(&[(1e-3, 2.0), (1e-2, 1.0)]), None);
        assert_eq!(suggest_lr(&[(0.0, f64::NAN); 9]), None);
    }
}
