//! The outline and the veins of one blade, in its own frame: the base at (0, 0), the tip near (0, 1).

use std::f32::consts::{PI, TAU};

use super::species::{Margin, Shape, Species};
use crate::data::rng::Rng;

/// A point, `[x, y]`.
pub(super) type Point = [f32; 2];

/// Points along one side of a blade: enough for the finest teeth.
const SIDE: usize = 120;

/// A vein: a line and its width in parts of the blade's length.
#[derive(Debug, Clone)]
pub(super) struct Vein {
    pub(super) points: Vec<Point>,
    pub(super) width: f32,
}

/// How veins lift the skin between them, for shading.
#[derive(Debug, Clone, Copy)]
pub(super) enum Relief {
    /// Side veins that leave the middle one.
    Feather { pairs: f32, rise: f32 },
    /// Veins from one point, so many per radian.
    Rays { per_radian: f32 },
    /// Lengthwise veins, so many across.
    Length { across: f32 },
}

/// One blade.
#[derive(Debug, Clone)]
pub(super) struct Blade {
    pub(super) outline: Vec<Point>,
    pub(super) veins: Vec<Vein>,
    pub(super) relief: Relief,
    /// The middle line is `x = bend · y²`.
    pub(super) bend: f32,
}

/// Grows a blade of a species: no two are alike.
pub(super) fn grow(species: &Species, rng: &mut Rng) -> Blade {
    let mut blade = match species.shape {
        Shape::Oval { .. } => grow_oval(species, rng),
        Shape::Hand { .. } => grow_hand(species, rng),
        Shape::Fan { spread, cut } => grow_fan(species, spread, cut, rng),
    };
    let bend = 0.10 * rng.bell();
    let bent = |points: &mut Vec<Point>| points.iter_mut().for_each(|p| p[0] += bend * p[1] * p[1]);
    bent(&mut blade.outline);
    blade
        .veins
        .iter_mut()
        .for_each(|vein| bent(&mut vein.points));
    blade.bend = bend;
    blade
}

