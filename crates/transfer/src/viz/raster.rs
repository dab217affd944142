//! A canvas as pixels, for PNG files: two to a CSS pixel, on a transparent background.

use image::RgbaImage;
use plotters::style::RGBAColor;
use tiny_skia::{
    Color, FillRule, FilterQuality, LineCap, LineJoin, Path, PathBuilder, Pixmap, PixmapPaint,
    Rect, Stroke, Transform,
};

use super::canvas::{Anchor, Canvas, Item, Paint};
use super::font::{self, Segment};
use crate::{Error, Result};

const SCALE: f64 = 2.0;

/// # Errors
///
/// The chart is too large for memory.
pub(super) fn pixels(canvas: &Canvas) -> Result<RgbaImage> {
    let (width, height) = (
        (canvas.width * SCALE) as u32,
        (canvas.height * SCALE) as u32,
    );
    let found = || {
        Error::argument(
            "size of a PNG",
            "what fits into memory",
            format!("{width} x {height} pixels"),
        )
    };
    let mut sheet = Pixmap::new(width, height).ok_or_else(found)?;
    for item in &canvas.items {
        draw(&mut sheet, item);
    }
    // tiny-skia's pixels are premultiplied.
    let bytes = sheet.pixels().iter().flat_map(|pixel| {
        let pixel = pixel.demultiply();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    });
    RgbaImage::from_raw(width, height, bytes.collect()).ok_or_else(found)
}

fn draw(sheet: &mut Pixmap, item: &Item) {
    let view = Transform::from_scale(SCALE as f32, SCALE as f32);
    match item {
        Item::Path { points, paint } => {
            let path = polygon(points, matches!(paint, Paint::Fill(_)));
            shape(sheet, path, *paint, view);
        }
        Item::Rect {
            corner,
            size,
            paint,
        } => {
            let rect = Rect::from_xywh(
                corner.0 as f32,
                corner.1 as f32,
                size.0 as f32,
                size.1 as f32,
            );
            shape(sheet, rect.map(PathBuilder::from_rect), *paint, view);
        }
        Item::Circle {
            centre,
            radius,
            paint,
        } => {
            let path = PathBuilder::from_circle(centre.0 as f32, centre.1 as f32, *radius as f32);
            shape(sheet, path, *paint, view);
        }
        Item::Text {
            at,
            text,
            size,
            ink,
            anchor,
            turn,
        } => {
            let shift = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => -0.5,
                Anchor::End => -1.0,
            };
            let mut place = view.pre_translate(at.0 as f32, at.1 as f32);
            if *turn != 0 {
                place = place.pre_rotate(*turn as f32);
            }
            place = place.pre_translate((font::width(text, *size) * shift) as f32, 0.0);
            shape(sheet, letters(text, *size), Paint::Fill(*ink), place);
        }
        Item::Picture {
            corner,
            size,
            picture,
            crisp,
        } => {
            let Some(mut source) = Pixmap::new(picture.width(), picture.height()) else {
                return;
            };
            for (to, from) in source.pixels_mut().iter_mut().zip(picture.pixels()) {
                let [r, g, b] = from.0;
                *to = tiny_skia::ColorU8::from_rgba(r, g, b, 255).premultiply();
            }
            let (x, y) = (
                size.0 / f64::from(picture.width()),
                size.1 / f64::from(picture.height()),
            );
            let place = view
                .pre_translate(corner.0 as f32, corner.1 as f32)
                .pre_scale(x as f32, y as f32);
            let quality = if *crisp {
                FilterQuality::Nearest
            } else {
                FilterQuality::Bilinear
            };
            let paint = PixmapPaint {
                quality,
                ..Default::default()
            };
            sheet.draw_pixmap(0, 0, source.as_ref(), &paint, place, None);
        }
    }
}

fn shape(sheet: &mut Pixmap, path: Option<Path>, paint: Paint, view: Transform) {
    // None where there is nothing to see.
    let Some(path) = path else { return };
    let inked = |RGBAColor(r, g, b, opacity): RGBAColor| {
        let mut colour = Color::from_rgba8(r, g, b, 255);
        colour.set_alpha(opacity.clamp(0.0, 1.0) as f32);
        let mut paint = tiny_skia::Paint::default();
        paint.set_color(colour);
        paint
    };
    match paint {
        Paint::Fill(ink) => {
            sheet.fill_path(&path, &inked(ink), FillRule::Winding, view, None);
        }
        Paint::Stroke(ink, width) => {
            let stroke = Stroke {
                width: width as f32,
                line_cap: LineCap::Round,
                line_join: LineJoin::Round,
                ..Default::default()
            };
            sheet.stroke_path(&path, &inked(ink), &stroke, view, None);
        }
    }
}

fn polygon(points: &[(f64, f64)], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (index, &(x, y)) in points.iter().enumerate() {
        if index == 0 {
            path.move_to(x as f32, y as f32);
        } else {
            path.line_to(x as f32, y as f32);
        }
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn letters(text: &str, size: f64) -> Option<Path> {
    let mut path = PathBuilder::new();
    for segment in font::outline(text, size) {
        match segment {
            Segment::Move(x, y) => path.move_to(x, y),
            Segment::Line(x, y) => path.line_to(x, y),
            Segment::Quad(a, b, x, y) => path.quad_to(a, b, x, y),
            Segment::Close => path.close(),
        }
    }
    path.finish()
}
