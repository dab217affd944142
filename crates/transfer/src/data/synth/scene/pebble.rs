//! Pebbles: round, grey or brown, speckled.

use std::f32::consts::TAU;

use tiny_skia::{Path, Transform};

use super::super::canvas::closed;
use super::super::colour::{Colour, hsl, mix};
use super::super::domain::Photo;
use super::super::growth::Point;
use super::super::noise::Noise;
use super::super::silhouette::Silhouette;
use super::piece::{Piece, lit};
use crate::data::rng::Rng;

/// A pebble in its place.
pub(super) struct Pebble {
    middle: Point,
    radius: f32,
    /// How long against how wide, and where its length points to.
    stretch: f32,
    turn: Point,
    /// Strength and phase of its outline's waves, two to four around it.
    bumps: [[f32; 2]; 3],
    stone: Colour,
    speck: Colour,
    noise: Noise,
}

impl Pebble {
    pub(super) fn new(middle: Point, size: f32, rng: &mut Rng) -> Self {
        let (sin, cos) = rng.range(0.0, TAU).sin_cos();
        let lightness = rng.range(0.36, 0.72);
        let stone = hsl(rng.range(15.0, 55.0), rng.range(0.0, 0.22), lightness);
        let towards = if rng.chance(0.5) { 0.15 } else { 0.95 };
        Self {
            middle,
            radius: size * rng.range(0.018, 0.055),
            stretch: rng.range(1.0, 1.6),
            turn: [cos, sin],
            bumps: [0.07, 0.05, 0.03].map(|most| [most * rng.unit(), rng.range(0.0, TAU)]),
            stone,
            speck: mix(stone, [towards; 3], rng.range(0.1, 0.4)),
            noise: Noise::new(rng.next()),
        }
    }

    /// A point of the picture as distance from the middle, 1 on the outline.
    fn depth(&self, x: f32, y: f32) -> f32 {
        let [cos, sin] = self.turn;
        let (x, y) = (x - self.middle[0], y - self.middle[1]);
        let (u, v) = ((cos * x + sin * y) / self.stretch, cos * y - sin * x);
        (u * u + v * v).sqrt() / (self.radius * self.bump(v.atan2(u)))
    }

    fn bump(&self, angle: f32) -> f32 {
        let waves = self.bumps.iter().zip([2.0, 3.0, 4.0]);
        1.0 + waves
            .map(|([most, phase], count)| most * (count * angle + phase).cos())
            .sum::<f32>()
    }

    fn outline(&self) -> Option<Path> {
        let [cos, sin] = self.turn;
        let around = (0..40).map(|number| {
            let angle = number as f32 * TAU / 40.0;
            let reach = self.radius * self.bump(angle);
            let (u, v) = (reach * angle.cos() * self.stretch, reach * angle.sin());
            [
                self.middle[0] + cos * u - sin * v,
                self.middle[1] + sin * u + cos * v,
            ]
        });
        closed(&around.collect::<Vec<Point>>())
    }
}

impl Piece for Pebble {
    fn silhouette(&self) -> Option<Silhouette> {
        Silhouette::of(vec![(self.outline()?, Transform::identity())])
    }

    fn height(&self) -> f32 {
        0.55 * self.radius
    }

    fn paint(&self, photo: &mut Photo, cover: &Silhouette) {
        let light = photo.light;
        cover.paint(&mut photo.canvas, |x, y| {
            let depth = self.depth(x, y).min(1.0);
            let away = [x - self.middle[0], y - self.middle[1]];
            let length = (away[0] * away[0] + away[1] * away[1]).sqrt().max(1e-3);
            // Flat on top, steep at the rim.
            let lean = away.map(|part| part / length * 0.95 * depth * depth.sqrt());
            let (u, v) = (x / self.radius, y / self.radius);
            let grain = self.noise.octaves(2.5 * u, 2.5 * v, 3, 0.8);
            let colour = mix(self.stone, self.speck, (0.3 + 0.7 * grain).clamp(0.0, 1.0));
            colour.map(|value| value * lit(lean, light))
        });
    }
}
