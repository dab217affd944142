//! The axes of a chart, as plotters draws them in this library's look: names, ticks, and a grid of horizontal lines.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::series::LineSeries;
use plotters::style::{ShapeStyle, TRANSPARENT};

use super::backend::{Area, Backend, Drawn};
use super::pen::{FINE, letters, px, stroke};
use super::scale::Scale;
use super::{font, theme};

pub(super) const TICK: f64 = 12.0;
pub(super) const NAME: f64 = 13.0;
/// What ticks and the name of a horizontal axis need.
pub(super) const BELOW: f64 = 41.0;
/// plotters puts the name of a vertical axis at the very edge.
const EDGE: f64 = 5.0;

pub(super) type Chart<'a, 'b> = ChartContext<'a, Backend<'b>, Cartesian2d<Scale, Scale>>;

/// What ticks and the name of a vertical axis need, in pixels.
pub(super) fn beside(y: &Scale) -> f64 {
    34.0 + y.widest(TICK)
}

/// Axes that fill the area, with so much room for names and ticks: left of it, and below.
pub(super) fn axes<'a, 'b>(
    area: &Area<'b>,
    (x, x_name): (Scale, &str),
    (y, y_name): (Scale, &str),
    (left, below): (f64, f64),
) -> Drawn<Chart<'a, 'b>> {
    let (width, height) = area.dim_in_pixel();
    let (width, height) = (
        f64::from(width) / FINE - left,
        f64::from(height) / FINE - below,
    );
    let (x, names) = (x.thinned(width, TICK), letters(NAME, &theme::TEXT));
    let mut chart = ChartBuilder::on(area)
        .margin_left(px(EDGE))
        .y_label_area_size(px(left - EDGE))
        .x_label_area_size(px(below))
        .build_cartesian_2d(x, y)?;
    // Twice, because the vertical axis has no line: the grid shows where it is.
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .axis_style(TRANSPARENT)
        .bold_line_style(stroke(&theme::grid(), 1.0))
        .light_line_style(TRANSPARENT)
        .label_style(letters(TICK, &theme::TEXT))
        .axis_desc_style(names.clone())
        .set_all_tick_mark_size(px(4.0))
        .y_desc(font::fitted(y_name, NAME, height + 30.0))
        .draw()?;
    chart
        .configure_mesh()
        .disable_mesh()
        .disable_y_axis()
        .axis_style(stroke(&theme::axis(), 1.0))
        .label_style(letters(TICK, &theme::TEXT))
        .axis_desc_style(names)
        .set_all_tick_mark_size(px(4.0))
        .x_desc(font::fitted(x_name, NAME, width + 40.0))
        .draw()?;
    Ok(chart)
}

/// A line through the points, with a gap where the axes have no place for one.
pub(super) fn polyline(
    chart: &mut Chart<'_, '_>,
    points: &[(f64, f64)],
    style: ShapeStyle,
) -> Drawn {
    for part in parts(chart, points) {
        chart.draw_series(LineSeries::new(part, style))?;
    }
    Ok(())
}

/// The stretches of points that the axes have places for.
pub(super) fn parts(chart: &Chart<'_, '_>, points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
    let axes = chart.as_coord_spec();
    let held = |point: &(f64, f64)| axes.x_spec().holds(point.0) && axes.y_spec().holds(point.1);
    let parts = points.split(|point| !held(point));
    parts
        .filter(|part| !part.is_empty())
        .map(<[_]>::to_vec)
        .collect()
}
