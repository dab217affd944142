//! Pictures side by side, with a line of text below each.

use image::RgbImage;
use plotters::style::text_anchor::HPos;
use tch::Tensor;

use super::canvas::Canvas;
use super::pen::{self, inked, rect, stroke};
use super::pixels::{MapScale, filter_pictures, map_pictures, thumbnail};
use super::{Figure, font, theme};
use crate::Result;

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
    /// A picture with a caption; a line break in it begins a second line.
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

const SIDE: f64 = 104.0;
const GAP: f64 = 10.0;
const LINE: f64 = 15.0;
const LETTERS: f64 = 12.0;

/// A grid with so many columns: each picture fitted into a square with its caption below it. A caption that is too
/// long ends in "…".
///
/// # Errors
///
/// A picture cannot be written as PNG, which it has no reason to.
pub fn grid(tiles: &[Tile], columns: u32) -> Result<Figure> {
    let columns = (columns.max(1) as usize).min(tiles.len().max(1));
    let lines = tiles
        .iter()
        .map(|tile| tile.caption.lines().count())
        .max()
        .unwrap_or(0);
    let below = if lines > 0 {
        lines as f64 * LINE + 5.0
    } else {
        0.0
    };
    let rows = tiles.len().div_ceil(columns);
    let mut canvas = Canvas::new(
        columns as f64 * (SIDE + GAP) + GAP,
        rows as f64 * (SIDE + below + GAP) + GAP,
    );
    let corner = |number: usize| {
        (
            GAP + (number % columns) as f64 * (SIDE + GAP),
            GAP + (number / columns) as f64 * (SIDE + below + GAP),
        )
    };
    for (number, tile) in tiles.iter().enumerate() {
        // Small pictures are shown as they are: their pixels are what there is to see.
        let crisp = tile.picture.width().max(tile.picture.height()) <= 48;
        let picture = thumbnail(&tile.picture, 2 * SIDE as u32);
        canvas.picture(corner(number), (SIDE, SIDE), picture, crisp);
    }
    let alt: Vec<String> = tiles
        .iter()
        .filter(|tile| !tile.caption.is_empty())
        .map(|tile| tile.caption.replace('\n', ", "))
        .collect();
    let alt = if alt.is_empty() {
        String::new()
    } else {
        format!(": {}", alt.join("; "))
    };
    let alt = format!("{} pictures{alt}", tiles.len());
    canvas.draw(|area| {
        for (number, tile) in tiles.iter().enumerate() {
            let (x, y) = corner(number);
            let (ink, sign) = match tile.mark {
                Mark::None => (theme::TEXT, ""),
                Mark::Right => (theme::GOOD, "✓ "),
                Mark::Wrong => (theme::BAD, "✗ "),
            };
            if tile.mark != Mark::None {
                rect(area, (x, y), (x + SIDE, y + SIDE), stroke(&ink, 3.0))?;
            }
            for (line, text) in tile.caption.lines().enumerate() {
                let sign = if line == 0 { sign } else { "" };
                let text = font::fitted(&format!("{sign}{text}"), LETTERS, SIDE + GAP - 2.0);
                let at = (x + SIDE / 2.0, y + SIDE + LINE * (line + 1) as f64 - 4.0);
                inked(area, &text, LETTERS, &ink, HPos::Center, at)?;
            }
        }
        Ok(())
    })?;
    Figure::new(canvas, &alt)
}

/// Feature maps `[C, H, W]` side by side, in the colours of viridis: dark blue is little, yellow is much.
///
/// # Errors
///
/// Another shape.
pub fn map_grid(title: &str, maps: &Tensor, scale: MapScale, columns: u32) -> Result<Figure> {
    sheet(title, &map_pictures(maps, scale)?, columns, "feature maps")
}

/// The filters `[O, 3, k, k]` of a first layer as colour pictures side by side.
///
/// # Errors
///
/// Another shape.
pub fn filter_grid(title: &str, weight: &Tensor, columns: u32) -> Result<Figure> {
    sheet(title, &filter_pictures(weight)?, columns, "filters")
}

/// Pictures of a few pixels under one title, without captions; their pixels stay visible as squares.
fn sheet(title: &str, pictures: &[RgbImage], columns: u32, what: &str) -> Result<Figure> {
    let columns = (columns.max(1) as usize).min(pictures.len().max(1));
    let side = (700.0 / columns as f64 - 4.0).clamp(24.0, 96.0);
    let rows = pictures.len().div_ceil(columns);
    let width = (columns as f64 * (side + 4.0) + 16.0)
        .max(font::width(title, 17.0) + 24.0)
        .min(760.0);
    let mut canvas = Canvas::new(
        width.max(columns as f64 * (side + 4.0) + 16.0),
        46.0 + rows as f64 * (side + 4.0),
    );
    for (number, picture) in pictures.iter().enumerate() {
        let (column, row) = ((number % columns) as f64, (number / columns) as f64);
        canvas.picture(
            (10.0 + column * (side + 4.0), 38.0 + row * (side + 4.0)),
            (side, side),
            picture.clone(),
            true,
        );
    }
    let size = pictures.first().map_or(String::new(), |picture| {
        format!(" of {} x {} pixels", picture.width(), picture.height())
    });
    let alt = format!("{title}. {} {what}{size}", pictures.len());
    canvas.draw(|area| pen::title(area, title))?;
    Figure::new(canvas, &alt)
}
