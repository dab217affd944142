//! Blades of grass: long, thin, green or dry, above what else lies there.

use std::f32::consts::TAU;

use tiny_skia::Transform;

use super::super::colour::{Colour, hsl, mix};
use super::super::domain::Photo;
use super::super::growth::Point;
use super::super::silhouette::Silhouette;
use super::piece::{Piece, lit};
use super::strip::Strip;
use crate::data::rng::Rng;

/// A blade of grass in its place.
pub(super) struct Grass {
    blade: Strip,
    half: f32,
    base: Colour,
    tip: Colour,
}

impl Grass {
    pub(super) fn new(middle: Point, size: f32, rng: &mut Rng) -> Self {
        let length = size * rng.range(0.35, 1.1);
        let half = size * rng.range(0.006, 0.014);
        let angle = rng.range(0.0, TAU);
        let bend = 0.7 * rng.bell();
        // Half-way along the bow it points as the whole does.
        let first = angle - 0.5 * bend;
        let start = [
            middle[0] - 0.5 * length * angle.cos(),
            middle[1] - 0.5 * length * angle.sin(),
        ];
        // Pointed at the tip, and drawn in where it was torn off.
        let taper = |t: f32| half * (8.0 * t + 0.15).min(1.0) * (1.02 - t.powi(2)).sqrt();
        let blade = Strip::grow(start, first, length, bend, 0.25, taper, rng);
        let hue = if rng.chance(0.3) {
            rng.range(42.0, 58.0)
        } else {
            rng.range(70.0, 108.0)
        };
        let base = hsl(hue, rng.range(0.30, 0.55), rng.range(0.28, 0.46));
        Self {
            blade,
            half,
            base,
            tip: mix(base, [0.72, 0.66, 0.38], rng.range(0.0, 0.6)),
        }
    }
}

impl Piece for Grass {
    fn silhouette(&self) -> Option<Silhouette> {
        Silhouette::of(vec![(self.blade.outline()?, Transform::identity())])
    }

    fn height(&self) -> f32 {
        2.2 * self.half
    }

    fn paint(&self, photo: &mut Photo, cover: &Silhouette) {
        let light = photo.light;
        cover.paint(&mut photo.canvas, |x, y| {
            let spot = self.blade.locate(x, y);
            let colour = mix(self.base, self.tip, spot.along * spot.along);
            // Folded along its middle, which is pale.
            let lean = spot.normal.map(|part| part * 0.45 * spot.across.signum());
            let middle = 0.10 * (1.0 - 3.0 * spot.across.abs()).max(0.0);
            colour.map(|value| value * lit(lean, light) + middle)
        });
    }
}
