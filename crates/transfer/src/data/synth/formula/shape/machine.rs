//! Boxes, panes, wheels, masts, wings: vehicles and buildings.

use super::{Parts, about, block, closed, ellipse};
use crate::data::rng::Rng;

const PLAIN: [f32; 2] = [0.0, 0.0];

/// Builds one.
pub(super) fn grow(build: &mut Rng, rng: &mut Rng) -> Parts {
    let mut parts = Parts::new();
    let width = about(build.range(0.5, 1.0), 0.06, rng);
    let height = about(build.range(0.14, 0.42), 0.08, rng);
    let slopes = [build.range(-0.2, 0.25), build.range(-0.2, 0.3)];
    let (left, top) = (-0.5 * width, -0.5 * height);
    if build.chance(0.75) {
        cabin(&mut parts, [left, top], width, build, rng);
    }
    if build.chance(0.3) {
        mast(&mut parts, top, width, build);
    }
    if build.chance(0.35) {
        let (reach, sweep) = (build.range(0.2, 0.5), build.range(-0.4, 0.4));
        let wing = [
            [-0.06, 0.0],
            [0.08, 0.0],
            [sweep, reach],
            [sweep - 0.08, reach],
        ];
        parts.push((closed(wing), 1));
    }
    parts.push((block([left, top], [width, height], slopes), 0));
    if build.chance(0.5) {
        let y = top + height * build.range(0.2, 0.7);
        let size = [width, height * build.range(0.08, 0.25)];
        parts.push((block([left, y], size, PLAIN), 1));
    }
    let windows = [0, 0, 2, 3, 5][build.below(5)];
    let gap = width / windows.max(1) as f32;
    for number in 0..windows {
        let corner = [left + gap * (number as f32 + 0.25), top + 0.2 * height];
        parts.push((block(corner, [0.5 * gap, 0.3 * height], PLAIN), 2));
    }
    let wheels = [0, 0, 2, 2, 3, 4][build.below(6)];
    let radius = build.range(0.05, 0.13);
    for number in 0..wheels {
        let x = width * (0.8 * number as f32 / (wheels - 1) as f32 - 0.4);
        for (radius, colour) in [(radius, 3), (0.5 * radius, 1)] {
            parts.push((ellipse([x, 0.5 * height], [radius; 2], 0.0), colour));
        }
    }
    parts
}

/// A smaller box on the first, with panes or without.
fn cabin(parts: &mut Parts, [left, top]: [f32; 2], whole: f32, build: &mut Rng, rng: &mut Rng) {
    let width = whole * build.range(0.2, 0.75);
    let height = about(build.range(0.08, 0.3), 0.08, rng);
    let x = left + (whole - width) * build.unit();
    let lean = [build.range(0.0, 0.3), build.range(0.0, 0.3)];
    let colour = build.below(2);
    parts.push((
        block([x, top - height], [width, height + 0.01], lean),
        colour,
    ));
    let panes = build.below(4);
    let gap = width / panes.max(1) as f32;
    for pane in 0..panes {
        let corner = [x + gap * (pane as f32 + 0.18), top - 0.8 * height];
        let lean = lean.map(|lean| 0.3 * lean);
        parts.push((block(corner, [0.64 * gap, 0.6 * height], lean), 2));
    }
}

/// A mast, with a sail or without.
fn mast(parts: &mut Parts, top: f32, width: f32, build: &mut Rng) {
    let height = build.range(0.15, 0.45);
    let x = width * build.range(-0.3, 0.3);
    parts.push((block([x - 0.012, top - height], [0.024, height], PLAIN), 1));
    if build.chance(0.6) {
        let foot = [x + height * build.range(-0.8, 0.8), top - 0.06];
        parts.push((closed([[x, top - height], [x, top - 0.05], foot]), 2));
    }
}
