//! Pictures side by side, with a line of text below each.

use image::RgbImage;
use plotters::style::text_anchor::HPos;
use tch::Tensor;

use super::canvas::Canvas;
use super::pen::{self, inked, rect, stroke, text};
use super::pixels::{MapScale, filter_pictures, map_pictures, thumbnail, value_range};
use super::scale::{counted, short};
use super::{Figure, font, theme};
use crate::Result;

/// What the frame of a picture says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Mark {
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
    /// A picture with a caption; a line break in it begins a new line.
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

    /// The caption as it stands below the picture.
    fn lines(&self) -> Vec<String> {
        let sign = match self.mark {
            Mark::None => "",
            Mark::Right => "✓ ",
            Mark::Wrong => "✗ ",
        };
        let caption = if self.caption.is_empty() {
            String::new()
        } else {
            format!("{sign}{}", self.caption)
        };
        let broken = |line: &str| font::wrapped(line, LETTERS, SIDE + GAP - 2.0, MOST_LINES);
        caption.lines().flat_map(broken).collect()
    }
}

const SIDE: f64 = 104.0;
const GAP: f64 = 10.0;
const LINE: f64 = 15.0;
const LETTERS: f64 = 12.0;
/// What one line of a caption may become.
const MOST_LINES: usize = 3;

/// A grid with so many columns: each picture fitted into a square with its caption below it, broken at spaces where it
/// is wider. A line that is too long ends in "…".
///
/// # Errors
///
/// A picture cannot be written as PNG, which it has no reason to.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let leaves = Leaves::new(SpeciesSet::Novel, 2, 64, 0);
/// let tiles = (0..8).map(|index| {
///     let name = leaves.classes()[leaves.label(index)].as_str();
///     Ok(Tile::new(leaves.picture(index)?, name))
/// });
/// let figure = grid(&tiles.collect::<Result<Vec<_>>>()?, 4)?;
/// assert!(figure.alt().starts_with("8 pictures: "));
/// # Ok(())
/// # }
/// ```
pub fn grid(tiles: &[Tile], columns: u32) -> Result<Figure> {
    let columns = (columns.max(1) as usize).min(tiles.len().max(1));
    let captions: Vec<Vec<String>> = tiles.iter().map(Tile::lines).collect();
    let lines = captions.iter().map(Vec::len).max().unwrap_or(0);
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
    let alt = format!("{}{alt}", counted(tiles.len(), "picture"));
    canvas.draw(|area| {
        for (number, tile) in tiles.iter().enumerate() {
            let (x, y) = corner(number);
            let ink = match tile.mark {
                Mark::None => theme::TEXT,
                Mark::Right => theme::GOOD,
                Mark::Wrong => theme::BAD,
            };
            if tile.mark != Mark::None {
                rect(area, (x, y), (x + SIDE, y + SIDE), stroke(&ink, 3.0))?;
            }
            for (line, text) in captions[number].iter().enumerate() {
                let at = (x + SIDE / 2.0, y + SIDE + LINE * (line + 1) as f64 - 4.0);
                inked(area, text, LETTERS, &ink, HPos::Center, at)?;
            }
        }
        Ok(())
    })?;
    Figure::new(canvas, &alt)
}

/// Feature maps `[C, H, W]` side by side, in the colours of viridis: dark blue is little, yellow is much. With
/// [`MapScale::Common`], a line below says how little and how much.
///
/// # Errors
///
/// Another shape.
pub fn map_grid(title: &str, maps: &Tensor, scale: MapScale, columns: u32) -> Result<Figure> {
    let pictures = map_pictures(maps, scale)?;
    let said = match (scale, value_range(maps)?) {
        (MapScale::Common, Some((low, high))) => {
            format!("dark blue: {}, yellow: {}", short(low), short(high))
        }
        _ => String::new(),
    };
    sheet(title, &pictures, columns, "feature map", &said)
}

/// The filters `[O, 3, k, k]` of a first layer as colour pictures side by side.
///
/// # Errors
///
/// Another shape.
pub fn filter_grid(title: &str, weight: &Tensor, columns: u32) -> Result<Figure> {
    sheet(title, &filter_pictures(weight)?, columns, "filter", "")
}

/// Pictures of a few pixels under one title, without captions; their pixels stay visible as squares. `said` stands
/// below them.
fn sheet(
    title: &str,
    pictures: &[RgbImage],
    columns: u32,
    what: &str,
    said: &str,
) -> Result<Figure> {
    let columns = (columns.max(1) as usize).min(pictures.len().max(1));
    let side = (700.0 / columns as f64 - 4.0).clamp(24.0, 96.0);
    let rows = pictures.len().div_ceil(columns);
    let words = font::width(title, 17.0).max(font::width(said, LETTERS));
    let width = (columns as f64 * (side + 4.0) + 16.0)
        .max(words + 24.0)
        .min(760.0);
    let end = 38.0 + rows as f64 * (side + 4.0);
    let mut canvas = Canvas::new(
        width.max(columns as f64 * (side + 4.0) + 16.0),
        end + if said.is_empty() { 8.0 } else { 26.0 },
    );
    for (number, picture) in pictures.iter().enumerate() {
        let (column, row) = ((number % columns) as f64, (number / columns) as f64);
        let corner = (10.0 + column * (side + 4.0), 38.0 + row * (side + 4.0));
        // Of one with more pixels than the screen has, squares would be lost.
        let crisp = f64::from(picture.width().max(picture.height())) <= 2.0 * side;
        let picture = thumbnail(picture, 2 * side as u32);
        canvas.picture(corner, (side, side), picture, crisp);
    }
    let size = pictures.first().map_or(String::new(), |picture| {
        format!(" of {} x {} pixels", picture.width(), picture.height())
    });
    let more = if said.is_empty() {
        String::new()
    } else {
        format!("; {said}")
    };
    let alt = format!("{title}. {}{size}{more}", counted(pictures.len(), what));
    canvas.draw(|area| {
        pen::title(area, title)?;
        text(area, said, LETTERS, HPos::Left, (10.0, end + 10.0))
    })?;
    Figure::new(canvas, &alt)
}
