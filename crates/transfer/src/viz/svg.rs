//! A canvas as SVG markup.

use std::fmt::Write;

use base64::Engine;
use image::DynamicImage;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use plotters::style::RGBAColor;

use super::canvas::{Anchor, Canvas, Item, Paint};
use super::display::escaped;
use crate::{Error, Result};

/// The whole picture. Its background is transparent, its fonts are the page's.
pub(super) fn svg(canvas: &Canvas) -> Result<String> {
    let (width, height) = (canvas.width, canvas.height);
    let mut svg = format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\" \
         font-family=\"system-ui, 'Helvetica Neue', Arial, sans-serif\">\n"
    );
    for item in &canvas.items {
        svg += &markup(item)?;
    }
    svg += "</svg>\n";
    Ok(svg)
}

fn markup(item: &Item) -> Result<String> {
    Ok(match item {
        Item::Path { points, paint } => match paint {
            Paint::Fill(ink) => format!("<polygon points=\"{}\" {}/>\n", list(points), fill(*ink)),
            Paint::Stroke(..) => format!(
                "<polyline points=\"{}\" {} stroke-linejoin=\"round\" stroke-linecap=\"round\"/>\n",
                list(points),
                painted(*paint)
            ),
        },
        Item::Rect {
            corner,
            size,
            paint,
        } => format!("<rect {} {}/>\n", place(*corner, *size), painted(*paint)),
        Item::Circle {
            centre,
            radius,
            paint,
        } => format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>\n",
            number(centre.0),
            number(centre.1),
            number(*radius),
            painted(*paint)
        ),
        Item::Text {
            at,
            text,
            size,
            ink,
            anchor,
            turn,
        } => {
            let (x, y) = (number(at.0), number(at.1));
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let turn = if *turn == 0 {
                String::new()
            } else {
                format!(" transform=\"rotate({turn} {x} {y})\"")
            };
            format!(
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" text-anchor=\"{anchor}\" {}{turn}>{}</text>\n",
                number(*size),
                fill(*ink),
                escaped(text)
            )
        }
        Item::Picture {
            corner,
            size,
            picture,
            crisp,
        } => {
            let crisp = if *crisp {
                " style=\"image-rendering:pixelated\""
            } else {
                ""
            };
            let data = base64::engine::general_purpose::STANDARD.encode(png(picture.clone())?);
            format!(
                "<image {}{crisp} href=\"data:image/png;base64,{data}\"/>\n",
                place(*corner, *size)
            )
        }
    })
}

/// The bytes of a PNG file.
pub(super) fn png(picture: impl Into<DynamicImage>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // What `image` takes by default makes files of charts twice as large.
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    picture
        .into()
        .write_with_encoder(encoder)
        .map_err(|error| Error::Display {
            what: "picture",
            source: Box::new(error),
        })?;
    Ok(bytes)
}

/// A tenth of a pixel is all that one sees.
fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // Not "-0".
    format!("{}", rounded + 0.0)
}

fn list(points: &[(f64, f64)]) -> String {
    let mut text = String::new();
    for (x, y) in points {
        let gap = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{gap}{},{}", number(*x), number(*y));
    }
    text
}

fn place(corner: (f64, f64), size: (f64, f64)) -> String {
    format!(
        "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
        number(corner.0),
        number(corner.1),
        number(size.0),
        number(size.1)
    )
}

fn hex(RGBAColor(r, g, b, _): RGBAColor) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn fill(ink: RGBAColor) -> String {
    painted(Paint::Fill(ink))
}

fn painted(paint: Paint) -> String {
    let opacity = |what: &str, ink: RGBAColor| {
        if ink.3 < 1.0 {
            format!(" {what}-opacity=\"{:.3}\"", ink.3)
        } else {
            String::new()
        }
    };
    match paint {
        Paint::Fill(ink) => format!("fill=\"{}\"{}", hex(ink), opacity("fill", ink)),
        Paint::Stroke(ink, width) => format!(
            "fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{}",
            hex(ink),
            number(width),
            opacity("stroke", ink)
        ),
    }
}
