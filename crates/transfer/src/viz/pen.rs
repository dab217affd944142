//! How the library's own charts speak to plotters: in tenths of a pixel, because plotters counts in whole units
//! and half a pixel is seen.

use plotters::element::{Circle, PathElement, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, IntoFont, ShapeStyle, TextStyle};

use super::backend::{Area, Drawn, LINE};
use super::{font, theme};

/// Units to a pixel.
pub(super) const FINE: f64 = 10.0;

/// Pixels as units.
pub(super) fn px(pixels: f64) -> i32 {
    (pixels * FINE).round() as i32
}

pub(super) fn at((x, y): (f64, f64)) -> (i32, i32) {
    (px(x), px(y))
}

/// Units as pixels.
pub(super) fn pixels((x, y): (i32, i32)) -> (f64, f64) {
    (f64::from(x) / FINE, f64::from(y) / FINE)
}

pub(super) fn stroke(ink: &impl Color, width: f64) -> ShapeStyle {
    ink.stroke_width(px(width) as u32)
}

/// Letters of that size in pixels, anchored at their left.
pub(super) fn letters(size: f64, ink: &impl Color) -> TextStyle<'static> {
    TextStyle {
        font: ("sans-serif", size * LINE * FINE).into_font(),
        color: ink.to_backend_color(),
        pos: Pos::new(HPos::Left, VPos::Center),
    }
}

/// Text in the chart's grey with its middle line at the point.
pub(super) fn text(area: &Area<'_>, text: &str, size: f64, side: HPos, point: (f64, f64)) -> Drawn {
    inked(area, text, size, &theme::TEXT, side, point)
}

pub(super) fn inked(
    area: &Area<'_>,
    text: &str,
    size: f64,
    ink: &impl Color,
    side: HPos,
    point: (f64, f64),
) -> Drawn {
    let style = letters(size, ink).pos(Pos::new(side, VPos::Center));
    Ok(area.draw_text(text, &style, at(point))?)
}

/// Text that reads upwards.
pub(super) fn turned(
    area: &Area<'_>,
    text: &str,
    size: f64,
    side: HPos,
    point: (f64, f64),
) -> Drawn {
    let style = letters(size, &theme::TEXT)
        .transform(FontTransform::Rotate270)
        .pos(Pos::new(side, VPos::Center));
    Ok(area.draw_text(text, &style, at(point))?)
}

/// A rectangle from one corner to the other.
pub(super) fn rect(
    area: &Area<'_>,
    corner: (f64, f64),
    end: (f64, f64),
    style: impl Into<ShapeStyle>,
) -> Drawn {
    Ok(area.draw(&Rectangle::new([at(corner), at(end)], style))?)
}

pub(super) fn line(area: &Area<'_>, points: &[(f64, f64)], style: ShapeStyle) -> Drawn {
    let points: Vec<(i32, i32)> = points.iter().map(|&point| at(point)).collect();
    Ok(area.draw(&PathElement::new(points, style))?)
}

pub(super) fn dot(area: &Area<'_>, centre: (f64, f64), radius: f64, ink: &impl Color) -> Drawn {
    Ok(area.draw(&Circle::new(at(centre), px(radius), ink.filled()))?)
}

/// A title at the top left, cut where it does not fit.
pub(super) fn title(area: &Area<'_>, title: &str) -> Drawn {
    let width = f64::from(area.dim_in_pixel().0) / FINE;
    let title = font::fitted(title, 17.0, width - 18.0);
    text(area, &title, 17.0, HPos::Left, (10.0, 18.0))
}
