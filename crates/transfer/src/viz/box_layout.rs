//! Where the tiles of a box grid stand.

use image::RgbImage;

use super::label_places::Edges;
use super::{BoxTile, font};

/// What the sheet is wide, if its pictures are not as small or as large as they may be.
const WIDTH: f64 = 760.0;
const SIDES: (f64, f64) = (130.0, 460.0);
const GAP: f64 = 12.0;
/// Between the two pictures of a pair.
const BETWEEN: f64 = 5.0;
pub(super) const CAPTION: f64 = 12.0;
pub(super) const LINE: f64 = 15.0;
/// What one line of a caption may become.
const MOST_LINES: usize = 3;

/// Where the pictures stand, below the title and what else is on top.
pub(super) struct Layout {
    pub(super) columns: usize,
    /// Whether every tile has two places for its picture.
    pub(super) pairs: bool,
    pub(super) width: f64,
    /// What a tile is wide.
    pub(super) tile: f64,
    /// What a picture may be wide, and high.
    pub(super) side: f64,
    pub(super) deep: f64,
    pub(super) captions: Vec<Vec<String>>,
    below: f64,
}

impl Layout {
    pub(super) fn new(tiles: &[BoxTile], columns: u32) -> Self {
        let columns = (columns.max(1) as usize).min(tiles.len().max(1));
        let pairs = tiles.iter().any(BoxTile::is_pair);
        let (places, between) = if pairs { (2.0, BETWEEN) } else { (1.0, 0.0) };
        let room = (WIDTH - GAP) / columns as f64 - GAP;
        let side = ((room - between) / places).clamp(SIDES.0, SIDES.1);
        let tile = places * side + between;
        let high = |tile: &BoxTile| {
            let (width, height) = tile.picture.dimensions();
            f64::from(height) / f64::from(width.max(1))
        };
        let tallest = tiles.iter().map(high).fold(0.0, f64::max);
        let broken = |line: &str| font::wrapped(line, CAPTION, tile, MOST_LINES);
        let lines = |tile: &BoxTile| tile.caption.lines().flat_map(broken).collect();
        let captions: Vec<Vec<String>> = tiles.iter().map(lines).collect();
        let rows = captions.iter().map(Vec::len).max().unwrap_or(0);
        Self {
            columns,
            pairs,
            width: columns as f64 * (tile + GAP) + GAP,
            tile,
            side,
            deep: side * tallest.clamp(0.25, 1.25),
            captions,
            below: if rows > 0 {
                rows as f64 * LINE + 5.0
            } else {
                0.0
            },
        }
    }

    pub(super) fn height(&self, tiles: usize) -> f64 {
        tiles.div_ceil(self.columns) as f64 * (self.deep + self.below + GAP) + GAP
    }

    pub(super) fn corner(&self, number: usize, side: usize) -> (f64, f64) {
        let (column, row) = (number % self.columns, number / self.columns);
        (
            GAP + column as f64 * (self.tile + GAP) + side as f64 * (self.side + BETWEEN),
            GAP / 2.0 + row as f64 * (self.deep + self.below + GAP),
        )
    }

    /// The edges of a picture that fills its place as far as it can.
    pub(super) fn frame(&self, number: usize, side: usize, picture: &RgbImage) -> Edges {
        let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
        let scale = (self.side / width.max(1.0)).min(self.deep / height.max(1.0));
        let (width, height) = (width * scale, height * scale);
        let side = if self.pairs { side } else { 0 };
        let (x, y) = self.corner(number, side);
        let (x, y) = (
            x + (self.side - width) / 2.0,
            y + (self.deep - height) / 2.0,
        );
        [x, y, x + width, y + height]
    }
}
