//! The outline and the veins of one blade, in its own frame: the base at (0, 0), the tip near (0, 1).

use super::rim::Rim;
use super::{hand, oval};
use crate::data::rng::Rng;
use crate::data::synth::noise::Noise;
use crate::data::synth::species::{Shape, Species};

/// A point, `[x, y]`.
pub(crate) type Point = [f32; 2];

/// A vein: a line and its width in parts of the blade's length.
#[derive(Debug, Clone)]
pub(crate) struct Vein {
    pub(crate) points: Vec<Point>,
    pub(crate) width: f32,
}

/// How veins lift the skin between them, for shading.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Relief {
    /// Side veins that leave the middle one.
    Feather { pairs: f32, rise: f32 },
    /// Veins from the point (0, `from`), so many per radian.
    Rays { per_radian: f32, from: f32 },
    /// Lengthwise veins, so many across.
    Length { across: f32 },
}

/// One blade.
#[derive(Debug, Clone)]
pub(crate) struct Blade {
    pub(crate) outline: Vec<Point>,
    pub(crate) veins: Vec<Vein>,
    pub(crate) relief: Relief,
    /// The middle line is `x = bend · y²`.
    pub(crate) bend: f32,
    /// What is irregular about its skin and its pattern.
    pub(crate) noise: Noise,
    rim: Rim,
}

/// A place on a blade, as whoever paints it wants to know it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Across, from the middle line.
    pub(crate) x: f32,
    /// Along, from the base.
    pub(crate) y: f32,
    /// 0 at the middle vein (or where the veins meet) … 1 at the margin.
    pub(crate) rim: f32,
    /// How far out it is, in bands across the blade: 0 base (or where the veins meet) … 1 tip (or margin).
    pub(crate) out: f32,
    /// The number of the side vein: whole on a vein, a half between two.
    pub(crate) vein: f32,
}

impl Blade {
    /// A blade grown straight; it is bent a little here, no two alike.
    pub(super) fn new(
        outline: Vec<Point>,
        veins: Vec<Vein>,
        relief: Relief,
        rng: &mut Rng,
    ) -> Self {
        let bend = 0.10 * rng.bell();
        let mut blade = Self {
            rim: Rim::new(&outline, relief),
            outline,
            veins,
            relief,
            bend,
            noise: Noise::new(rng.next()),
        };
        let lines = blade.veins.iter_mut().map(|vein| &mut vein.points);
        for line in lines.chain([&mut blade.outline]) {
            for point in line {
                point[0] += bend * point[1] * point[1];
            }
        }
        blade
    }

    /// Where a point of the blade's frame lies on it.
    pub(crate) fn place(&self, point: Point) -> Place {
        let [x, y] = [point[0] - self.bend * point[1] * point[1], point[1]];
        let side = x.abs();
        let (rim, out, vein) = match self.relief {
            Relief::Feather { pairs, rise } => (
                self.rim.across(x, y),
                y - 0.45 * side,
                pairs * (y - 0.04 - side * rise * 1.6) / 0.86,
            ),
            Relief::Length { across } => (self.rim.across(x, y), y - 0.45 * side, side * across),
            Relief::Rays { per_radian, from } => {
                let angle = x.atan2(y - from);
                let rim = self.rim.around(x, y - from, angle);
                (rim, rim, angle * per_radian)
            }
        };
        Place {
            x,
            y,
            rim,
            out,
            vein,
        }
    }
}

/// Grows a blade of a species, with so many points to a side: no two are alike.
pub(super) fn grow(species: &Species, side: usize, rng: &mut Rng) -> Blade {
    match &species.shape {
        Shape::Oval(oval) => oval::grow(species, oval, side, rng),
        Shape::Hand { .. } => hand::grow_hand(species, side, rng),
        &Shape::Fan { spread, cut } => hand::grow_fan(species, spread, cut, side, rng),
    }
}