fn grow_oval(species: &Species, rng: &mut Rng) -> Blade {
    let Shape::Oval {
        width,
        widest,
        base,
        tip,
        heart,
        lobes,
        depth,
    } = species.shape
    else {
        unreachable!()
    };
    let half = 0.5 * width * (1.0 + 0.10 * rng.bell());
    let widest = (widest + 0.03 * rng.bell()).clamp(0.2, 0.8);
    let (base, tip) = (
        base * (1.0 + 0.10 * rng.bell()),
        tip * (1.0 + 0.10 * rng.bell()),
    );
    let lobes = lobes * (1.0 + 0.05 * rng.bell());
    let depth = depth * (1.0 + 0.10 * rng.bell());
    let lean = 0.06 * rng.bell();
    let profile = |t: f32| {
        let s = if t < widest {
            t / widest
        } else {
            (1.0 - t) / (1.0 - widest)
        };
        (PI / 2.0 * s.clamp(0.0, 1.0))
            .sin()
            .powf(if t < widest { base } else { tip })
    };
    // Slightly different phases on both sides, as in nature.
    let phases = [0.0, 0.08 * rng.bell()];
    let edge = |t: f32, side: usize| {
        let whole = half * profile(t) * (1.0 + lean * if side == 0 { 1.0 } else { -1.0 });
        let wave = 0.5 + 0.5 * (TAU * (lobes * t + 0.5 + phases[side])).cos();
        let cut = if lobes > 0.0 {
            depth * wave * (PI * t).sin().max(0.0).powf(0.35)
        } else {
            0.0
        };
        let x = (whole * (1.0 - cut)
            + margin(species.margin, t + phases[side] * 0.2) * (4.0 * profile(t)).min(1.0))
        .max(0.0);
        // Lobes reach towards the tip.
        let y = t - heart * 1.8 * (-t / 0.12).exp() * (whole / half)
            + 0.25 * (1.0 - cut) * x * (depth * 0.6);
        [x, y]
    };
    let mut outline: Vec<Point> = (0..=SIDE)
        .map(|i| edge(i as f32 / SIDE as f32, 0))
        .collect();
    outline.extend(
        (0..=SIDE)
            .rev()
            .map(|i| edge(i as f32 / SIDE as f32, 1))
            .map(|[x, y]| [-x, y]),
    );

    let pairs = species.surface.veins;
    let mut veins = vec![Vein {
        points: vec![[0.0, 0.0], [0.0, 0.5], [0.0, 0.97]],
        width: 0.022,
    }];
    let rise = 0.55 + 0.1 * rng.bell();
    for number in 0..pairs as usize {
        let start = 0.04 + 0.86 * number as f32 / pairs;
        for side in [-1.0, 1.0] {
            let start = start + 0.012 * rng.bell();
            let reach = (start + 0.10).min(1.0);
            let length = 0.93 * half * profile(reach);
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
                let t = 0.02 + 0.95 * i as f32 / 8.0;
                [number / 2.8 * half * profile(t), t]
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
    Blade {
        outline,
        veins,
        relief,
        bend: 0.0,
    }
}

fn grow_hand(species: &Species, rng: &mut Rng) -> Blade {
    let Shape::Hand {
        lobes,
        spread,
        depth,
        point,
        outer,
    } = species.shape
    else {
        unreachable!()
    };
    let spread = spread.to_radians() * (1.0 + 0.05 * rng.bell());
    let depth = (depth * (1.0 + 0.10 * rng.bell())).min(0.88);
    let gap = spread / (lobes - 1) as f32;
    let angles: Vec<f32> = (0..lobes)
        .map(|i| i as f32 * gap - spread / 2.0 + 0.05 * rng.bell())
        .collect();
    let lengths: Vec<f32> = angles
        .iter()
        .map(|angle| {
            (1.0 - (1.0 - outer) * (angle.abs() / (spread / 2.0)).powf(1.4))
                * (1.0 + 0.05 * rng.bell())
        })
        .collect();
    let radius = |angle: f32| {
        let lobe = angles.iter().zip(&lengths).map(|(centre, length)| {
            let off = (angle - centre).abs() / (gap * 0.62);
            length * ((1.0 - depth) + depth * (1.0 - off).max(0.0).powf(point))
        });
        let peak = lobe.fold(0.0, f32::max);
        // Behind the outermost lobes the blade draws in to the stalk.
        let behind = ((PI - angle.abs()) / (PI - spread / 2.0 - 0.1)).clamp(0.0, 1.0);
        0.72 * peak * (0.16 + 0.84 * behind.powf(0.7))
    };
    let steps = 2 * SIDE;
    let outline = (0..=steps).map(|i| {
        let angle = PI * (2.0 * i as f32 / steps as f32 - 1.0) * 0.995;
        let teeth = margin(species.margin, 1.0 - angle.abs() / PI) * radius(angle).min(0.6) * 1.5;
        let r = radius(angle) + teeth;
        [r * angle.sin(), 0.26 + r * angle.cos()]
    });
    let outline: Vec<Point> = outline.collect();
    let mut veins = Vec::new();
    for (angle, length) in angles.iter().zip(&lengths) {
        let at = |r: f32| [r * angle.sin(), 0.26 + r * angle.cos()];
        veins.push(Vein {
            points: vec![at(0.0), at(0.35 * length), at(0.69 * length)],
            width: 0.02,
        });
        for k in 1..4 {
            let from = 0.15 * k as f32 * length;
            for side in [-0.7f32, 0.7] {
                let [x, y] = at(from);
                let reach = 0.11 * length;
                let to = [
                    x + reach * (angle + side).sin(),
                    y + reach * (angle + side).cos(),
                ];
                veins.push(Vein {
                    points: vec![[x, y], to],
                    width: 0.009,
                });
            }
        }
    }
    veins.push(Vein {
        points: vec![[0.0, 0.1], [0.0, 0.26]],
        width: 0.022,
    });
    Blade {
        outline,
        veins,
        relief: Relief::Rays {
            per_radian: 1.0 / gap,
        },
        bend: 0.0,
    }
}

fn grow_fan(species: &Species, spread: f32, cut: f32, rng: &mut Rng) -> Blade {
    let half = 0.5 * spread.to_radians() * (1.0 + 0.08 * rng.bell());
    let cut = cut * rng.range(0.5, 1.3);
    let off_centre = 0.06 * rng.bell();
    let mut outline = vec![[0.0, 0.0]];
    outline.extend((0..=SIDE).map(|i| {
        let share = 2.0 * i as f32 / SIDE as f32 - 1.0;
        let angle = share * half;
        let notch = cut * (-((angle - off_centre) / 0.07).powi(2)).exp();
        let shoulder = 1.0 - 0.22 * share.abs().powi(6);
        let r = 0.9 * shoulder * (1.0 - notch) + margin(species.margin, 0.5 + 0.5 * share);
        [r * angle.sin(), r * angle.cos()]
    }));
    // The sides curve inwards on their way to the stalk.
    let side = |sign: f32| {
        move |s: f32| {
            let angle = sign * half * (0.55 + 0.45 * s);
            [0.70 * s * angle.sin(), 0.70 * s * angle.cos()]
        }
    };
    let (left, right) = (side(-1.0), side(1.0));
    let mut closed: Vec<Point> = (1..8).map(|i| left(i as f32 / 8.0)).collect();
    closed.extend_from_slice(&outline[1..]);
    closed.extend((1..8).rev().map(|i| right(i as f32 / 8.0)));
    closed.push([0.0, 0.0]);
    let veins = (0..15).map(|i| {
        let angle = half * 0.92 * (i as f32 / 7.0 - 1.0);
        let at = |r: f32, bow: f32| [r * (angle * bow).sin(), r * (angle * bow).cos()];
        Vein {
            points: vec![at(0.02, 0.6), at(0.4, 0.85), at(0.82, 1.0)],
            width: 0.007,
        }
    });
    Blade {
        outline: closed,
        veins: veins.collect(),
        relief: Relief::Rays { per_radian: 7.0 },
        bend: 0.0,
    }
}

/// How far the margin stands out at `t` (0 base … 1 tip).
fn margin(margin: Margin, t: f32) -> f32 {
    let phase = |count: f32| (count * t).rem_euclid(1.0);
    // A tooth rises slowly on the side of the base and falls steeply on that of the tip.
    let tooth = |count: f32| {
        let p = phase(count);
        if p < 0.8 { p / 0.8 } else { (1.0 - p) / 0.2 }
    };
    match margin {
        Margin::Smooth => 0.0,
        Margin::Saw { teeth, size } => size * (tooth(teeth) - 0.5),
        Margin::DoubleSaw { teeth, size } => {
            size * (0.7 * tooth(teeth) + 0.35 * tooth(teeth * 3.0) - 0.5)
        }
        Margin::Scallop { count, size } => size * ((PI * phase(count)).sin() - 0.5),
        Margin::Spine { count, size } => -size * (PI * phase(count)).sin().powf(0.8),
        Margin::Wave { count, size } => size * (TAU * phase(count)).sin(),
    }
}
