//! Which colour stands for which series of bars.

use plotters::style::text_anchor::HPos;
use plotters::style::{Color, ShapeStyle};

use super::backend::{Area, Drawn};
use super::pen::{rect, stroke, text};
use super::{font, theme};

const LABEL: f64 = 13.0;

/// Names from the left, in as many rows as it takes: where their signs stand below the first row's.
pub(super) fn places(names: &[String], width: f64) -> Vec<(String, (f64, f64))> {
    let (mut x, mut y) = (12.0, 0.0);
    let place = |name: String| {
        let wide = font::width(&name, LABEL) + 40.0;
        if x + wide > width && x > 12.0 {
            (x, y) = (12.0, y + 20.0);
        }
        let at = (x, y);
        x += wide;
        (name, at)
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let names = font::fitted_names(&names, LABEL, 260.0);
    names.into_iter().map(place).collect()
}

/// Draws the names where [`places`] puts them, the first row in the middle of `top`.
pub(super) fn draw(area: &Area<'_>, places: &[(String, (f64, f64))], top: f64) -> Drawn {
    for (index, (name, (x, y))) in places.iter().enumerate() {
        let (x, y) = (*x, top + y);
        for style in styles(index) {
            rect(area, (x, y - 6.0), (x + 12.0, y + 6.0), style)?;
        }
        text(area, name, LABEL, HPos::Left, (x + 18.0, y))?;
    }
    Ok(())
}

/// How the bar of a series is painted: from the seventh on, where colours come back, with an edge and paler.
pub(super) fn styles(series: usize) -> Vec<ShapeStyle> {
    let ink = theme::series_ink(series);
    if series < theme::SERIES.len() {
        return vec![ink.mix(0.55).filled()];
    }
    vec![ink.mix(0.2).filled(), stroke(&ink, 1.2)]
}
