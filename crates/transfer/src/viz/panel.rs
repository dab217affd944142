//! One pair of axes with lines on it, their names at their ends.

use plotters::element::{Circle, Polygon};
use plotters::series::DashedLineSeries;
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};

use super::axes::{BELOW, Chart, axes, beside, parts, polyline};
use super::backend::{Area, Drawn};
use super::pen::{FINE, inked, line, pixels, px, stroke};
use super::scale::{Scale, bounds, short};
use super::spread::spread;
use super::{Curve, font, theme};

/// One pair of axes with its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    x_unit: String,
    y_unit: String,
    pub(super) curves: Vec<Curve>,
    log_x: bool,
    log_y: bool,
}

impl Panel {
    /// Axes named with their units, and the lines on them.
    pub fn new(x_unit: impl Into<String>, y_unit: impl Into<String>, curves: &[Curve]) -> Self {
        let (x_unit, y_unit, curves) = (x_unit.into(), y_unit.into(), curves.to_vec());
        Self {
            x_unit,
            y_unit,
            curves,
            log_x: false,
            log_y: false,
        }
    }

    /// With a logarithmic horizontal axis. Values that are not positive have no place on it.
    #[must_use]
    pub fn log_x(mut self) -> Self {
        self.log_x = true;
        self
    }

    /// With a logarithmic vertical axis. Values that are not positive have no place on it.
    #[must_use]
    pub fn log_y(mut self) -> Self {
        self.log_y = true;
        self
    }

    fn scales(&self) -> (Scale, Scale) {
        let points = || {
            self.curves
                .iter()
                .flat_map(|curve| curve.points.iter().copied())
        };
        let (xs, ys) = (points().map(|point| point.0), points().map(|point| point.1));
        let edges = self
            .curves
            .iter()
            .flat_map(|curve| curve.band.iter().flat_map(|&(low, high)| [low, high]));
        let whole = points().all(|(x, _)| x.fract() == 0.0);
        let x = if self.log_x {
            Scale::log(xs)
        } else {
            Scale::linear(xs, 7, whole)
        };
        let ys: Vec<f64> = ys.chain(edges).collect();
        let y = if self.log_y {
            Scale::log(ys.into_iter()).padded(0.04, 0.04)
        } else {
            // 0 belongs to the axis where it costs no more than half of its length.
            let (low, high) = bounds(ys.iter().copied()).unwrap_or((0.0, 1.0));
            let zero = (low >= 0.0 && low <= 0.5 * high && !ys.is_empty()).then_some(0.0);
            let below = if zero.is_some() || low == 0.0 {
                0.0
            } else {
                0.05
            };
            Scale::linear(ys.into_iter().chain(zero), 5, false).padded(below, 0.05)
        };
        (x, y)
    }

    /// Draws the axes and lines on the box from `corner` to `end` of the sheet.
    pub(super) fn draw(&self, sheet: &Area<'_>, corner: (f64, f64), end: (f64, f64)) -> Drawn {
        let many = self.curves.len() > 1;
        let widest = self
            .curves
            .iter()
            .map(|curve| font::width(&curve.name, LABEL))
            .fold(0.0, f64::max);
        let room = if many {
            (widest + 4.0).min(0.34 * (end.0 - corner.0))
        } else {
            0.0
        };
        let right = end.0 - room - if many { 28.0 } else { 14.0 };
        let area = sheet.clone().shrink(
            (px(corner.0), px(corner.1)),
            (px(right - corner.0), px(end.1 - corner.1)),
        );
        let (x, y) = self.scales();
        let left = beside(&y);
        let mut chart = axes(&area, (x, &self.x_unit), (y, &self.y_unit), (left, BELOW))?;
        for (index, curve) in self.curves.iter().enumerate() {
            let round = index / theme::SERIES.len();
            draw_curve(&mut chart, curve, theme::series_ink(index), round)?;
        }
        if many {
            self.draw_names(sheet, &chart, right + 20.0, room)?;
        }
        Ok(())
    }

