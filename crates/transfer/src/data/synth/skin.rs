//! A leaf's skin: its colours, and how it takes the light.

use super::blade::{Point, Relief};
use super::colour::{Colour, hsl, mix};
use super::noise::Noise;
use super::species::Species;
use crate::data::rng::Rng;

/// The colours and the finish of one leaf.
pub(super) struct Skin {
    base: Colour,
    second: Colour,
    pub(super) vein: Colour,
    pub(super) stalk: Colour,
    pub(super) vein_width: f32,
    fold: f32,
    relief: f32,
    mottle: f32,
    gloss: f32,
    blotch: f32,
}

impl Skin {
    pub(super) fn new(species: &Species, rng: &mut Rng) -> Self {
        let surface = species.surface;
        let autumn = rng.chance(0.3);
        let hue = if autumn {
            rng.range(12.0, 62.0)
        } else {
            surface.hue + 13.0 * rng.bell()
        };
        let saturation = if autumn {
            rng.range(0.45, 0.75)
        } else {
            rng.range(0.28, 0.52)
        };
        let lightness = if autumn {
            rng.range(0.34, 0.55)
        } else {
            rng.range(0.22, 0.40)
        };
        let base = hsl(hue, saturation, lightness);
        let second = hsl(
            hue + rng.range(-28.0, 14.0),
            saturation * 0.9,
            lightness * rng.range(0.75, 1.3),
        );
        let pale = mix(base, [0.88, 0.90, 0.66], rng.range(0.35, 0.6));
        let vein = if rng.chance(0.2) {
            mix(base, [0.25, 0.12, 0.06], 0.5)
        } else {
            pale
        };
        let stalk = if rng.chance(0.4) {
            hsl(rng.range(5.0, 40.0), 0.4, 0.36)
        } else {
            mix(pale, base, 0.4)
        };
        Self {
            base,
            second,
            vein,
            stalk,
            vein_width: rng.range(0.8, 1.3),
            fold: rng.range(0.08, 0.24),
            relief: rng.range(0.05, 0.13) * (0.5 + surface.contrast),
            mottle: rng.range(0.04, 0.12),
            gloss: surface.gloss * rng.range(0.5, 1.0),
            blotch: if autumn {
                rng.range(0.3, 0.9)
            } else {
                rng.range(0.0, 0.4)
            },
        }
    }

    /// The colour at a point of the blade's frame, for light that comes from that direction in it.
    pub(super) fn shade(
        &self,
        x: f32,
        y: f32,
        light: Point,
        relief: Relief,
        noise: Noise,
    ) -> Colour {
        // Both halves rise from the middle vein like a shallow V, and curl down towards the edges.
        let slope = (x * 14.0).clamp(-1.0, 1.0) - x * 2.2;
        let lift = self.fold * slope * light[0] + 0.18 * self.fold * (y - 0.5) * light[1];
        let wave = match relief {
            Relief::Feather { pairs, rise } => pairs * (y - x.abs() * rise * 1.7) / 0.86,
            Relief::Rays { per_radian } => {
                x.atan2(y - if per_radian > 5.0 { 0.0 } else { 0.26 }) * per_radian
            }
            Relief::Length { across } => x.abs() * across,
        };
        let ridge = (std::f32::consts::TAU * wave).sin();
        let rough = noise.octaves(x * 9.0, y * 9.0, 2, 0.6);
        let patch = noise.at(x * 3.0 + 40.0, y * 3.0);
        let colour = mix(
            self.base,
            self.second,
            (self.blotch * (0.5 + 0.9 * patch)).clamp(0.0, 1.0),
        );
        let brightness =
            1.0 + lift + self.relief * ridge * (0.4 + 0.6 * light[0].abs()) + self.mottle * rough;
        // The sheen of a waxy skin lies where the curl faces the light.
        let facing = 1.0 - (slope * light[0] - 0.55 + 0.3 * ridge * 0.3).abs() * 2.2;
        let sheen = 0.30 * self.gloss * facing.clamp(0.0, 1.0).powi(2);
        colour.map(|value| value * brightness + sheen)
    }
}
