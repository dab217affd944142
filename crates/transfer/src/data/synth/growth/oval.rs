//! Blades around a middle vein.

use std::f32::consts::{PI, TAU};

use super::blade::{Blade, Point, Relief, Vein};
use crate::data::rng::Rng;
use crate::data::synth::species::{Oval, Species};

/// An oval's numbers in one leaf of a species.
struct Outline {
    oval: Oval,
    half: f32,
    lean: f32,
    /// Slightly different phases on both sides, as in nature.
    phases: [f32; 2],
}

impl Outline {
    fn new(oval: &Oval, rng: &mut Rng) -> Self {
        let half = 0.5 * oval.width * (1.0 + 0.10 * rng.bell());
        let widest = (oval.widest + 0.03 * rng.bell()).clamp(0.2, 0.8);
        let (base, tip) = (
            oval.base * (1.0 + 0.10 * rng.bell()),
            oval.tip * (1.0 + 0.10 * rng.bell()),
        );
        let lobes = oval.lobes * (1.0 + 0.05 * rng.bell());
        let depth = (oval.depth * (1.0 + 0.10 * rng.bell())).min(0.95);
        Self {
            half,
            lean: oval.skew + 0.06 * rng.bell(),
            phases: [0.0, 0.08 * rng.bell()],
            oval: Oval {
                widest,
                base,
                tip,
                lobes,
                depth,
                ..*oval
            },
        }
    }

    /// The width at `t` (0 base … 1 tip) in parts of the largest, without lobes.
    fn profile(&self, t: f32) -> f32 {
        let oval = &self.oval;
        let (s, power) = if t < oval.widest {
            (t / oval.widest, oval.base)
        } else {
            ((1.0 - t) / (1.0 - oval.widest), oval.tip)
        };
        (PI / 2.0 * s.clamp(0.0, 1.0)).sin().powf(power)
    }

    /// The outline's point at `t` on one side, as if it were the right one.
    fn edge(&self, species: &Species, t: f32, side: usize) -> Point {
        let oval = &self.oval;
        let profile = self.profile(t);
        let whole = self.half * profile * (1.0 + if side == 0 { self.lean } else { -self.lean });
        let cut = if oval.lobes > 0.0 {
            let wave = 0.5 + 0.5 * (TAU * (oval.lobes * t + 0.5 + self.phases[side])).cos();
            oval.depth * wave.powf(oval.cusp) * (PI * t).sin().max(0.0).powf(0.35)
        } else {
            0.0
        };
        let teeth = species.margin.at(t + self.phases[side] * 0.2) * (4.0 * profile).min(1.0);
        // Neither teeth nor lobes cut it through.
        let x = (whole * (1.0 - cut) + teeth).max(0.16 * whole);
        let mut y = t - oval.heart * 1.8 * (-t / 0.12).exp() * (whole / self.half)
            + 0.25 * (1.0 - cut) * x * (oval.depth * oval.sweep);
        if t > 0.6 {
            let off = x / (0.45 * self.half);
            y -= oval.notch * (-off * off).exp() * ((t - 0.6) / 0.4).min(1.0);
            let end = (t - 0.88).max(0.0) / 0.12;
            y += oval.tail * end * end;
        }
        [x, y]
    }
}

pub(super) fn grow(species: &Species, oval: &Oval, side: usize, rng: &mut Rng) -> Blade {
    let shape = Outline::new(oval, rng);
    let at = |i: usize| i as f32 / side as f32;
    let mut outline: Vec<Point> = (0..=side).map(|i| shape.edge(species, at(i), 0)).collect();
    let other = (0..=side).rev().map(|i| shape.edge(species, at(i), 1));
    outline.extend(other.map(|[x, y]| [-x, y]));

    let half = shape.half;
    let pairs = species.surface.veins;
    let end = 0.97 - oval.notch;
    let mut veins = vec![Vein {
        points: vec![[0.0, 0.0], [0.0, 0.5], [0.0, end]],
        width: 0.022,
    }];
    let rise = species.surface.rise + 0.1 * rng.bell();
    for number in 0..pairs as usize {
        let start = 0.04 + 0.86 * number as f32 / pairs;
        for (index, side) in [1.0, -1.0].into_iter().enumerate() {
            let start = start + 0.012 * rng.bell();
            let reach = (start + 0.18 * rise).min(1.0);
            let lean = if index == 0 { shape.lean } else { -shape.lean };
            let length = 0.93 * half * shape.profile(reach) * (1.0 + lean);
            let end = [side * length, start + length * rise * 1.7];
            veins.push(Vein {
                points: vec![
                    [0.0, start],
                    [side * length * 0.55, start + length * rise * 0.75],
                    end,
                ],
                width: 0.011,
            });
        }
    }
    if pairs == 0.0 {
        for number in [-2.0f32, -1.0, 1.0, 2.0] {
            let points = (0..=8).map(|i| {
                let t = 0.02 + (end - 0.02) * i as f32 / 8.0;
                [number / 2.8 * half * shape.profile(t), t]
            });
            veins.push(Vein {
                points: points.collect(),
                width: 0.014,
            });
        }
    }
    let relief = if pairs > 0.0 {
        Relief::Feather { pairs, rise }
    } else {
        Relief::Length { across: 2.8 / half }
    };
    Blade::new(outline, veins, relief, rng)
}
