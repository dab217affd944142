//! Several things to be learned from one picture of a leaf. [`LeafTasks`] has the data card.

mod attributes;
mod parts;
mod tasks;

use image::GrayImage;
use tiny_skia::Transform;

use super::growth::{Leaf, Point};
use super::species::Species;
use super::specimen::Specimen;

pub use attributes::{MarginKind, PlanKind};
pub use parts::LeafPart;
pub use tasks::LeafTasks;

/// What can be learned from a picture of one leaf.
#[derive(Debug, Clone, PartialEq)]
pub struct LeafTargets {
    /// The species: a position in the data set's classes.
    pub label: usize,
    /// The edge of its blades.
    pub margin: MarginKind,
    /// How it is put together.
    pub plan: PlanKind,
    /// The greatest distance between two points of its blades, in parts of the picture's side: mostly 0.6 to 1.1.
    pub length: f32,
    /// Where the leaf points to, from the foot of its blades to their tip: degrees clockwise from straight up, -180 to
    /// 180.
    pub angle: f32,
    /// What each pixel shows: the number of a [`LeafPart`].
    pub parts: GrayImage,
}

/// The numbers of a leaf in its place.
#[derive(Debug, Clone, Copy)]
struct Measures {
    length: f32,
    angle: f32,
}

impl Measures {
    fn of(leaf: &Leaf, to_pixels: Transform, size: u32) -> Self {
        let points: Vec<Point> = leaf
            .blades
            .iter()
            .flat_map(|(blade, place)| {
                let place = place.post_concat(to_pixels);
                blade.outline.iter().map(move |&[x, y]| {
                    let mut point = tiny_skia::Point::from_xy(x, y);
                    place.map_point(&mut point);
                    [point.x, point.y]
                })
            })
            .collect();
        // The greatest distance is the greatest width over all directions; a degree off loses 0.02 %.
        let width = |degrees: u32| {
            let (sin, cos) = (degrees as f32).to_radians().sin_cos();
            let along = points.iter().map(|[x, y]| cos * x + sin * y);
            let (low, high) = along.fold((f32::MAX, f32::MIN), |(low, high), value| {
                (low.min(value), high.max(value))
            });
            high - low
        };
        let length = (0..180).map(width).fold(0.0, f32::max) / size as f32;
        // The leaf's own upward direction, in the picture, whose rows count downwards.
        let [right, down] = [to_pixels.kx, to_pixels.sy];
        let angle = right.atan2(-down).to_degrees();
        Self { length, angle }
    }
}

impl LeafTargets {
    /// The targets of a specimen as it lies in a picture of that size; `label` is its species' position in the classes.
    #[must_use]
    pub fn of(species: &Species, label: usize, specimen: &Specimen, size: u32) -> Self {
        let to_pixels = specimen.to_pixels(size);
        let Measures { length, angle } = Measures::of(&specimen.leaf, to_pixels, size);
        Self {
            label,
            margin: species.margin_kind(),
            plan: species.plan_kind(),
            length,
            angle,
            parts: parts::map(&specimen.leaf, to_pixels, size),
        }
    }
}
