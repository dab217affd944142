//! What else is on a herbarium's sheet: a label, a stamp, a scale.

use tiny_skia::{Path, PathBuilder, Rect, Transform};

use super::super::paper::scribble;
use super::Sheet;
use crate::data::rng::Rng;
use crate::data::synth::colour::Colour;

const DARK: Colour = [0.16, 0.13, 0.12];

impl Sheet {
    /// Puts a label and perhaps a stamp into the corners where most is free, and a scale along a side.
    pub(super) fn furnish(&mut self, rng: &mut Rng) {
        let size = self.canvas.size as f32;
        let (width, height) = (rng.range(0.30, 0.40), rng.range(0.16, 0.22));
        let (right, low) = (1.0 - width - 0.02, 1.0 - height - 0.02);
        let mut corners = [[right, low], [0.02, low], [right, 0.02], [0.02, 0.02]];
        corners.sort_by(|one, other| {
            let free = |&[x, y]: &[f32; 2]| self.free_share(x, y, width, height);
            free(other).total_cmp(&free(one))
        });
        if rng.chance(0.9) {
            let [x, y] = corners[0];
            let place = Transform::from_rotate(1.2 * rng.bell()).post_translate(x * size, y * size);
            self.label(width * size, height * size, place, rng);
        }
        if rng.chance(0.4) {
            let [x, y] = corners[1];
            let middle = [(x + 0.5 * width) * size, (y + 0.5 * height) * size];
            self.stamp(middle, size * rng.range(0.06, 0.09), rng);
        }
        if rng.chance(0.3) {
            self.scale(rng);
        }
    }

    /// How much of a rectangle is free.
    fn free_share(&self, x: f32, y: f32, width: f32, height: f32) -> f32 {
        let size = self.canvas.size;
        let at = |share: f32| ((share * size as f32) as usize).min(size - 1);
        let steps = |from: f32, length: f32| (0..6).map(move |i| from + length * i as f32 / 5.0);
        let free = steps(y, height).flat_map(|y| {
            steps(x, width).map(move |x| f32::from(self.free.data()[at(y) * size + at(x)]))
        });
        free.sum()
    }

    fn label(&mut self, width: f32, height: f32, place: Transform, rng: &mut Rng) {
        let Some(card) = rectangle(0.0, 0.0, width, height) else {
            return;
        };
        let mask = Some(&self.free);
        let canvas = &mut self.canvas;
        let edge = 0.03 * height;
        let yellow = rng.range(0.0, 0.12);
        let paper = [0.99 - 0.5 * yellow, 0.98 - 0.7 * yellow, 0.95 - yellow];
        canvas.fill(
            &card,
            ([0.3, 0.26, 0.2], 0.30),
            place.post_translate(edge, 1.5 * edge),
            mask,
        );
        canvas.fill(&card, (paper, 1.0), place, mask);
        canvas.stroke(&card, (DARK, 0.35), (0.5, 0.5), place, mask);
        // The printed head, then what somebody wrote.
        let head = rng.range(0.45, 0.8) * width;
        if let Some(bar) = rectangle(0.5 * (width - head), 0.10 * height, head, 0.09 * height) {
            canvas.fill(&bar, (DARK, 0.75), place, mask);
        }
        let pen = if rng.chance(0.5) {
            [0.15, 0.17, 0.38]
        } else {
            [0.20, 0.15, 0.12]
        };
        for line in 0..3 {
            let foot = height * (0.46 + 0.21 * line as f32);
            let length = width * rng.range(0.45, 0.84);
            let text = ([0.08 * width, foot], length, 0.13 * height);
            scribble(canvas, text, (pen, 0.7), place, mask, rng);
        }
    }

    fn stamp(&mut self, [x, y]: [f32; 2], radius: f32, rng: &mut Rng) {
        let inks = [[0.35, 0.18, 0.45], [0.62, 0.16, 0.18], [0.16, 0.28, 0.50]];
        let ink = (inks[rng.below(3)], rng.range(0.3, 0.6));
        let place = Transform::from_rotate(12.0 * rng.bell()).post_translate(x, y);
        let mask = Some(&self.free);
        for share in [1.0, 0.72] {
            if let Some(ring) = PathBuilder::from_circle(0.0, 0.0, share * radius) {
                self.canvas
                    .stroke(&ring, ink, (0.09 * radius, 0.6), place, mask);
            }
        }
        let text = ([-0.5 * radius, 0.18 * radius], radius, 0.4 * radius);
        scribble(&mut self.canvas, text, ink, place, mask, rng);
    }

    /// A scale of black and white parts along one side.
    fn scale(&mut self, rng: &mut Rng) {
        let size = self.canvas.size as f32;
        let part = size * rng.range(0.035, 0.06);
        let upright = rng.chance(0.5);
        let start = size * rng.range(0.05, 0.4);
        for number in 0..8 {
            let (at, side) = (start + part * number as f32, 0.012 * size);
            let bar = if upright {
                rectangle(0.015 * size, at, side, part)
            } else {
                rectangle(at, 0.015 * size, part, side)
            };
            let colour = if number % 2 == 0 { DARK } else { [0.98; 3] };
            if let Some(bar) = bar {
                let mask = Some(&self.free);
                self.canvas
                    .fill(&bar, (colour, 0.85), Transform::identity(), mask);
            }
        }
    }
}

fn rectangle(x: f32, y: f32, width: f32, height: f32) -> Option<Path> {
    Rect::from_xywh(x, y, width, height).map(PathBuilder::from_rect)
}
