//! Plans and outlines for species that nobody has named.

use super::super::traits::{OVAL, Oval, Plan, Shape};
use crate::data::rng::Rng;

/// Plan and outline. `build` is how slender the blade is: 0 broad, 1 slender.
pub(super) fn body(kind: f32, build: f32, rng: &mut Rng) -> (Plan, Shape) {
    match kind {
        ..0.20 => (Plan::Simple, Shape::Oval(blade(build, 0.14, rng))),
        ..0.31 => (Plan::Simple, Shape::Oval(hearted(build, rng))),
        ..0.49 => (Plan::Simple, Shape::Oval(lobed(build, rng))),
        ..0.63 => (Plan::Simple, hand(build, rng)),
        ..0.69 => {
            let fan = Shape::Fan {
                spread: 150.0 - 100.0 * build,
                cut: if rng.chance(0.5) {
                    0.0
                } else {
                    rng.range(0.1, 0.7)
                },
            };
            (Plan::Simple, fan)
        }
        ..0.86 => {
            let pairs = 2 + rng.below(10);
            let plan = Plan::Feather {
                pairs,
                size: (rng.range(1.2, 2.2) / pairs as f32).clamp(0.2, 0.55),
                end: rng.chance(0.7),
                stagger: if rng.chance(0.3) { 0.5 } else { 0.0 },
            };
            (plan, Shape::Oval(blade(0.25 + 0.75 * build, 0.26, rng)))
        }
        _ => {
            let count = 3 + rng.below(7);
            let spread = if count == 3 {
                rng.range(90.0, 230.0)
            } else {
                rng.range(130.0, 300.0)
            };
            let build = 0.08 * count as f32 + 0.4 * build;
            let leaflet = if count < 6 && rng.chance(0.2) {
                lobed(build, rng)
            } else {
                blade(build, 0.16, rng)
            };
            (Plan::Fingers { count, spread }, Shape::Oval(leaflet))
        }
    }
}

/// A blade without lobes: from a coin to a blade of grass, which is `least` wide.
fn blade(build: f32, least: f32, rng: &mut Rng) -> Oval {
    let width = 1.05 * (least / 1.05).powf(build.clamp(0.0, 1.0));
    Oval {
        width,
        widest: rng.range(0.26, 0.76),
        base: rng.range(0.4, 1.5),
        tip: rng.range(0.35, 1.6),
        notch: if width > 0.35 && rng.chance(0.15) {
            rng.range(0.06, 0.2)
        } else {
            0.0
        },
        tail: if rng.chance(0.2) {
            rng.range(0.06, 0.18)
        } else {
            0.0
        },
        skew: if rng.chance(0.2) {
            rng.range(0.1, 0.3)
        } else {
            0.0
        },
        ..OVAL
    }
}

/// A heart, a kidney or an arrowhead.
fn hearted(build: f32, rng: &mut Rng) -> Oval {
    Oval {
        width: 1.15 - 0.6 * build,
        widest: rng.range(0.22, 0.5),
        base: rng.range(0.25, 0.5),
        tip: rng.range(0.45, 1.5),
        heart: rng.range(0.10, 0.26),
        ..blade(build, 0.3, rng)
    }
}

/// Lobes on both sides: oaks, dandelions, mugwort.
fn lobed(build: f32, rng: &mut Rng) -> Oval {
    Oval {
        width: 0.95 - 0.55 * build,
        lobes: rng.range(1.6, 8.0),
        depth: rng.range(0.3, 0.9),
        sweep: rng.range(-1.4, 1.6),
        cusp: rng.range(0.4, 1.3),
        notch: 0.0,
        ..blade(0.5, 0.3, rng)
    }
}

fn hand(build: f32, rng: &mut Rng) -> Shape {
    let lobes = 3 + rng.below(9);
    Shape::Hand {
        lobes,
        spread: rng.range(110.0 + 10.0 * lobes as f32, 310.0).min(320.0),
        depth: 0.06 + 0.80 * build,
        point: rng.range(0.35, 1.7),
        outer: rng.range(0.4, 1.0),
    }
}
