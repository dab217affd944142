//! Twigs: brown, round, with side shoots.

use std::f32::consts::TAU;

use tiny_skia::Transform;

use super::super::colour::{Colour, hsl, mix};
use super::super::domain::Photo;
use super::super::growth::Point;
use super::super::noise::Noise;
use super::super::silhouette::Silhouette;
use super::piece::{Piece, lit};
use super::strip::Strip;
use crate::data::rng::Rng;

/// A twig in its place.
pub(super) struct Twig {
    /// The twig and its shoots.
    parts: Vec<Strip>,
    half: f32,
    bark: Colour,
    patch: Colour,
    noise: Noise,
}

impl Twig {
    pub(super) fn new(middle: Point, size: f32, rng: &mut Rng) -> Self {
        let length = size * rng.range(0.25, 0.75);
        let half = size * rng.range(0.006, 0.014);
        let angle = rng.range(0.0, TAU);
        let start = [
            middle[0] - 0.5 * length * angle.cos(),
            middle[1] - 0.5 * length * angle.sin(),
        ];
        let (bend, wobble) = (0.5 * rng.bell(), 1.2);
        let taper = |t: f32| half * (1.0 - 0.55 * t);
        let main = Strip::grow(start, angle, length, bend, wobble, taper, rng);
        let mut parts = vec![];
        for _ in 0..rng.below(4) {
            let along = rng.range(0.2, 0.85);
            let (from, ahead) = main.point(along);
            let side = if rng.chance(0.5) { 1.0 } else { -1.0 };
            let angle = ahead + side * rng.range(0.5, 0.95);
            let length = length * rng.range(0.12, 0.35);
            let taper = |t: f32| 0.62 * half * (1.0 - 0.6 * along) * (1.0 - 0.5 * t);
            parts.push(Strip::grow(
                from,
                angle,
                length,
                -0.4 * side,
                wobble,
                taper,
                rng,
            ));
        }
        parts.push(main);
        let bark = hsl(
            rng.range(14.0, 38.0),
            rng.range(0.12, 0.35),
            rng.range(0.20, 0.42),
        );
        Self {
            parts,
            half,
            bark,
            patch: mix(bark, [0.62, 0.62, 0.55], rng.range(0.2, 0.7)),
            noise: Noise::new(rng.next()),
        }
    }
}

impl Piece for Twig {
    fn silhouette(&self) -> Option<Silhouette> {
        let outlines = self.parts.iter().filter_map(Strip::outline);
        Silhouette::of(outlines.map(|path| (path, Transform::identity())).collect())
    }

    fn height(&self) -> f32 {
        1.6 * self.half
    }

    fn paint(&self, photo: &mut Photo, cover: &Silhouette) {
        let light = photo.light;
        cover.paint(&mut photo.canvas, |x, y| {
            let spots = self.parts.iter().map(|part| part.locate(x, y));
            let nearer = |a: &super::strip::Spot, b: &super::strip::Spot| {
                a.across.abs().total_cmp(&b.across.abs())
            };
            let Some(spot) = spots.min_by(nearer) else {
                return self.bark;
            };
            let lean = spot
                .normal
                .map(|part| part * spot.across.clamp(-0.97, 0.97));
            let (u, v) = (x / self.half, y / self.half);
            let rough = self.noise.octaves(0.5 * u, 0.5 * v, 3, 0.8);
            let colour = mix(self.bark, self.patch, (0.15 + 0.7 * rough).clamp(0.0, 1.0));
            colour.map(|value| value * lit(lean, light) * 1.05)
        });
    }
}