    /// The names at the ends of their lines, kept apart, each with a thin line to its own.
    fn draw_names(&self, sheet: &Area<'_>, chart: &Chart<'_, '_>, left: f64, room: f64) -> Drawn {
        let last = |curve: &Curve| parts(chart, &curve.points).pop()?.pop();
        let ends: Vec<(usize, (f64, f64))> = self
            .curves
            .iter()
            .enumerate()
            .filter_map(|(index, curve)| Some((index, pixels(chart.backend_coord(&last(curve)?)))))
            .collect();
        let wanted: Vec<f64> = ends.iter().map(|(_, at)| at.1).collect();
        let (_, rows) = chart.plotting_area().get_pixel_range();
        let (top, bottom) = (f64::from(rows.start) / FINE, f64::from(rows.end) / FINE);
        let gap = ((bottom - top) / ends.len().max(1) as f64).min(LABEL + 3.0);
        let places = spread(&wanted, gap, top + 4.0, bottom - 2.0);
        for ((index, at), y) in ends.iter().zip(places) {
            let ink = theme::series_ink(*index);
            line(
                sheet,
                &[(at.0 + 6.0, at.1), (left - 8.0, y), (left - 3.0, y)],
                stroke(&ink.mix(0.6), 1.0),
            )?;
            let name = font::fitted(&self.curves[*index].name, LABEL, room);
            inked(sheet, &name, LABEL.min(gap), &ink, HPos::Left, (left, y))?;
        }
        Ok(())
    }
}

const LABEL: f64 = 13.0;
/// Beyond so many points, they are not marked.
const MOST_DOTS: usize = 40;

fn draw_curve(chart: &mut Chart<'_, '_>, curve: &Curve, ink: RGBColor, round: usize) -> Drawn {
    for outline in outlines(chart, curve) {
        chart.draw_series([Polygon::new(outline, ink.mix(0.2))])?;
    }
    let style = stroke(&ink, 2.2);
    if round == 0 {
        polyline(chart, &curve.points, style)?;
    } else {
        // Colours come back after six lines; the next six are dashed.
        let dash = px(3.0 + 3.0 * round as f64);
        for part in parts(chart, &curve.points) {
            chart.draw_series(DashedLineSeries::new(part, dash, dash, style))?;
        }
    }
    if curve.points.len() <= MOST_DOTS {
        let points = parts(chart, &curve.points).into_iter().flatten();
        chart.draw_series(points.map(|point| Circle::new(point, px(3.2), ink.filled())))?;
    }
    Ok(())
}

/// The bands' edges, there and back, where the axes have places for both.
fn outlines(chart: &Chart<'_, '_>, curve: &Curve) -> Vec<Vec<(f64, f64)>> {
    let axes = chart.as_coord_spec();
    let (x, y) = (axes.x_spec(), axes.y_spec());
    let edges = curve.points.iter().zip(&curve.band);
    let edges: Vec<(f64, f64, f64)> = edges.map(|(at, band)| (at.0, band.0, band.1)).collect();
    let parts = edges.split(|edge| !(x.holds(edge.0) && y.holds(edge.1) && y.holds(edge.2)));
    let outline = |part: &[(f64, f64, f64)]| {
        let lower = part.iter().map(|edge| (edge.0, edge.1));
        lower
            .chain(part.iter().rev().map(|edge| (edge.0, edge.2)))
            .collect()
    };
    parts.filter(|part| part.len() > 1).map(outline).collect()
}

impl Panel {
    /// The chart in words: each line from its first to its last value.
    pub(super) fn words(&self) -> String {
        let line = |curve: &Curve| {
            let mut ys = curve
                .points
                .iter()
                .map(|point| point.1)
                .filter(|y| y.is_finite());
            match (ys.next(), ys.next_back()) {
                (Some(first), Some(last)) => {
                    format!("{} from {} to {}", curve.name, short(first), short(last))
                }
                (Some(only), None) => format!("{} {}", curve.name, short(only)),
                _ => format!("{} without values", curve.name),
            }
        };
        let lines: Vec<String> = self.curves.iter().map(line).collect();
        let lines = if lines.is_empty() {
            "no lines".into()
        } else {
            lines.join(", ")
        };
        format!("{} against {}: {lines}.", self.y_unit, self.x_unit)
    }
}
