//! Strips of gummed paper that hold a leaf.

use tiny_skia::{Path, PathBuilder, Point, Transform};

use super::Sheet;
use crate::data::rng::Rng;
use crate::data::synth::growth::Leaf;

impl Sheet {
    /// Straps across the stalk, and often one across the leaf.
    pub(super) fn straps(&mut self, leaf: &Leaf, to_pixels: Transform, rng: &mut Rng) {
        let size = self.canvas.size as f32;
        let [foot, bow, _] = [leaf.stalk[0], leaf.stalk[1], leaf.stalk[2]];
        let mut places = vec![[0.5 * (foot[0] + bow[0]), 0.5 * (foot[1] + bow[1])]];
        if rng.chance(0.55) {
            places.push([
                0.0,
                leaf.middle[1] + 0.22 * leaf.extent * rng.bell().clamp(-1.5, 1.5),
            ]);
        }
        let old = rng.range(0.0, 0.08);
        let cloth = [0.96 - old, 0.94 - old, 0.88 - old];
        let width = size * rng.range(0.022, 0.034);
        for (number, [x, y]) in places.into_iter().enumerate() {
            let mut ends = [Point::from_xy(x, y), Point::from_xy(x, y + 0.1)];
            to_pixels.map_points(&mut ends);
            let [at, ahead] = ends;
            let along = (ahead.y - at.y).atan2(ahead.x - at.x).to_degrees();
            let half = size
                * if number == 0 {
                    rng.range(0.04, 0.07)
                } else {
                    rng.range(0.07, 0.13)
                };
            let place =
                Transform::from_rotate(along + 90.0 + 9.0 * rng.bell()).post_translate(at.x, at.y);
            let Some(strap) = strip(half, 0.5 * width) else {
                continue;
            };
            let below =
                place.post_translate(-0.012 * size * self.lamp[0], -0.012 * size * self.lamp[1]);
            self.canvas
                .fill(&strap, ([0.2, 0.16, 0.12], 0.35), below, None);
            self.canvas.fill(&strap, (cloth, 0.93), place, None);
            self.canvas
                .stroke(&strap, ([0.45, 0.40, 0.32], 0.35), (0.5, 0.5), place, None);
        }
    }
}

/// A strip around the origin.
fn strip(half: f32, width: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(-half, -width);
    path.line_to(half, -width);
    path.line_to(half, width);
    path.line_to(-half, width);
    path.close();
    path.finish()
}
