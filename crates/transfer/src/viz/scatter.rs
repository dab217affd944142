//! Points in the plane, coloured by class: what a net puts near to what.

use std::ops::Range;

use image::RgbImage;
use plotters::chart::ChartBuilder;
use plotters::element::Polygon;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;
use tch::{Device, Kind, Tensor};

use super::backend::{Area, Drawn};
use super::canvas::Canvas;
use super::pen::{self, at, dot, pixels, px, rect, stroke, text};
use super::scale::{bounds, counted};
use super::{Figure, font, theme};
use crate::{Error, Result};

const SIDE: f64 = 460.0;
const LABEL: f64 = 12.0;
const THUMBNAIL: f64 = 30.0;

/// A plot of `points` (`[N, 2]`, such as [`tsne`](crate::project::tsne) gives) coloured by `labels`, positions in
/// `classes`. Axes have no unit and no ticks: only who is near to whom counts. After six classes, colours come
/// back with other shapes. Points that are not finite are left out, and counted in a line below.
///
/// # Errors
///
/// The shapes do not fit, or a label is not a position in `classes`.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let features = Tensor::from_slice(&[0.0f32, 0.1, 5.0, 5.1, 0.2, 0.0, 5.2, 4.9]).view([4, 2]);
/// let classes = ["ants", "bees"].map(String::from);
/// let chart = scatter("Two groups", &pca(&features, 2)?.points, &[0, 1, 0, 1], &classes)?;
/// assert!(chart.alt().contains("4 points of 2 classes"));
/// # Ok(())
/// # }
/// ```
pub fn scatter(
    title: &str,
    points: &Tensor,
    labels: &[usize],
    classes: &[String],
) -> Result<Figure> {
    scatter_pictures(title, points, labels, classes, &[])
}

/// As [`scatter`], with small pictures at some of the points: `(row, picture)`, framed in the colour of the class. A
/// picture that would cover one before it is left out.
///
/// # Errors
///
/// As [`scatter`]; or a picture's row does not exist.
pub fn scatter_pictures(
    title: &str,
    points: &Tensor,
    labels: &[usize],
    classes: &[String],
    pictures: &[(usize, RgbImage)],
) -> Result<Figure> {
    let size = points.size();
    if size != [labels.len() as i64, 2] {
        return Err(Error::argument(
            "points to plot",
            format!("[{}, 2], one row per label", labels.len()),
            format!("{size:?}"),
        ));
    }
    if let Some(label) = labels.iter().find(|label| **label >= classes.len()) {
        return Err(Error::argument(
            "label",
            format!("below the number of classes, {}", classes.len()),
            label,
        ));
    }
    if let Some((row, _)) = pictures.iter().find(|(row, _)| *row >= labels.len()) {
        return Err(Error::argument(
            "row of a picture",
            format!("below the number of points, {}", labels.len()),
            row,
        ));
    }
    let values = Vec::<f64>::try_from(
        &points
            .to_device(Device::Cpu)
            .to_kind(Kind::Double)
            .flatten(0, -1),
    )?;
    let points: Vec<(f64, f64)> = values
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1]))
        .collect();
    let lost = points
        .iter()
        .filter(|(x, y)| !(x.is_finite() && y.is_finite()))
        .count();

    let widest = classes
        .iter()
        .map(|name| font::width(name, LABEL))
        .fold(0.0, f64::max)
        .min(180.0);
    let names: Vec<&str> = classes.iter().map(String::as_str).collect();
    let names = font::fitted_names(&names, LABEL, widest + 1.0);
    let columns = classes.len().div_ceil(24).max(1);
    let rows = classes.len().div_ceil(columns);
    let height = SIDE + 56.0 + if lost > 0 { 20.0 } else { 0.0 };
    let mut canvas = Canvas::new(SIDE + 40.0 + columns as f64 * (widest + 40.0), height);
    let (left, top) = (12.0, 42.0);
    let (across, up) = square(&points);
    let radius = (40.0 / (points.len().max(1) as f64).sqrt()).clamp(2.4, 4.5);
    let mut places = vec![None; points.len()];
    canvas.draw(|area| {
        pen::title(area, title)?;
        let square = area
            .clone()
            .shrink((px(left), px(top)), (px(SIDE), px(SIDE)));
        let chart = ChartBuilder::on(&square).build_cartesian_2d(across, up)?;
        let frame = stroke(&theme::grid(), 1.0);
        rect(area, (left, top), (left + SIDE, top + SIDE), frame)?;
        for ((point, &label), place) in points.iter().zip(labels).zip(&mut places) {
            if point.0.is_finite() && point.1.is_finite() {
                let at = pixels(chart.backend_coord(point));
                marker(area, at, radius, label)?;
                *place = Some(at);
            }
        }
        Ok(())
    })?;
    let shown = apart(pictures, &places);
    let half = THUMBNAIL / 2.0;
    for &((x, y), _, picture) in &shown {
        let picture = super::pixels::thumbnail(picture, 2 * THUMBNAIL as u32);
        canvas.picture((x - half, y - half), (THUMBNAIL, THUMBNAIL), picture, false);
    }
    canvas.draw(|area| {
        for &((x, y), row, _) in &shown {
            let ink = stroke(&theme::series_ink(labels[row]), 2.0);
            rect(area, (x - half, y - half), (x + half, y + half), ink)?;
        }
        for (class, name) in names.iter().enumerate() {
            let x = left + SIDE + 22.0 + (class / rows.max(1)) as f64 * (widest + 40.0);
            let y = top + 10.0 + (class % rows.max(1)) as f64 * 18.5;
            marker(area, (x, y), 5.0, class)?;
            text(area, name, LABEL, HPos::Left, (x + 12.0, y))?;
        }
        if lost > 0 {
            let verb = if lost == 1 { "is" } else { "are" };
            let said = format!(
                "{lost} of {} {verb} not finite",
                counted(points.len(), "point")
            );
            text(area, &said, LABEL, HPos::Left, (left, top + SIDE + 14.0))?;
        }
        Ok(())
    })?;
    let said: Vec<String> = classes.iter().take(12).cloned().collect();
    let more = if classes.len() > 12 { ", …" } else { "" };
    Figure::new(
        canvas,
        &format!(
            "{title}. {} of {}: {}{more}",
            counted(points.len(), "point"),
            counted(classes.len(), "class"),
            said.join(", ")
        ),
    )
}

