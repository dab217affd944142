//! Outlines around a centre: waves on a circle (as the radial contours of Kataoka et al., "Replacing Labeled
//! Real-Image Datasets with Auto-Generated Contours", CVPR 2022), polygons and stars.

use std::f32::consts::TAU;

use super::{Parts, Point, closed};
use crate::data::rng::Rng;

/// A circle with waves on it, once or several times inside itself.
pub(super) fn wavy(build: &mut Rng, rng: &mut Rng) -> Parts {
    let count = 2 + build.below(3);
    let stretch = build.range(0.55, 1.0);
    let layers = 1 + build.below(3);
    let waves: Vec<[f32; 3]> = (0..count)
        .map(|_| {
            let times = (2 + build.below(8)) as f32;
            let height = build.range(0.08, 0.42) / (1.0 + 0.12 * times);
            let phase = build.range(0.0, TAU);
            [
                times,
                super::about(height, 0.2, rng),
                phase + 0.15 * rng.bell(),
            ]
        })
        .collect();
    let layer = |number: usize| {
        let size = 0.5 * (1.0 - 0.38 * number as f32);
        let outline = (0..120).map(|i| {
            let angle = i as f32 / 120.0 * TAU;
            let wave = |[times, height, phase]: &[f32; 3]| height * (times * angle + phase).sin();
            let radius = size * (1.0 + waves.iter().map(wave).sum::<f32>());
            [radius * angle.cos(), radius * angle.sin() * stretch]
        });
        (closed(outline), number)
    };
    (0..layers).map(layer).collect()
}

/// A polygon or a star, regular or not, once or twice inside itself.
pub(super) fn angular(build: &mut Rng, rng: &mut Rng) -> Parts {
    let corners = 3 + build.below(7);
    let star = build.chance(0.5).then(|| build.range(0.35, 0.75));
    let uneven = if build.chance(0.5) {
        build.range(0.07, 0.28)
    } else {
        0.0
    };
    let stretch = build.range(0.4, 1.0);
    let mut radius = || {
        let own = (1.0 + uneven * build.bell()).max(0.3);
        super::about(own, 0.05, rng)
    };
    let radii: Vec<[f32; 2]> = (0..corners).map(|_| [radius(), radius()]).collect();
    let layers = 1 + build.below(2);
    let layer = |number: usize| {
        let size = 0.52 * (1.0 - 0.45 * number as f32);
        let at = |position: f32, radius: f32| -> Point {
            let (sin, cos) = (position / corners as f32 * TAU).sin_cos();
            [size * radius * sin, -size * radius * cos * stretch]
        };
        let mut points = Vec::with_capacity(2 * corners);
        for (position, [tip, hollow]) in radii.iter().enumerate() {
            points.push(at(position as f32, *tip));
            if let Some(star) = star {
                points.push(at(position as f32 + 0.5, star * hollow));
            }
        }
        (closed(points), number)
    };
    (0..layers).map(layer).collect()
}
