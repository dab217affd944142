//! A whole leaf: one blade or several leaflets, and the stalk.

use tiny_skia::Transform;

use super::blade::{Blade, Point, grow};
use super::species::{Plan, Species};
use crate::data::rng::Rng;

/// A leaf in its own frame.
#[derive(Debug)]
pub(super) struct Leaf {
    /// Each blade with its place: from the blade's frame to the leaf's.
    pub(super) blades: Vec<(Blade, Transform)>,
    /// The stalk and, in a compound leaf, the axis.
    pub(super) stalk: Vec<Point>,
    /// The middle of what has to be in the picture.
    pub(super) middle: Point,
    /// Its larger extent.
    pub(super) extent: f32,
}

impl Leaf {
    /// Grows a leaf of a species.
    pub(super) fn grow(species: &Species, rng: &mut Rng) -> Self {
        let sway = 0.12 * rng.bell();
        let (blades, top) = match species.plan {
            Plan::Simple => (vec![(grow(species, rng), Transform::identity())], 0.0),
            Plan::Feather { pairs, size } => (feather(species, pairs, size, rng), 0.62),
            Plan::Fingers { count, spread } => (fingers(species, count, spread, rng), 0.0),
        };
        let foot: f32 = if matches!(species.shape, super::species::Shape::Hand { .. }) {
            0.2
        } else {
            0.0
        };
        let stalk = vec![
            [sway, -rng.range(0.22, 0.36)],
            [0.4 * sway, -0.12],
            [0.0, foot.max(top)],
        ];
        let (mut low, mut high) = ([f32::MAX; 2], [f32::MIN; 2]);
        for (blade, place) in &blades {
            for &[x, y] in &blade.outline {
                let mut point = tiny_skia::Point::from_xy(x, y);
                place.map_point(&mut point);
                low = [low[0].min(point.x), low[1].min(point.y)];
                high = [high[0].max(point.x), high[1].max(point.y)];
            }
        }
        let middle = [0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1])];
        let extent = (high[0] - low[0]).max(high[1] - low[1]);
        Self {
            blades,
            stalk,
            middle,
            extent,
        }
    }
}

fn place(x: f32, y: f32, degrees: f32, size: f32) -> Transform {
    // Degrees count from straight ahead, clockwise seen with y upwards.
    Transform::from_scale(size, size)
        .post_concat(Transform::from_rotate(-degrees))
        .post_translate(x, y)
}

fn feather(species: &Species, pairs: usize, size: f32, rng: &mut Rng) -> Vec<(Blade, Transform)> {
    let mut blades = Vec::with_capacity(2 * pairs + 1);
    for pair in 0..pairs {
        let share = pair as f32 / pairs as f32;
        for side in [-1.0, 1.0] {
            let y = 0.62 * share + 0.012 * rng.bell();
            let degrees = side * (68.0 - 22.0 * share + 5.0 * rng.bell());
            let size = size * (0.82 + 0.5 * share * (1.0 - share)) * (1.0 + 0.06 * rng.bell());
            blades.push((grow(species, rng), place(0.0, y, degrees, size)));
        }
    }
    let last = place(0.0, 0.62, 5.0 * rng.bell(), size);
    blades.push((grow(species, rng), last));
    blades
}

fn fingers(species: &Species, count: usize, spread: f32, rng: &mut Rng) -> Vec<(Blade, Transform)> {
    let mut order: Vec<usize> = (0..count).collect();
    // The middle one lies on top.
    order.sort_by_key(|&number| std::cmp::Reverse(number.abs_diff(count / 2)));
    let finger = |number: usize| {
        let share = 2.0 * number as f32 / (count - 1) as f32 - 1.0;
        let degrees = 0.5 * spread * share + 5.0 * rng.bell();
        let size = 0.62 * (1.0 - 0.22 * share * share) * (1.0 + 0.06 * rng.bell());
        (grow(species, rng), place(0.0, 0.0, degrees, size))
    };
    order.into_iter().map(finger).collect()
}
