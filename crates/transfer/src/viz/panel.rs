//! One pair of axes with lines on it, their names at their ends.

use plotters::element::{Circle, Polygon};
use plotters::series::DashedLineSeries;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::axes::{BELOW, Chart, axes, beside, parts, polyline};
use super::backend::{Area, Drawn};
use super::pen::{FINE, inked, line, pixels, px, stroke, text};
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
    x_from_to: Option<(f64, f64)>,
    y_from_to: Option<(f64, f64)>,
    dots: bool,
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
            x_from_to: None,
            y_from_to: None,
            dots: true,
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

    /// With a horizontal axis that spans at least this: room for what is still to come.
    #[must_use]
    pub fn x_from_to(mut self, ends: (f64, f64)) -> Self {
        self.x_from_to = Some(ends);
        self
    }

    /// Likewise the vertical axis.
    #[must_use]
    pub fn y_from_to(mut self, ends: (f64, f64)) -> Self {
        self.y_from_to = Some(ends);
        self
    }

    /// With lines only, however few points they have: of stairs, points are no more than corners.
    #[must_use]
    pub(super) fn without_dots(mut self) -> Self {
        self.dots = false;
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
        let both = |&(low, high): &(f64, f64)| [low, high];
        let xs = xs.chain(self.x_from_to.iter().flat_map(both));
        let ys = ys.chain(self.y_from_to.iter().flat_map(both));
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
            .map(|curve| {
                let without = curve
                    .points
                    .iter()
                    .all(|(x, y)| !(x.is_finite() && y.is_finite()));
                let more = if without {
                    font::width(": no values", LABEL)
                } else {
                    0.0
                };
                font::width(&curve.name, LABEL) + more
            })
            .fold(0.0, f64::max);
        let room = if many {
            (widest + 4.0).min(0.34 * (end.0 - corner.0))
        } else {
            0.0
        };
        let before = if many { 28.0 + self.sample() } else { 14.0 };
        let right = end.0 - room - before;
        let area = sheet.clone().shrink(
            (px(corner.0), px(corner.1)),
            (px(right - corner.0), px(end.1 - corner.1)),
        );
        let (x, y) = self.scales();
        let left = beside(&y);
        let mut chart = axes(&area, (x, &self.x_unit), (y, &self.y_unit), (left, BELOW))?;
        for (index, curve) in self.curves.iter().enumerate() {
            draw_curve(&mut chart, curve, index, self.dots)?;
        }
        if many {
            self.draw_names(sheet, &chart, right + 20.0 + self.sample(), room)?;
        }
        if self
            .curves
            .iter()
            .all(|curve| parts(&chart, &curve.points).is_empty())
        {
            let (columns, rows) = chart.plotting_area().get_pixel_range();
            let middle = (
                (columns.start + columns.end) / 2,
                (rows.start + rows.end) / 2,
            );
            text(sheet, "no values", LABEL, HPos::Center, pixels(middle))?;
        }
        Ok(())
    }

    /// The room for a piece of each line before its name, where colours alone don't tell the lines apart.
    fn sample(&self) -> f64 {
        if self.curves.len() > theme::SERIES.len() {
            28.0
        } else {
            0.0
        }
    }

    /// The names at the ends of their lines, kept apart, each with a thin line to its own; last the names of lines
    /// that have nothing on the axes.
    fn draw_names(&self, sheet: &Area<'_>, chart: &Chart<'_, '_>, left: f64, room: f64) -> Drawn {
        let last = |curve: &Curve| parts(chart, &curve.points).pop()?.pop();
        let end = |curve: &Curve| Some(pixels(chart.backend_coord(&last(curve)?)));
        let ends: Vec<Option<(f64, f64)>> = self.curves.iter().map(end).collect();
        let (columns, rows) = chart.plotting_area().get_pixel_range();
        let (top, bottom) = (f64::from(rows.start) / FINE, f64::from(rows.end) / FINE);
        let wanted: Vec<f64> = ends
            .iter()
            .map(|end| end.map_or(bottom, |at| at.1))
            .collect();
        let gap = ((bottom - top) / ends.len().max(1) as f64).min(LABEL + 3.0);
        let places = spread(&wanted, gap, top + 4.0, bottom - 2.0);
        let names: Vec<String> = self
            .curves
            .iter()
            .zip(&ends)
            .map(|(curve, end)| match end {
                Some(_) => curve.name.clone(),
                None => format!("{}: no values", curve.name),
            })
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let names = font::fitted_names(&names, LABEL.min(gap), room);
        for (index, (end, y)) in ends.iter().zip(places).enumerate() {
            let ink = theme::series_ink(index);
            if let Some(at) = *end {
                // From the edge of the axes on, where the line ends far from there: it is no part of the data.
                let edge = f64::from(columns.end) / FINE;
                let begin = if edge - at.0 > FAR {
                    (edge + 6.0, y)
                } else {
                    (at.0 + 6.0, at.1)
                };
                let turn = left - 10.0 - self.sample();
                let tail = [begin, (turn, y), (turn + 7.0, y)];
                line(sheet, &tail, stroke(&ink.mix(0.6), 1.0))?;
            }
            // Colours come back: a piece of the line says which of them it is.
            let (dash, round) = (dash(index), index / theme::SERIES.len());
            let (mut x, until) = (left - self.sample(), left - 5.0);
            while x < until {
                let next = if round == 0 {
                    until
                } else {
                    (x + dash).min(until)
                };
                line(sheet, &[(x, y), (next, y)], stroke(&ink, 2.2))?;
                x = next + dash;
            }
            inked(
                sheet,
                &names[index],
                LABEL.min(gap),
                &ink,
                HPos::Left,
                (left, y),
            )?;
        }
        Ok(())
    }
}

const LABEL: f64 = 13.0;
/// A line that ends so many pixels before the axes do has its name at their edge.
const FAR: f64 = 30.0;
/// Beyond so many points, they are not marked.
const MOST_DOTS: usize = 40;

/// The dashes of the line with this number, in pixels.
fn dash(index: usize) -> f64 {
    3.0 + 3.0 * (index / theme::SERIES.len()) as f64
}

fn draw_curve(chart: &mut Chart<'_, '_>, curve: &Curve, index: usize, dots: bool) -> Drawn {
    let ink = theme::series_ink(index);
    for outline in outlines(chart, curve) {
        chart.draw_series([Polygon::new(outline, ink.mix(0.2))])?;
    }
    let style = stroke(&ink, 2.2);
    if index < theme::SERIES.len() {
        polyline(chart, &curve.points, style)?;
    } else {
        // Colours come back after six lines; the next six are dashed.
        let dash = px(dash(index));
        for part in parts(chart, &curve.points) {
            chart.draw_series(DashedLineSeries::new(part, dash, dash, style))?;
        }
    }
    if dots && curve.points.len() <= MOST_DOTS {
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
