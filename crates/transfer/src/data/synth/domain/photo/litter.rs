//! What else is in the picture, mostly out of focus: grass, fallen leaves, stems, pebbles, discs of light.

use tiny_skia::{Path, PathBuilder, Transform};

use super::Photo;
use crate::data::rng::Rng;
use crate::data::synth::colour::{Colour, hsl, mix};

impl Photo {
    /// Blades of grass, the lower ones darker.
    pub(super) fn grass(&mut self, rng: &mut Rng) {
        let size = self.canvas.size as f32;
        let hue = rng.range(66.0, 105.0);
        let wind = rng.range(-180.0, 180.0);
        let count = 34;
        for number in 0..count {
            let height = number as f32 / count as f32;
            let dry = rng.chance(0.12);
            let (hue, saturation) = if dry {
                (48.0, 0.35)
            } else {
                (hue + 9.0 * rng.bell(), 0.42)
            };
            let lightness = 0.14 + 0.26 * height + 0.05 * rng.bell();
            let colour = hsl(hue, saturation, lightness.clamp(0.06, 0.62));
            let length = rng.range(0.5, 1.1);
            let width = rng.range(0.018, 0.045);
            let bow = 0.22 * rng.bell();
            let place = Transform::from_rotate(wind + 34.0 * rng.bell())
                .post_scale(size, size)
                .post_translate(size * rng.range(-0.2, 1.2), size * rng.range(-0.2, 1.2));
            for (side, tone) in [(-1.0, 0.78), (1.0, 1.08)] {
                if let Some(path) = grass_half(length, side * width, bow) {
                    let half = (colour.map(|value| value * tone), 1.0);
                    self.canvas.fill(&path, half, place, None);
                }
            }
        }
    }

    /// Fallen leaves, folded along the middle.
    pub(super) fn litter(&mut self, rng: &mut Rng) {
        let size = self.canvas.size as f32;
        let count = 16 + rng.below(10);
        for number in 0..count {
            let height = number as f32 / count as f32;
            let lightness = 0.13 + 0.24 * height + 0.05 * rng.bell();
            let saturation = rng.range(0.15, 0.5);
            let colour = hsl(
                rng.range(14.0, 46.0),
                saturation,
                lightness.clamp(0.07, 0.55),
            );
            let length = rng.range(0.22, 0.5);
            let width = length * rng.range(0.18, 0.42);
            let place = Transform::from_rotate(rng.range(0.0, 360.0))
                .post_scale(size, size)
                .post_translate(size * rng.range(-0.1, 1.1), size * rng.range(-0.1, 1.1));
            let fold = rng.range(0.65, 0.95);
            let away = -0.012 * size;
            let below = place.post_translate(self.light[0] * away, self.light[1] * away);
            for side in [-width, width] {
                if let Some(path) = leaf_half(length, side) {
                    self.canvas
                        .fill(&path, ([0.05, 0.04, 0.03], 0.45), below, None);
                }
            }
            for (side, tone) in [(-width, fold), (width, 1.05)] {
                if let Some(path) = leaf_half(length, side) {
                    let half = (colour.map(|value| value * tone), 1.0);
                    self.canvas.fill(&path, half, place, None);
                }
            }
            if let Some(vein) = line([[0.0, -0.12 * length], [0.0, 0.92 * length]]) {
                let ink = (mix(colour, [0.9, 0.8, 0.6], 0.3), 0.7);
                self.canvas.stroke(&vein, ink, (0.008, 0.6), place, None);
            }
        }
    }

    /// A few stems, crumbs and spots, of a tone near the ground's.
    pub(super) fn scatter(&mut self, middle: Colour, rng: &mut Rng) {
        let size = self.canvas.size as f32;
        for _ in 0..2 + rng.below(9) {
            let brightness = rng.range(-0.22, 0.20);
            let tint = middle.map(|value| value + brightness + 0.04 * rng.bell());
            let centre = (size * rng.unit(), size * rng.unit());
            let turn = rng.range(0.0, 360.0);
            let place = Transform::from_rotate(turn).post_translate(centre.0, centre.1);
            if rng.chance(0.4) {
                let reach = size * rng.range(0.1, 0.5);
                let points = [[-reach, 0.0], [reach, 0.0]];
                let width = size * rng.range(0.008, 0.03);
                if let Some(stem) = line(points) {
                    let ink = (tint, rng.range(0.5, 0.9));
                    self.canvas.stroke(&stem, ink, (width, 0.8), place, None);
                }
            } else {
                let reach = size * rng.range(0.01, 0.06);
                let place =
                    Transform::from_scale(reach, reach * rng.range(0.5, 1.0)).post_concat(place);
                self.disc(tint, rng.range(0.4, 0.9), place);
            }
        }
    }

    /// Discs of light, as a lens makes of what glitters far behind.
    pub(super) fn discs(&mut self, bright: Colour, rng: &mut Rng) {
        let size = self.canvas.size as f32;
        let radius = size * rng.range(0.04, 0.12);
        for _ in 0..8 + rng.below(16) {
            let tint = mix(bright, [1.0, 0.98, 0.8], rng.range(0.0, 0.7));
            let place = Transform::from_scale(radius, radius)
                .post_translate(size * rng.unit(), size * rng.unit());
            self.disc(tint, rng.range(0.06, 0.4), place);
        }
    }

    /// The unit disc, in its place.
    fn disc(&mut self, colour: Colour, alpha: f32, place: Transform) {
        if let Some(path) = PathBuilder::from_circle(0.0, 0.0, 1.0) {
            self.canvas.fill(&path, (colour, alpha), place, None);
        }
    }
}

/// One half of a blade of grass, that bows to the side.
fn grass_half(length: f32, width: f32, bow: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(0.0, 0.0);
    path.quad_to(0.0, 0.5 * length, bow, length);
    path.quad_to(0.5 * width + 0.1 * bow, 0.5 * length, 0.5 * width, 0.0);
    path.close();
    path.finish()
}

fn leaf_half(length: f32, width: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(0.0, 0.0);
    path.cubic_to(1.3 * width, 0.15 * length, width, 0.8 * length, 0.0, length);
    path.close();
    path.finish()
}

fn line([[x0, y0], [x1, y1]]: [[f32; 2]; 2]) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(x0, y0);
    path.line_to(x1, y1);
    path.finish()
}
