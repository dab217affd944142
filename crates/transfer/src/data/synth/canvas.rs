//! What every domain draws on, and with.

use image::RgbImage;
use tiny_skia::{FillRule, LineCap, Mask, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use super::colour::{Colour, load, mix, store};
use super::growth::Point;

/// A picture in the making, square.
pub(crate) struct Canvas {
    pub(crate) size: usize,
    pixels: Pixmap,
}

impl Canvas {
    /// # Panics
    ///
    /// `size` is 0.
    pub(crate) fn new(size: u32) -> Self {
        Self {
            size: size as usize,
            pixels: Pixmap::new(size, size).expect("a picture has at least one pixel"),
        }
    }

    /// Gives every pixel a new colour; `change` is told the pixel's column and row, and its colour so far.
    pub(crate) fn change(&mut self, mut change: impl FnMut(usize, usize, Colour) -> Colour) {
        let rows = self.pixels.data_mut().chunks_exact_mut(4 * self.size);
        for (row, line) in rows.enumerate() {
            for (column, pixel) in line.chunks_exact_mut(4).enumerate() {
                store(pixel, change(column, row, load(pixel)));
            }
        }
    }

    /// The same for the pixels inside a mask's rectangle of columns and rows, mixed in by the mask.
    pub(crate) fn change_in(
        &mut self,
        mask: &Mask,
        [left, top, right, bottom]: [usize; 4],
        mut change: impl FnMut(usize, usize, Colour) -> Colour,
    ) {
        let size = self.size;
        let data = self.pixels.data_mut();
        for row in top..=bottom {
            for column in left..=right {
                let number = row * size + column;
                let cover = mask.data()[number];
                if cover > 0 {
                    let pixel = &mut data[4 * number..4 * number + 4];
                    let below = load(pixel);
                    let colour = change(column, row, below);
                    store(pixel, mix(below, colour, f32::from(cover) / 255.0));
                }
            }
        }
    }

    /// The same for the pixels of a rectangle of columns and rows, which may be partly or wholly beyond the picture.
    pub(crate) fn change_within(
        &mut self,
        [left, top, right, bottom]: [i32; 4],
        mut change: impl FnMut(i32, i32, Colour) -> Colour,
    ) {
        let size = self.size as i32;
        let data = self.pixels.data_mut();
        for row in top.max(0)..bottom.min(size) {
            for column in left.max(0)..right.min(size) {
                let pixel = &mut data[4 * (row * size + column) as usize..][..4];
                store(pixel, change(column, row, load(pixel)));
            }
        }
    }

    /// Fills a closed outline, in a colour and an opacity.
    pub(crate) fn fill(
        &mut self,
        path: &Path,
        (colour, alpha): (Colour, f32),
        place: Transform,
        mask: Option<&Mask>,
    ) {
        let paint = paint(colour, alpha);
        self.pixels
            .fill_path(path, &paint, FillRule::Winding, place, mask);
    }

    /// Draws a line of that width, in the units of its points. A line thinner than `least` pixels is drawn so wide
    /// and fainter.
    pub(crate) fn stroke(
        &mut self,
        path: &Path,
        (colour, alpha): (Colour, f32),
        (width, least): (f32, f32),
        place: Transform,
        mask: Option<&Mask>,
    ) {
        let (sx, sy) = place.get_scale();
        let drawn = width.max(least / sx.max(sy));
        let stroke = Stroke {
            width: drawn,
            line_cap: LineCap::Round,
            ..Default::default()
        };
        let paint = paint(colour, alpha * (width / drawn).sqrt());
        self.pixels.stroke_path(path, &paint, &stroke, place, mask);
    }

    /// Puts everything out of focus by so many pixels.
    pub(crate) fn blur(&mut self, radius: usize) {
        if radius == 0 {
            return;
        }
        for channel in 0..3 {
            let data = self.pixels.data_mut();
            let plane: Vec<u8> = data.iter().skip(channel).step_by(4).copied().collect();
            let soft = blurred(&plane, self.size, radius);
            for (to, from) in data.iter_mut().skip(channel).step_by(4).zip(soft) {
                *to = from;
            }
        }
    }

    /// The finished picture.
    pub(crate) fn picture(&self) -> RgbImage {
        let mut picture = RgbImage::new(self.size as u32, self.size as u32);
        for (to, from) in picture.pixels_mut().zip(self.pixels.data().chunks_exact(4)) {
            to.0.copy_from_slice(&from[..3]);
        }
        picture
    }
}

/// The closed outline through some points.
pub(crate) fn closed(points: &[Point]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    polyline(&mut builder, points);
    builder.close();
    builder.finish()
}

/// A smooth line: straight for two points, a quadratic curve for three, a polyline for more.
pub(crate) fn curve(points: &[Point]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    if let [[x0, y0], [x1, y1], [x2, y2]] = *points {
        builder.move_to(x0, y0);
        builder.quad_to(x1, y1, x2, y2);
    } else {
        polyline(&mut builder, points);
    }
    builder.finish()
}

fn polyline(builder: &mut PathBuilder, points: &[Point]) {
    for (number, &[x, y]) in points.iter().enumerate() {
        if number == 0 {
            builder.move_to(x, y)
        } else {
            builder.line_to(x, y)
        }
    }
}

fn paint(colour: Colour, alpha: f32) -> Paint<'static> {
    let [r, g, b] = colour.map(|value| (value.clamp(0.0, 1.0) * 255.0) as u8);
    let mut paint = Paint {
        anti_alias: true,
        ..Default::default()
    };
    paint.set_color_rgba8(r, g, b, (alpha.clamp(0.0, 1.0) * 255.0) as u8);
    paint
}

/// A box filter over rows, then columns, twice: close to a Gaussian. Beyond the edge, the last pixel goes on.
pub(crate) fn blurred(data: &[u8], size: usize, radius: usize) -> Vec<u8> {
    let radius = radius.min(size - 1);
    let width = 2 * radius as u32 + 1;
    let mut now = data.to_vec();
    let mut next = vec![0u8; now.len()];
    for _ in 0..2 {
        for (step, line) in [(1, size), (size, 1)] {
            for start in (0..size).map(|number| number * line) {
                let at = |position: usize| u32::from(now[start + position * step]);
                let (first, last) = (at(0), at(size - 1));
                let mut sum = first * (radius as u32 + 1) + (1..=radius).map(at).sum::<u32>();
                for position in 0..size {
                    next[start + position * step] = ((sum + width / 2) / width) as u8;
                    let enters = position + radius + 1;
                    sum += if enters < size { at(enters) } else { last };
                    sum -= if position < radius {
                        first
                    } else {
                        at(position - radius)
                    };
                }
            }
            std::mem::swap(&mut now, &mut next);
        }
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blurring_keeps_what_is_even_and_spreads_what_is_not() {
        assert_eq!(blurred(&[77; 25], 5, 3), vec![77; 25]);
        let mut dot = [0u8; 49];
        dot[24] = 250;
        let soft = blurred(&dot, 7, 1);
        assert!(soft[24] < 250 && soft[23] > 0 && soft[23] == soft[25] && soft[17] == soft[31]);
        let sum: u32 = soft.iter().map(|&value| u32::from(value)).sum();
        assert!((230..=270).contains(&sum), "{sum}");
    }
}
