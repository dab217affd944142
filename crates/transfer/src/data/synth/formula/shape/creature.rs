//! A body with a head, and limbs, a tail, ears or wings as it happens.

use std::f32::consts::FRAC_PI_2;

use super::{Parts, about, ellipse, rod, towards};
use crate::data::rng::Rng;

/// Grows one that looks to the right.
pub(super) fn grow(build: &mut Rng, rng: &mut Rng) -> Parts {
    let mut parts = Parts::new();
    let body = [build.range(0.16, 0.34), build.range(0.10, 0.24)];
    let upright = build.chance(0.3);
    let tilt = if upright {
        build.range(-1.3, -0.3)
    } else {
        0.15 * build.bell()
    };
    let tilt = tilt + 0.12 * rng.bell();
    legs(&mut parts, body, build, rng);
    if build.chance(0.7) {
        let (length, width) = (build.range(0.1, 0.35), build.range(0.01, 0.06));
        let up = build.range(-1.2, 0.9) + 0.3 * rng.bell();
        let root = [-0.9 * body[0], 0.0];
        let tip = [root[0] - length * up.cos(), length * up.sin()];
        let end = width * build.range(0.2, 1.6);
        parts.push((rod(root, tip, [1.2 * width, end]), 0));
    }
    if build.chance(0.35) {
        wings(&mut parts, body, build, rng);
    }
    let radii = body.map(|radius| about(radius, 0.08, rng));
    parts.push((ellipse([0.0, 0.0], radii, tilt), 0));
    head(&mut parts, body, tilt, build, rng);
    parts
}

fn legs(parts: &mut Parts, body: [f32; 2], build: &mut Rng, rng: &mut Rng) {
    let count = [0, 2, 2, 4, 4, 6][build.below(6)];
    let (length, width) = (build.range(0.08, 0.34), build.range(0.018, 0.055));
    let bent = build.range(-0.6, 0.6);
    for number in 0..count {
        let share = 2.0 * number as f32 / (count - 1) as f32 - 1.0;
        let hip = [0.8 * share * body[0], 0.5 * body[1]];
        // Straight down is a quarter turn from the right.
        let thigh = FRAC_PI_2 - 0.35 * rng.bell() - 0.5 * bent;
        let mut knee = towards(hip, thigh, 0.5 * length);
        knee[1] += 0.2 * body[1];
        let foot = towards(knee, thigh + bent, 0.6 * length);
        parts.push((rod(hip, knee, [1.3 * width, width]), 1));
        parts.push((rod(knee, foot, [width, 0.7 * width]), 1));
    }
}

fn wings(parts: &mut Parts, body: [f32; 2], build: &mut Rng, rng: &mut Rng) {
    let (span, chord) = (build.range(0.2, 0.45), build.range(0.05, 0.13));
    let lift = build.range(0.3, 1.4) + 0.3 * rng.bell();
    for side in [-1.0, 1.0] {
        let tip = [(0.25 * side - 0.3 * lift.cos()) * span, -span * lift.sin()];
        let root = [0.0, -0.3 * body[1]];
        parts.push((rod(root, tip, [chord, 0.3 * chord]), 2));
    }
}

fn head(parts: &mut Parts, body: [f32; 2], tilt: f32, build: &mut Rng, rng: &mut Rng) {
    let neck = build.range(0.06, 0.28);
    let nod = build.range(-1.3, 0.2) + 0.25 * rng.bell();
    let mut root = towards([0.0, 0.0], tilt, 0.8 * body[0]);
    root[1] -= 0.2 * body[1];
    let head = towards(root, nod, neck);
    let skull = build.range(0.06, 0.15);
    parts.push((rod(root, head, [0.45 * body[1], 0.6 * skull]), 0));
    let ears = build.below(3);
    let (length, spread) = (build.range(0.04, 0.14), build.range(0.3, 1.0));
    for number in 0..ears {
        let side = number as f32 - 0.5 * (ears as f32 - 1.0);
        let angle = -FRAC_PI_2 + spread * side + 0.1 * rng.bell();
        let (from, to) = (
            towards(head, angle, 0.6 * skull),
            towards(head, angle, skull + length),
        );
        parts.push((rod(from, to, [0.4 * skull, 0.1 * skull]), 2));
    }
    let radii = [skull * build.range(0.9, 1.3), skull];
    parts.push((ellipse(head, radii, 0.3 * nod), 2 * build.below(2)));
    let snout = build.range(0.0, 0.14);
    if snout > 0.04 {
        let tip = [head[0] + skull + 0.8 * snout, head[1] + 0.3 * skull];
        let radii = [0.5 * skull, skull * build.range(0.1, 0.4)];
        parts.push((rod(head, tip, radii), build.below(3)));
    }
    let eye = [head[0] + 0.35 * skull, head[1] - 0.25 * skull];
    parts.push((ellipse(eye, [0.16 * skull; 2], 0.0), 3));
}
