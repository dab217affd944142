//! Shapes by number: what a thing looks like in outline. A number fixes the build; an exemplar varies it, as two dogs
//! of one breed differ.

mod branching;
mod contour;
mod creature;
mod machine;

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use tiny_skia::{Path, PathBuilder};

use crate::data::rng::Rng;

/// How many shapes there are.
pub(super) const SHAPES: usize = 192;
/// How many kinds of shape there are; a shape's kind is its number modulo this.
pub(super) const KINDS: usize = 6;
/// Where the numbers of all shapes come from: another one makes another world.
const WORLD: u64 = 1234;

/// One part of a thing.
#[derive(Debug)]
pub(super) struct Part {
    /// Its outline; the thing is about 1 across, its middle at (0, 0), its top at negative y.
    pub(super) outline: Path,
    /// Which of the thing's colours it has: 0 is its texture, the others are plain.
    pub(super) colour: usize,
}

type Point = [f32; 2];

/// Parts in the making, from the back to the front. An outline that has no area is left out.
type Parts = Vec<(Option<Path>, usize)>;

/// An exemplar of the shape of that number.
pub(super) fn grow(number: usize, rng: &mut Rng) -> Vec<Part> {
    let mut build = Rng::new(WORLD, &[number as u64]);
    let parts = match number % KINDS {
        0 => contour::wavy(&mut build, rng),
        1 => contour::angular(&mut build, rng),
        2 | 3 => creature::grow(&mut build, rng),
        4 => machine::grow(&mut build, rng),
        _ => branching::grow(&mut build, rng),
    };
    let part =
        |(outline, colour): (Option<Path>, usize)| outline.map(|outline| Part { outline, colour });
    parts.into_iter().filter_map(part).collect()
}

/// Whether it looks the same whichever way it is turned: the others have an up and a down.
pub(super) fn lies_any_way(number: usize) -> bool {
    number % KINDS < 2
}

/// A closed line through the points.
fn closed(points: impl IntoIterator<Item = Point>) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (number, [x, y]) in points.into_iter().enumerate() {
        if number == 0 {
            builder.move_to(x, y);
        } else {
            builder.line_to(x, y);
        }
    }
    builder.close();
    builder.finish()
}

/// Where one comes to from `at` in a direction (radians; 0 is right, growing clockwise).
fn towards(at: Point, angle: f32, length: f32) -> Point {
    [at[0] + length * angle.cos(), at[1] + length * angle.sin()]
}

/// A rod with round ends of these radii.
fn rod(from: Point, to: Point, radii: [f32; 2]) -> Option<Path> {
    let angle = (to[1] - from[1]).atan2(to[0] - from[0]);
    let arc = |at: Point, start: f32, radius: f32| {
        (0..=10).map(move |i| towards(at, start + PI * i as f32 / 10.0, radius))
    };
    closed(arc(from, angle + FRAC_PI_2, radii[0]).chain(arc(to, angle - FRAC_PI_2, radii[1])))
}

/// An ellipse with these half axes, turned.
fn ellipse(at: Point, radii: Point, turn: f32) -> Option<Path> {
    let (sin, cos) = turn.sin_cos();
    closed((0..40).map(|i| {
        let (y, x) = (i as f32 / 40.0 * TAU).sin_cos();
        let (x, y) = (radii[0] * x, radii[1] * y);
        [at[0] + x * cos - y * sin, at[1] + x * sin + y * cos]
    }))
}

/// A box from its upper left corner; its upper side is drawn in by these parts of the width.
fn block(corner: Point, size: Point, slopes: Point) -> Option<Path> {
    let ([x, y], [width, height]) = (corner, size);
    closed([
        [x + slopes[0] * width, y],
        [x + width - slopes[1] * width, y],
        [x + width, y + height],
        [x, y + height],
    ])
}

/// A number that varies around `value` by so many parts of it.
fn about(value: f32, share: f32, rng: &mut Rng) -> f32 {
    value * (1.0 + share * rng.bell())
}
