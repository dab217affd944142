//! Lines over a common axis: losses, accuracies, learning rates.

use plotters::prelude::*;

use super::Figure;
use super::theme;
use crate::Result;

/// One line: a name and its points.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What the line stands for.
    pub name: String,
    /// `(x, y)`, with growing `x`.
    pub points: Vec<(f64, f64)>,
}

impl Curve {
    /// A line through values at 1, 2, 3, …: one per epoch, for example.
    pub fn new(name: impl Into<String>, values: &[f64]) -> Self {
        Self {
            name: name.into(),
            points: values
                .iter()
                .enumerate()
                .map(|(i, &y)| (i as f64 + 1.0, y))
                .collect(),
        }
    }
}

const SIZE: (u32, u32) = (680, 320);

/// A line chart. Axes are named with their units; names stand at the end of their lines.
///
/// # Errors
///
/// plotters fails, which it has no reason to.
pub fn curves(title: &str, x_unit: &str, y_unit: &str, curves: &[Curve]) -> Result<Figure> {
    let all = || {
        curves
            .iter()
            .flat_map(|curve| curve.points.iter().copied())
            .filter(|(_, y)| y.is_finite())
    };
    let (left, right) = bounds(all().map(|(x, _)| x));
    let (bottom, top) = bounds(all().map(|(_, y)| y));
    let (bottom, top) = (
        if bottom >= 0.0 { 0.0 } else { bottom },
        top + 0.06 * (top - bottom.min(0.0)),
    );
    let names = curves
        .iter()
        .map(|curve| curve.name.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let alt = format!("{title}: {names} ({y_unit}) against {x_unit}");
    Figure::draw(SIZE, &alt, |area| {
        let mut chart = ChartBuilder::on(area)
            .caption(title, theme::text(19))
            .margin(12)
            .margin_right(if curves.len() > 1 { 110 } else { 16 })
            .x_label_area_size(46)
            .y_label_area_size(58)
            .build_cartesian_2d(left..right, bottom..top)?;
        let mut mesh = chart.configure_mesh();
        theme::mesh(&mut mesh);
        mesh.x_labels(8).x_desc(x_unit).y_desc(y_unit).draw()?;
        drop(mesh);
        for (index, curve) in curves.iter().enumerate() {
            let colour = theme::rgb(theme::series(index));
            chart.draw_series(LineSeries::new(
                curve.points.iter().copied(),
                colour.stroke_width(3),
            ))?;
            chart.draw_series(
                curve
                    .points
                    .iter()
                    .map(|&point| Circle::new(point, 4, colour.filled())),
            )?;
            if let (Some(&last), true) = (curve.points.last(), curves.len() > 1) {
                let (x, y) = chart.backend_coord(&last);
                let style = ("sans-serif", 15).into_font().color(&colour);
                area.draw_text(&curve.name, &style, (x + 10, y - 8))?;
            }
        }
        Ok::<(), DrawingAreaErrorKind<std::io::Error>>(())
    })
}

fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    match low.partial_cmp(&high) {
        Some(std::cmp::Ordering::Less) => (low, high),
        Some(std::cmp::Ordering::Equal) => (low - 0.5, high + 0.5),
        _ => (0.0, 1.0),
    }
}