/// The values that the square spans, with the same scale in both directions and some room at the edges.
fn square(points: &[(f64, f64)]) -> (Range<f64>, Range<f64>) {
    let sound = || {
        points
            .iter()
            .filter(|(x, y)| x.is_finite() && y.is_finite())
    };
    let (x0, x1) = bounds(sound().map(|point| point.0)).unwrap_or((0.0, 1.0));
    let (y0, y1) = bounds(sound().map(|point| point.1)).unwrap_or((0.0, 1.0));
    let extent = (x1 - x0).max(y1 - y0);
    let half = if extent > 0.0 {
        0.5 * extent * SIDE / (SIDE - 32.0)
    } else {
        1.0
    };
    let about = |low: f64, high: f64| (low + high) / 2.0 - half..(low + high) / 2.0 + half;
    (about(x0, x1), about(y0, y1))
}

/// A sign of the class's colour and, after six colours, another shape.
fn marker(area: &Area<'_>, (x, y): (f64, f64), radius: f64, class: usize) -> Drawn {
    let ink = theme::series_ink(class).mix(0.85);
    let (angles, far): (&[f64], f64) = match (class / theme::SERIES.len()) % 5 {
        0 => return dot(area, (x, y), radius, &ink),
        1 => (&[0.0, 120.0, 240.0], 1.4),
        2 => (&[45.0, 135.0, 225.0, 315.0], 1.2),
        3 => (&[0.0, 90.0, 180.0, 270.0], 1.4),
        _ => (&[60.0, 180.0, 300.0], 1.4),
    };
    let corner = |angle: &f64| {
        let (sin, cos) = angle.to_radians().sin_cos();
        at((x + far * radius * sin, y - far * radius * cos))
    };
    let corners: Vec<(i32, i32)> = angles.iter().map(corner).collect();
    Ok(area.draw(&Polygon::new(corners, ink))?)
}

/// The pictures that have a place and don't cover one before, with their middles and rows.
fn apart<'a>(
    pictures: &'a [(usize, RgbImage)],
    places: &[Option<(f64, f64)>],
) -> Vec<((f64, f64), usize, &'a RgbImage)> {
    let mut found: Vec<((f64, f64), usize, &RgbImage)> = Vec::new();
    for (row, picture) in pictures {
        let Some((x, y)) = places[*row] else { continue };
        let near = |a: f64, b: f64| (a - b).abs() < THUMBNAIL + 4.0;
        if !found
            .iter()
            .any(|(other, ..)| near(other.0, x) && near(other.1, y))
        {
            found.push(((x, y), *row, picture));
        }
    }
    found
}
