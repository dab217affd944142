//! Petals: pale or bright, shaped like small leaves, without teeth.

use std::f32::consts::{PI, TAU};

use tiny_skia::Transform;

use super::super::canvas::closed;
use super::super::colour::{Colour, hsl, mix};
use super::super::domain::Photo;
use super::super::growth::Point;
use super::super::silhouette::Silhouette;
use super::piece::Piece;
use crate::data::rng::Rng;

/// A petal in its place; in its own frame it reaches from (0, 0) to (0, 1).
pub(super) struct Petal {
    outline: Vec<Point>,
    place: Transform,
    length: f32,
    rim: Colour,
    heart: Colour,
    fold: f32,
    veins: f32,
}

impl Petal {
    pub(super) fn new(middle: Point, size: f32, rng: &mut Rng) -> Self {
        const HUES: [[f32; 3]; 6] = [
            [345.0, 0.65, 0.80],
            [340.0, 0.60, 0.62],
            [0.0, 0.05, 0.93],
            [50.0, 0.85, 0.60],
            [275.0, 0.40, 0.66],
            [12.0, 0.75, 0.52],
        ];
        let [hue, saturation, lightness] = HUES[rng.below(HUES.len())];
        let rim = hsl(hue + 6.0 * rng.bell(), saturation, lightness);
        let length = size * rng.range(0.05, 0.12);
        let (half, notch) = (rng.range(0.18, 0.40), rng.range(0.0, 0.16) * rng.unit());
        let side = |t: f32| half * (PI * t.powf(1.35)).sin().max(0.0).powf(0.75);
        let mut outline: Vec<Point> = (0..=24)
            .map(|i| i as f32 / 24.0)
            .map(|t| [side(t), t])
            .collect();
        outline.extend(
            (0..24)
                .rev()
                .map(|i| i as f32 / 24.0)
                .map(|t| [-side(t), t]),
        );
        for [x, y] in &mut outline {
            *y -= notch * (-(*x / 0.06).powi(2)).exp() * y.powi(8);
        }
        let place = Transform::from_translate(0.0, -0.5)
            .post_scale(length, length * rng.range(0.6, 1.0))
            .post_concat(Transform::from_rotate(rng.range(0.0, 360.0)))
            .post_translate(middle[0], middle[1]);
        let heart = if rng.chance(0.5) {
            mix(rim, [0.95, 0.92, 0.70], 0.6)
        } else {
            rim.map(|value| 0.75 * value)
        };
        Self {
            outline,
            place,
            length,
            rim,
            heart,
            fold: rng.range(0.25, 0.6),
            veins: rng.range(5.0, 9.0),
        }
    }
}

impl Piece for Petal {
    fn silhouette(&self) -> Option<Silhouette> {
        Silhouette::of(vec![(closed(&self.outline)?, self.place)])
    }

    fn height(&self) -> f32 {
        0.10 * self.length
    }

    fn paint(&self, photo: &mut Photo, cover: &Silhouette) {
        let Some(back) = self.place.invert() else {
            return;
        };
        let light = photo.light;
        // Across the petal, in the picture.
        let across = [self.place.sx / self.length, self.place.ky / self.length];
        let facing = across[0] * light[0] + across[1] * light[1];
        cover.paint(&mut photo.canvas, |x, y| {
            let mut point = tiny_skia::Point::from_xy(x, y);
            back.map_point(&mut point);
            let (x, y) = (point.x, point.y);
            let colour = mix(self.heart, self.rim, (1.6 * y).clamp(0.0, 1.0));
            // A shallow spoon: one side faces the light.
            let brightness = 0.97 - self.fold * facing * x * 2.0
                + 0.04 * (TAU * self.veins * x / (0.25 + 0.75 * y.max(0.0))).cos();
            colour.map(|value| value * brightness)
        });
    }
}
