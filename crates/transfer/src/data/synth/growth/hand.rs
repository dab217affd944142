//! Blades whose veins spread from one point: hands and fans.

use std::f32::consts::PI;

use super::blade::{Blade, Point, Relief, Vein};
use crate::data::rng::Rng;
use crate::data::synth::species::{Shape, Species};

/// Where a hand's veins meet, above the end of its stalk.
const PALM: f32 = 0.26;

pub(super) fn grow_hand(species: &Species, side: usize, rng: &mut Rng) -> Blade {
    let Shape::Hand {
        lobes,
        spread,
        depth,
        point,
        outer,
    } = species.shape
    else {
        unreachable!("grow() tells shapes apart")
    };
    let spread = spread.to_radians() * (1.0 + 0.05 * rng.bell());
    let depth = (depth * (1.0 + 0.10 * rng.bell())).min(0.88);
    let gap = spread / (lobes - 1) as f32;
    let sway = 0.05f32.min(0.1 * gap);
    let angles: Vec<f32> = (0..lobes)
        .map(|i| i as f32 * gap - spread / 2.0 + sway * rng.bell())
        .collect();
    let lengths: Vec<f32> = angles
        .iter()
        .map(|angle| {
            (1.0 - (1.0 - outer) * (angle.abs() / (spread / 2.0)).powf(1.4))
                * (1.0 + 0.05 * rng.bell())
        })
        .collect();
    let last = (PI - spread / 2.0 - 0.1).max(0.12);
    let radius = |angle: f32| {
        let lobe = angles.iter().zip(&lengths).map(|(centre, length)| {
            let off = (angle - centre).abs() / (gap * 0.62);
            if off < 1.0 {
                length * ((1.0 - depth) + depth * (1.0 - off).powf(point))
            } else {
                length * (1.0 - depth)
            }
        });
        let peak = lobe.fold(0.0, f32::max);
        // Behind the outermost lobes the blade draws in to the stalk.
        let behind = ((PI - angle.abs()) / last).clamp(0.0, 1.0);
        0.72 * peak * (0.16 + 0.84 * behind.powf(0.7))
    };
    let steps = 2 * side;
    let outline = (0..=steps).map(|i| {
        let angle = PI * (2.0 * i as f32 / steps as f32 - 1.0) * 0.995;
        let plain = radius(angle);
        let teeth = species.margin.at(1.0 - angle.abs() / PI) * plain.min(0.6) * 1.5;
        let r = plain + teeth;
        [r * angle.sin(), PALM + r * angle.cos()]
    });
    let outline: Vec<Point> = outline.collect();
    let mut veins = Vec::new();
    for (angle, length) in angles.iter().zip(&lengths) {
        let at = |r: f32| [r * angle.sin(), PALM + r * angle.cos()];
        veins.push(Vein {
            points: vec![at(0.0), at(0.35 * length), at(0.69 * length)],
            width: 0.02,
        });
        let twigs = if lobes > 7 { 1..3 } else { 1..4 };
        for k in twigs {
            let [x, y] = at(0.15 * k as f32 * length);
            for side in [-0.7f32, 0.7] {
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
        points: vec![[0.0, 0.1], [0.0, PALM]],
        width: 0.022,
    });
    let relief = Relief::Rays {
        per_radian: 1.0 / gap,
        from: PALM,
    };
    Blade::new(outline, veins, relief, rng)
}

pub(super) fn grow_fan(
    species: &Species,
    spread: f32,
    cut: f32,
    side: usize,
    rng: &mut Rng,
) -> Blade {
    let half = 0.5 * spread.to_radians() * (1.0 + 0.08 * rng.bell());
    let cut = cut * rng.range(0.5, 1.3);
    let off_centre = 0.06 * rng.bell();
    let mut outline = vec![[0.0, 0.0]];
    outline.extend((0..=side).map(|i| {
        let share = 2.0 * i as f32 / side as f32 - 1.0;
        let angle = share * half;
        let notch = cut * (-((angle - off_centre) / 0.07).powi(2)).exp();
        let shoulder = 1.0 - 0.22 * share.abs().powi(6);
        let r = 0.9 * shoulder * (1.0 - notch) + species.margin.at(0.5 + 0.5 * share);
        [r * angle.sin(), r * angle.cos()]
    }));
    // The sides curve inwards on their way to the stalk.
    let flank = |sign: f32| {
        move |s: f32| {
            let angle = sign * half * (0.55 + 0.45 * s);
            [0.70 * s * angle.sin(), 0.70 * s * angle.cos()]
        }
    };
    let (left, right) = (flank(-1.0), flank(1.0));
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
    let relief = Relief::Rays {
        per_radian: 7.0,
        from: 0.0,
    };
    Blade::new(closed, veins.collect(), relief, rng)
}
