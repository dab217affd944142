//! A whole leaf: one blade or several leaflets, and the stalk.

use tiny_skia::Transform;

use super::blade::{Blade, Point, grow};
use crate::data::rng::Rng;
use crate::data::synth::species::{Plan, Shape, Species};

/// Points along one side of a blade: enough for the finest teeth,
const SIDE: usize = 120;
/// and for those of a leaflet among many.
const LEAFLET_SIDE: usize = 72;

/// Where along the axis the last leaflets of a feather are.
const AXIS: f32 = 0.62;

/// A leaf in its own frame.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// Each blade with its place: from the blade's frame to the leaf's.
    pub(crate) blades: Vec<(Blade, Transform)>,
    /// The stalk and, in a compound leaf, the axis.
    pub(crate) stalk: Vec<Point>,
    /// The middle of what has to be in the picture.
    pub(crate) middle: Point,
    /// Its larger extent.
    pub(crate) extent: f32,
}

impl Leaf {
    /// Grows a leaf of a species.
    pub(crate) fn grow(species: &Species, rng: &mut Rng) -> Self {
        let sway = 0.12 * rng.bell();
        let (blades, top) = match species.plan {
            Plan::Simple => (vec![(grow(species, SIDE, rng), Transform::identity())], 0.0),
            Plan::Feather {
                pairs,
                size,
                end,
                stagger,
            } => (feather(species, pairs, size, end, stagger, rng), AXIS),
            Plan::Fingers { count, spread } => (fingers(species, count, spread, rng), 0.0),
        };
        let foot: f32 = if matches!(species.shape, Shape::Hand { .. }) {
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

fn feather(
    species: &Species,
    pairs: usize,
    size: f32,
    end: bool,
    stagger: f32,
    rng: &mut Rng,
) -> Vec<(Blade, Transform)> {
    let side = if pairs > 3 { LEAFLET_SIDE } else { SIDE };
    let mut blades = Vec::with_capacity(2 * pairs + 1);
    for pair in 0..pairs {
        for (sign, late) in [(-1.0, 0.0), (1.0, stagger)] {
            let share = (pair as f32 + late) / pairs as f32;
            let y = AXIS * share + 0.012 * rng.bell();
            let degrees = sign * (68.0 - 22.0 * share + 5.0 * rng.bell());
            let size = size * (0.82 + 0.5 * share * (1.0 - share)) * (1.0 + 0.06 * rng.bell());
            blades.push((grow(species, side, rng), place(0.0, y, degrees, size)));
        }
    }
    if end {
        let last = place(0.0, AXIS, 5.0 * rng.bell(), size);
        blades.push((grow(species, side, rng), last));
    }
    blades
}

fn fingers(species: &Species, count: usize, spread: f32, rng: &mut Rng) -> Vec<(Blade, Transform)> {
    let side = if count > 5 { LEAFLET_SIDE } else { SIDE };
    let mut order: Vec<usize> = (0..count).collect();
    // The middle one lies on top.
    order.sort_by_key(|&number| std::cmp::Reverse(number.abs_diff(count / 2)));
    let finger = |number: usize| {
        let share = 2.0 * number as f32 / (count - 1) as f32 - 1.0;
        let degrees = 0.5 * spread * share + 5.0 * rng.bell();
        let size = 0.62 * (1.0 - 0.22 * share * share) * (1.0 + 0.06 * rng.bell());
        (grow(species, side, rng), place(0.0, 0.0, degrees, size))
    };
    order.into_iter().map(finger).collect()
}
