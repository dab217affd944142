//! Long thin things: a line with a width that changes along it.

use tiny_skia::Path;

use super::super::canvas::closed;
use super::super::growth::Point;
use crate::data::rng::Rng;

/// A line of points, each with half the width there.
#[derive(Debug, Clone)]
pub(super) struct Strip {
    points: Vec<Point>,
    half: Vec<f32>,
}

/// Where on a strip a point lies.
pub(super) struct Spot {
    /// From 0 to 1.
    pub(super) along: f32,
    /// From -1 to 1 where it is on the strip, beyond where it is beside it.
    pub(super) across: f32,
    /// The direction in which `across` grows.
    pub(super) normal: Point,
}

impl Strip {
    /// A line that starts at a point in a direction, and sways; `half` is half its width, for 0 to 1 along it.
    pub(super) fn grow(
        start: Point,
        angle: f32,
        length: f32,
        bend: f32,
        wobble: f32,
        half: impl Fn(f32) -> f32,
        rng: &mut Rng,
    ) -> Self {
        const STEPS: usize = 14;
        let (mut at, mut angle) = (start, angle);
        let mut this = Self {
            points: Vec::with_capacity(STEPS + 1),
            half: Vec::with_capacity(STEPS + 1),
        };
        for step in 0..=STEPS {
            this.points.push(at);
            this.half.push(half(step as f32 / STEPS as f32));
            angle += (bend + wobble * rng.bell()) / STEPS as f32;
            let stride = length / STEPS as f32;
            at = [at[0] + stride * angle.cos(), at[1] + stride * angle.sin()];
        }
        this
    }

    /// A point on its middle line, and the direction there.
    pub(super) fn point(&self, along: f32) -> (Point, f32) {
        let last = self.points.len() - 2;
        let number = ((along * last as f32) as usize).min(last);
        let [from, to] = [self.points[number], self.points[number + 1]];
        (from, (to[1] - from[1]).atan2(to[0] - from[0]))
    }

    pub(super) fn outline(&self) -> Option<Path> {
        let sides = |sign: f32| {
            (0..self.points.len()).map(move |number| {
                let normal = self.normal(number.min(self.points.len() - 2));
                let reach = sign * self.half[number];
                let [x, y] = self.points[number];
                [x + reach * normal[0], y + reach * normal[1]]
            })
        };
        let around: Vec<Point> = sides(1.0).chain(sides(-1.0).rev()).collect();
        closed(&around)
    }

    /// The nearest place on the strip.
    pub(super) fn locate(&self, x: f32, y: f32) -> Spot {
        let (mut nearest, mut spot) = (f32::MAX, None);
        let last = self.points.len() - 1;
        for number in 0..last {
            let [from, to] = [self.points[number], self.points[number + 1]];
            let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
            let length = (dx * dx + dy * dy).max(1e-9);
            let share = (((x - from[0]) * dx + (y - from[1]) * dy) / length).clamp(0.0, 1.0);
            let off = [x - from[0] - share * dx, y - from[1] - share * dy];
            let distance = off[0] * off[0] + off[1] * off[1];
            if distance < nearest {
                nearest = distance;
                let normal = self.normal(number);
                let half = self.half[number] + (self.half[number + 1] - self.half[number]) * share;
                spot = Some(Spot {
                    along: (number as f32 + share) / last as f32,
                    across: (off[0] * normal[0] + off[1] * normal[1]) / half.max(0.3),
                    normal,
                });
            }
        }
        spot.expect("a strip has at least two points")
    }

    fn normal(&self, segment: usize) -> Point {
        let [from, to] = [self.points[segment], self.points[segment + 1]];
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let length = (dx * dx + dy * dy).sqrt().max(1e-9);
        [-dy / length, dx / length]
    }
}
