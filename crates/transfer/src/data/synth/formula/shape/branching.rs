//! Limbs that fork, some with a crown: plants, corals, cracks (after Prusinkiewicz and Lindenmayer, "The Algorithmic
//! Beauty of Plants", 1990).

use std::f32::consts::{FRAC_PI_2, PI};

use super::{Parts, Point, about, ellipse, rod, towards};
use crate::data::rng::Rng;

/// Grows one.
pub(super) fn grow(build: &mut Rng, rng: &mut Rng) -> Parts {
    let levels = 3 + build.below(2);
    let forks = 2 + build.below(2);
    let spread = build.range(0.3, 1.1);
    let shrink = build.range(0.58, 0.78);
    let width = build.range(0.02, 0.06);
    let leaf = build.chance(0.7).then(|| build.range(0.03, 0.11));
    let mut parts = Parts::new();
    let mut crown: Vec<Point> = Vec::new();
    let trunk = ([0.0, 0.5], -FRAC_PI_2 + 0.1 * rng.bell(), 0.36, 0);
    let mut open: Vec<(Point, f32, f32, usize)> = vec![trunk];
    while let Some((from, angle, length, level)) = open.pop() {
        let to = towards(from, angle, length);
        let width = width * shrink.powi(level as i32);
        parts.push((rod(from, to, [width, width * shrink]), 1));
        if level + 1 == levels {
            crown.push(to);
            continue;
        }
        for fork in 0..forks {
            let side = 2.0 * fork as f32 / (forks - 1) as f32 - 1.0;
            let angle = angle + spread * side + 0.15 * rng.bell();
            open.push((to, angle, about(length * shrink, 0.1, rng), level + 1));
        }
    }
    if let Some(leaf) = leaf {
        for at in crown {
            let radii = [about(leaf, 0.2, rng), 0.8 * leaf];
            let colour = if rng.chance(0.8) { 0 } else { 2 };
            parts.push((ellipse(at, radii, rng.range(0.0, PI)), colour));
        }
    }
    parts
}
