//! Berries: one, two or three glossy balls, some on a stalk.

use std::f32::consts::TAU;

use tiny_skia::{LineCap, Path, PathBuilder, Stroke, Transform};

use super::super::canvas::curve;
use super::super::colour::{Colour, hsl, mix};
use super::super::domain::Photo;
use super::super::growth::Point;
use super::super::silhouette::Silhouette;
use super::piece::{Piece, lit};
use crate::data::rng::Rng;

/// Berries in their place.
pub(super) struct Berries {
    balls: Vec<Point>,
    radius: f32,
    stalks: Vec<Vec<Point>>,
    skin: Colour,
    stalk: Colour,
    /// Where the flower was, from the middle in parts of the radius.
    scar: Point,
}

impl Berries {
    pub(super) fn new(middle: Point, size: f32, rng: &mut Rng) -> Self {
        const HUES: [[f32; 3]; 6] = [
            [355.0, 0.75, 0.40],
            [8.0, 0.85, 0.46],
            [25.0, 0.90, 0.50],
            [225.0, 0.35, 0.24],
            [290.0, 0.35, 0.16],
            [60.0, 0.35, 0.80],
        ];
        let [hue, saturation, lightness] = HUES[rng.below(HUES.len())];
        let radius = size * rng.range(0.014, 0.030);
        let mut turn = rng.range(0.0, TAU);
        let count = 1 + rng.below(3);
        let mut balls = vec![middle];
        for _ in 1..count {
            turn += rng.range(0.9, 1.5);
            let away = radius * rng.range(1.75, 2.1);
            balls.push([middle[0] + away * turn.cos(), middle[1] + away * turn.sin()]);
        }
        let knot = turn + rng.range(2.2, 3.4);
        let reach = radius * rng.range(3.0, 5.0);
        let knot = [
            middle[0] + reach * knot.cos(),
            middle[1] + reach * knot.sin(),
        ];
        let mut stalks = Vec::new();
        if rng.chance(0.6) {
            for ball in &balls {
                let bow = [
                    0.5 * (ball[0] + knot[0]) + radius * rng.range(-0.7, 0.7),
                    0.5 * (ball[1] + knot[1]) + radius * rng.range(-0.7, 0.7),
                ];
                stalks.push(vec![*ball, bow, knot]);
            }
        }
        let scar = rng.range(0.0, TAU);
        Self {
            balls,
            radius,
            stalks,
            skin: hsl(hue + 5.0 * rng.bell(), saturation, lightness),
            stalk: hsl(rng.range(30.0, 95.0), 0.35, rng.range(0.25, 0.4)),
            scar: [0.4 * scar.cos(), 0.4 * scar.sin()],
        }
    }

    /// The ball at a point, with the way there from its middle in parts of the radius.
    fn ball(&self, x: f32, y: f32) -> Option<Point> {
        let ways = self.balls.iter().rev();
        ways.map(|[middle_x, middle_y]| {
            [(x - middle_x) / self.radius, (y - middle_y) / self.radius]
        })
        // The outermost pixels, which are covered in part, too.
        .find(|[u, v]| u * u + v * v < (1.0 + 0.8 / self.radius).powi(2))
    }
}

impl Piece for Berries {
    fn silhouette(&self) -> Option<Silhouette> {
        let stroke = Stroke {
            width: (0.22 * self.radius).max(0.8),
            line_cap: LineCap::Round,
            ..Default::default()
        };
        let stalks = self
            .stalks
            .iter()
            .filter_map(|line| curve(line)?.stroke(&stroke, 1.0));
        let balls = self
            .balls
            .iter()
            .filter_map(|[x, y]| PathBuilder::from_circle(*x, *y, self.radius));
        let outlines: Vec<Path> = stalks.chain(balls).collect();
        let placed = outlines
            .into_iter()
            .map(|path| (path, Transform::identity()));
        Silhouette::of(placed.collect())
    }

    fn height(&self) -> f32 {
        0.9 * self.radius
    }

    fn paint(&self, photo: &mut Photo, cover: &Silhouette) {
        let light = photo.light;
        cover.paint(&mut photo.canvas, |x, y| {
            let Some([u, v]) = self.ball(x, y) else {
                return self.stalk;
            };
            let length = (u * u + v * v).sqrt();
            let lean = [u, v].map(|part| part / length.max(1.0));
            let scar = ((u - self.scar[0]).powi(2) + (v - self.scar[1]).powi(2)).sqrt();
            let skin = mix(
                self.skin,
                [0.10, 0.07, 0.05],
                0.7 * (1.0 - scar / 0.22).clamp(0.0, 1.0),
            );
            // The window in which the light is mirrored, and the sky at the rim.
            let mirror = ((u - 0.42 * light[0]).powi(2) + (v - 0.42 * light[1]).powi(2)).sqrt();
            let gleam = 0.75 * (1.0 - mirror / 0.30).clamp(0.0, 1.0).powf(1.5);
            let rim = 0.08 * length.min(1.0).powi(4);
            let brightness = lit(lean.map(|part| 0.98 * part), light);
            skin.map(|value| value * brightness + gleam + rim)
        });
    }
}
