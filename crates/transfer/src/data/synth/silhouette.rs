//! What a thing covers, also where it lies beyond the picture's edge: shadow, mask and box all come from here.

use tiny_skia::{FillRule, Mask, Path, Transform};

use super::canvas::Canvas;
use super::colour::{Colour, mix};

/// A pixel counts as part of a thing if the thing covers at least so much of it, out of 255.
pub(super) const SOLID: u8 = 128;

/// The cover of a thing in a window of its own.
#[derive(Debug, Clone)]
pub(super) struct Silhouette {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: usize,
    pub(super) height: usize,
    cover: Vec<u8>,
}

impl Silhouette {
    /// Of outlines, each with its way to the picture; none where nothing is as large as a pixel.
    pub(super) fn of(outlines: Vec<(Path, Transform)>) -> Option<Self> {
        let placed: Vec<Path> = outlines
            .into_iter()
            .filter_map(|(path, place)| path.transform(place))
            .collect();
        let (mut low, mut high) = ([f32::MAX; 2], [f32::MIN; 2]);
        for bounds in placed.iter().map(Path::bounds) {
            low = [low[0].min(bounds.left()), low[1].min(bounds.top())];
            high = [high[0].max(bounds.right()), high[1].max(bounds.bottom())];
        }
        if placed.is_empty() {
            return None;
        }
        let [left, top] = low.map(|value| value.floor() as i32 - 1);
        let width = (high[0].ceil() as i32 + 1 - left) as u32;
        let height = (high[1].ceil() as i32 + 1 - top) as u32;
        let mut mask = Mask::new(width, height)?;
        let shift = Transform::from_translate(-left as f32, -top as f32);
        for path in &placed {
            mask.fill_path(path, FillRule::Winding, true, shift);
        }
        let this = Self {
            left,
            top,
            width: width as usize,
            height: height as usize,
            cover: mask.take(),
        };
        (this.area() > 0).then_some(this)
    }

    /// The cover at a pixel of the picture, 0 to 255.
    pub(super) fn at(&self, column: i32, row: i32) -> u8 {
        let (x, y) = (column - self.left, row - self.top);
        let inside = x >= 0 && y >= 0 && (x as usize) < self.width && (y as usize) < self.height;
        if inside {
            self.cover[y as usize * self.width + x as usize]
        } else {
            0
        }
    }

    /// The pixels that count as the thing, `[column, row]`, row by row; not all need to be in the picture.
    pub(super) fn pixels(&self) -> impl Iterator<Item = [i32; 2]> + '_ {
        let solid = self
            .cover
            .iter()
            .enumerate()
            .filter(|(_, cover)| **cover >= SOLID);
        solid.map(|(number, _)| {
            let (x, y) = (number % self.width, number / self.width);
            [self.left + x as i32, self.top + y as i32]
        })
    }

    /// How many pixels count as the thing.
    pub(super) fn area(&self) -> usize {
        self.cover.iter().filter(|cover| **cover >= SOLID).count()
    }

    /// Lays a colour over the picture where the thing covers it; the colour may change from pixel to pixel.
    pub(super) fn paint(&self, canvas: &mut Canvas, colour: impl Fn(f32, f32) -> Colour) {
        let (right, bottom) = (self.left + self.width as i32, self.top + self.height as i32);
        let window = [self.left, self.top, right, bottom];
        canvas.change_within(window, |column, row, below| match self.at(column, row) {
            0 => below,
            cover => {
                let colour = colour(column as f32 + 0.5, row as f32 + 0.5);
                mix(below, colour, f32::from(cover) / 255.0)
            }
        });
    }
}
