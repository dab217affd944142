//! What happens to a photograph last: sun and shade, exposure, lens, sensor.

use image::RgbImage;

use super::Photo;
use crate::data::rng::Rng;
use crate::data::synth::colour::Colour;
use crate::data::synth::noise::{Noise, step};

/// The sun's light through a crown of leaves, and the edge of a shadow.
struct Sun {
    noise: Noise,
    scale: f32,
    /// How dark it is beneath the crown, and beyond the edge; 0 in the open.
    dapple: f32,
    edge: f32,
    /// The edge: a direction and an offset.
    across: [f32; 3],
    softness: f32,
}

impl Sun {
    fn new(rng: &mut Rng) -> Self {
        let (sin, cos) = rng.range(0.0, std::f32::consts::TAU).sin_cos();
        Self {
            noise: Noise::new(rng.next()),
            scale: rng.range(2.0, 5.0),
            dapple: if rng.chance(0.4) {
                rng.range(0.15, 0.45)
            } else {
                0.0
            },
            edge: if rng.chance(0.2) {
                rng.range(0.2, 0.45)
            } else {
                0.0
            },
            across: [cos, sin, 0.3 * rng.bell()],
            softness: rng.range(0.03, 0.18),
        }
    }

    /// How much is missing at a place, from -0.5 to 0.5 in both directions.
    fn shade(&self, x: f32, y: f32) -> f32 {
        let mut dark = 0.0;
        if self.dapple > 0.0 {
            let crown = self.noise.octaves(x * self.scale, y * self.scale, 2, 0.5);
            dark += self.dapple * step(0.55, -0.35, crown);
        }
        if self.edge > 0.0 {
            let ragged = 0.08 * self.noise.at(9.0 * x + 20.0, 9.0 * y);
            let off = x * self.across[0] + y * self.across[1] - self.across[2] + ragged;
            dark += self.edge * step(-self.softness, self.softness, off);
        }
        dark.min(0.55)
    }
}

impl Photo {
    /// The finished picture.
    pub(crate) fn develop(mut self, rng: &mut Rng) -> RgbImage {
        let sun = Sun::new(rng);
        let (vignette, gradient) = (rng.range(0.0, 0.45), rng.range(0.0, 0.25));
        let exposure = rng.range(0.92, 1.2) * (1.0 + 0.6 * (sun.dapple + 0.6 * sun.edge));
        let balance: Colour = std::array::from_fn(|_| exposure * (1.0 + 0.045 * rng.bell()));
        let grain = rng.range(0.004, 0.02);
        let contrast = rng.range(0.0, 0.6);
        let colourful = rng.range(0.85, 1.15);
        let side = 1.0 / self.canvas.size as f32;
        let light = self.light;
        self.canvas.change(|column, row, colour| {
            let (x, y) = (column as f32 * side - 0.5, row as f32 * side - 0.5);
            let fall = 1.0 + gradient * (x * light[0] + y * light[1]) - vignette * (x * x + y * y);
            let shade = sun.shade(x, y);
            // What the sun does not reach is lit by the sky.
            let lit = [1.0 - shade, 1.0 - 0.95 * shade, 1.0 - 0.84 * shade];
            let random = rng.next();
            let exposed: Colour = std::array::from_fn(|c| colour[c] * lit[c] * balance[c] * fall);
            let grey = 0.3 * exposed[0] + 0.55 * exposed[1] + 0.15 * exposed[2];
            std::array::from_fn(|c| {
                let speck = ((random >> (16 * c)) & 0xFFFF) as f32 / 32_768.0 - 1.0;
                let value = shoulder(grey + colourful * (exposed[c] - grey));
                let curved = value * value * (3.0 - 2.0 * value);
                value + contrast * (curved - value) + grain * speck
            })
        });
        self.canvas.picture()
    }
}

/// What is too bright fades to white instead of breaking off.
fn shoulder(value: f32) -> f32 {
    if value < 0.7 {
        value.max(0.0)
    } else {
        let over = value - 0.7;
        0.7 + 0.3 * over / (over + 0.3)
    }
}
