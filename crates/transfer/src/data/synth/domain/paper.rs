//! Paper: fibres, yellowed borders, foxing; and what is written on it.

use tiny_skia::{Mask, Path, PathBuilder, Transform};

use crate::data::rng::Rng;
use crate::data::synth::canvas::Canvas;
use crate::data::synth::colour::{Colour, mix};
use crate::data::synth::noise::{Noise, step};

/// An old sheet. Lengths are in parts of the picture's side.
pub(super) struct Paper {
    colour: Colour,
    noise: Noise,
    /// How rough it is, how dark its borders are.
    grain: f32,
    aged: f32,
    /// Brown spots: a place, a radius, a strength.
    spots: Vec<([f32; 2], f32, f32)>,
}

impl Paper {
    pub(super) fn new(colour: Colour, grain: f32, rng: &mut Rng) -> Self {
        let count = if rng.chance(0.4) { 2 + rng.below(9) } else { 0 };
        let spot = |_| {
            let place = [rng.unit(), rng.unit()];
            (place, rng.range(0.006, 0.03), rng.range(0.08, 0.35))
        };
        let spots = (0..count).map(spot).collect();
        Self {
            colour,
            grain,
            spots,
            aged: rng.range(0.0, 0.30),
            noise: Noise::new(rng.next()),
        }
    }

    /// What is drawn on white, on this paper instead: ink and colours darken it.
    pub(super) fn show_through(&self, canvas: &mut Canvas) {
        const BROWN: Colour = [0.72, 0.55, 0.35];
        let side = 1.0 / canvas.size as f32;
        canvas.change(|column, row, drawn| {
            let (x, y) = (column as f32 * side, row as f32 * side);
            let border = x.min(y).min(1.0 - x).min(1.0 - y);
            let cloud = self.noise.octaves(3.0 * x, 3.0 * y, 2, 0.6);
            let old = self.aged * step(0.30, -0.04, border + 0.06 * cloud);
            let mut paper = mix(self.colour, BROWN, (old + 0.04 * cloud).clamp(0.0, 1.0));
            for &([left, top], radius, strength) in &self.spots {
                let (dx, dy) = (x - left, y - top);
                let near = 1.0 - (dx * dx + dy * dy) / (radius * radius);
                if near > 0.0 {
                    paper = mix(paper, BROWN, strength * near);
                }
            }
            // Fibres are longer than wide.
            let fibre = self.noise.at(64.0 * x + 9.0, 40.0 * y) + self.noise.at(97.0 * x, 90.0 * y);
            let rough = 1.0 + self.grain * fibre;
            std::array::from_fn(|c| drawn[c] * paper[c] * rough)
        });
    }
}

/// A line of handwriting nobody can read: from a place, so long and so high (all in pixels).
pub(super) fn scribble(
    canvas: &mut Canvas,
    ([x, y], length, height): ([f32; 2], f32, f32),
    ink: (Colour, f32),
    place: Transform,
    mask: Option<&Mask>,
    rng: &mut Rng,
) {
    let mut at = x;
    while at < x + length {
        let word = (height * rng.range(1.5, 5.0)).min(x + length - at);
        let steps = (word / (0.45 * height)).ceil().max(2.0) as usize;
        let letters: Vec<[f32; 2]> = (0..=steps)
            .map(|number| {
                let tall = if rng.chance(0.2) { 1.5 } else { 0.7 };
                let up = if number % 2 == 0 { 0.0 } else { tall * height };
                [
                    at + word * number as f32 / steps as f32,
                    y - up * rng.range(0.7, 1.1),
                ]
            })
            .collect();
        if let Some(path) = flowing(&letters) {
            canvas.stroke(&path, ink, (0.16 * height, 0.55), place, mask);
        }
        at += word + 0.9 * height;
    }
}

/// A line that swings from the middle of one step to that of the next, round each point.
fn flowing(points: &[[f32; 2]]) -> Option<Path> {
    let mut path = PathBuilder::new();
    let &[x, y] = points.first()?;
    path.move_to(x, y);
    for two in points.windows(2) {
        let [[x0, y0], [x1, y1]] = [two[0], two[1]];
        path.quad_to(x0, y0, 0.5 * (x0 + x1), 0.5 * (y0 + y1));
    }
    path.finish()
}
