//! What the leaves of a scene lie on, seen from further away than a single leaf's ground, and lit from one side.

use std::f32::consts::TAU;

use super::super::colour::{Colour, mix};
use super::super::domain::Photo;
use super::super::noise::Noise;
use super::ground_kind::GROUND_KINDS;
use super::litter;
use crate::data::rng::Rng;

/// Covers the picture with ground of some kind.
pub(super) fn lay(photo: &mut Photo, rng: &mut Rng) {
    let kind = &GROUND_KINDS[rng.below(GROUND_KINDS.len())];
    let shift: Colour = std::array::from_fn(|_| 0.02 * rng.bell());
    let (noise, spread) = (Noise::new(rng.next()), Noise::new(rng.next()));
    let (sin, cos) = rng.range(0.0, TAU).sin_cos();
    let scale = kind.scale * rng.range(0.8, 1.3);
    let size = photo.canvas.size;
    let share = |number: usize| number as f32 / size as f32;
    // A row and a column more, for the slopes.
    let wide = size + 1;
    let heights: Vec<f32> = (0..wide * wide)
        .map(|number| {
            let (x, y) = (share(number % wide), share(number / wide));
            let (u, v) = (cos * x + sin * y, cos * y - sin * x);
            noise.octaves(u * scale, v * scale * kind.stretch, 5, 0.62)
        })
        .collect();
    // Slopes are steps from pixel to pixel, which are smaller where pixels are.
    let steep = kind.relief * (size as f32 / 128.0).clamp(0.5, 1.5);
    let light = photo.light;
    photo.canvas.change(|column, row, _| {
        let at = row * wide + column;
        let height = heights[at];
        let slope =
            (heights[at + 1] - height) * light[0] + (heights[at + wide] - height) * light[1];
        let here = mix(kind.dark, kind.bright, (0.5 + 0.4 * height).clamp(0.0, 1.0));
        let patch = spread.octaves(2.6 * share(column), 2.6 * share(row), 2, 0.5);
        let patch = ((patch + 0.3 * height - 0.1) * 2.5).clamp(0.0, 1.0) * kind.patched;
        let here = mix(here, kind.patches, patch);
        let brightness = 1.0 - (steep * slope).clamp(-0.45, 0.45);
        std::array::from_fn(|c| here[c] * brightness + shift[c])
    });
    litter::strew(photo, kind, rng);
}
