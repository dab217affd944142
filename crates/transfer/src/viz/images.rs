//! Pictures side by side, with a line of text below each.

use std::io::Cursor;

use base64::Engine;
use image::{ImageFormat, RgbImage};

use super::Figure;
use super::display::escaped;
use super::theme;
use crate::{Error, Result};

/// What the frame of a picture says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mark {
    /// No frame.
    #[default]
    None,
    /// A green frame and a tick.
    Right,
    /// A red frame and a cross.
    Wrong,
}

/// One picture of a grid.
#[derive(Debug, Clone)]
pub struct Tile {
    picture: RgbImage,
    caption: String,
    mark: Mark,
}

impl Tile {
    /// A picture with a caption.
    pub fn new(picture: RgbImage, caption: impl Into<String>) -> Self {
        Self {
            picture,
            caption: caption.into(),
            mark: Mark::None,
        }
    }

    /// A picture with a frame that says whether something about it is right.
    #[must_use]
    pub fn marked(mut self, right: bool) -> Self {
        self.mark = if right { Mark::Right } else { Mark::Wrong };
        self
    }
}

const SIDE: u32 = 104;
const GAP: u32 = 10;
const CAPTION: u32 = 22;

/// A grid with so many columns: each picture fitted into a square with its caption below it. Lines and text
/// are SVG, each picture is a PNG inside it.
///
/// # Errors
///
/// A picture has no pixels, or is far longer than it is wide.
pub fn grid(tiles: &[Tile], columns: u32) -> Result<Figure> {
    let columns = columns.max(1);
    let rows = (tiles.len() as u32).div_ceil(columns);
    let (width, height) = (
        columns * (SIDE + GAP) + GAP,
        rows * (SIDE + CAPTION + GAP) + GAP,
    );
    let (r, g, b) = theme::TEXT;
    let mut svg = format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\" \
         font-family=\"system-ui, 'Helvetica Neue', Arial, sans-serif\" font-size=\"12\" text-anchor=\"middle\" \
         fill=\"rgb({r},{g},{b})\">\n"
    );
    for (number, tile) in (0u32..).zip(tiles) {
        let x = GAP + (number % columns) * (SIDE + GAP);
        let y = GAP + (number / columns) * (SIDE + CAPTION + GAP);
        let png = png(&tile.picture)?;
        svg += &format!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{SIDE}\" height=\"{SIDE}\" href=\"data:image/png;base64,{png}\"/>\n"
        );
        let (colour, sign) = match tile.mark {
            Mark::None => (None, ""),
            Mark::Right => (Some(theme::GOOD), "✓ "),
            Mark::Wrong => (Some(theme::BAD), "✗ "),
        };
        let mut fill = String::new();
        if let Some(colour) = colour {
            svg += &format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"3\"/>\n"
            );
            fill = format!(" fill=\"{colour}\"");
        }
        let (middle, line) = (x + SIDE / 2, y + SIDE + 15);
        svg += &format!(
            "<text x=\"{middle}\" y=\"{line}\"{fill}>{sign}{}</text>\n",
            escaped(&shortened(&tile.caption))
        );
    }
    svg += "</svg>\n";
    let alt = tiles
        .iter()
        .map(|tile| tile.caption.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    Ok(Figure::new(svg, width, &format!("pictures: {alt}")))
}

fn png(picture: &RgbImage) -> Result<String> {
    // A photograph's full size has no place in a thumbnail.
    let shorter = picture.width().min(picture.height());
    let small = (shorter > 2 * SIDE)
        .then(|| crate::data::resize(picture, 2 * SIDE))
        .transpose()?;
    let mut bytes = Cursor::new(Vec::new());
    small
        .as_ref()
        .unwrap_or(picture)
        .write_to(&mut bytes, ImageFormat::Png)
        .map_err(|error| Error::Display {
            what: "picture grid",
            source: Box::new(error),
        })?;
    Ok(base64::engine::general_purpose::STANDARD.encode(bytes.into_inner()))
}

fn shortened(caption: &str) -> String {
    const LONGEST: usize = 19;
    if caption.chars().count() <= LONGEST {
        return caption.to_owned();
    }
    caption.chars().take(LONGEST - 1).chain(['…']).collect()
}
