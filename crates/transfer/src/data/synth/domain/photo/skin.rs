//! A leaf's skin: its colours, and how it takes the light.

use crate::data::rng::Rng;
use crate::data::synth::canvas::Canvas;
use crate::data::synth::colour::{Colour, hsl, mix};
use crate::data::synth::growth::{Place, Point};
use crate::data::synth::laid::Laid;
use crate::data::synth::noise::{Noise, step};
use crate::data::synth::species::{Mark, Species};

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
    mark: Mark,
    tone: Colour,
    /// How far the margin has turned brown, and how many specks there are.
    withered: f32,
    specks: f32,
    /// Light that shines through from behind.
    glow: f32,
    hair: f32,
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
        let wax = surface.bloom * rng.range(0.25, 0.5);
        let base = mix(hsl(hue, saturation, lightness), [0.50, 0.60, 0.60], wax);
        let down = 0.3 * surface.hair;
        let base = mix(base, [0.58, 0.62, 0.54], down);
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
            relief: rng.range(0.05, 0.13) * (0.5 + surface.contrast) * (1.0 - 0.6 * surface.bloom),
            mottle: rng.range(0.04, 0.12),
            gloss: surface.gloss * rng.range(0.5, 1.0),
            blotch: if autumn {
                rng.range(0.3, 0.9)
            } else {
                rng.range(0.0, 0.4)
            },
            mark: if rng.chance(species.pattern.share) {
                species.pattern.mark
            } else {
                Mark::Plain
            },
            tone: mix(species.pattern.tone.colour(), base, rng.range(0.0, 0.35)),
            withered: if rng.chance(0.22) {
                rng.range(0.05, 0.3)
            } else {
                0.0
            },
            specks: if rng.chance(0.15) {
                rng.range(0.1, 0.45)
            } else {
                0.0
            },
            glow: if rng.chance(0.3) {
                rng.range(0.08, 0.26)
            } else {
                0.0
            },
            hair: surface.hair,
        }
    }

    /// The colour at a point of the blade's frame, for light that comes from that direction in it.
    pub(super) fn shade(&self, place: Place, light: Point, noise: Noise) -> Colour {
        let Place {
            x, y, rim, vein, ..
        } = place;
        // Both halves rise from the middle vein like a shallow V, and curl down towards the edges.
        let slope = (x * 14.0).clamp(-1.0, 1.0) - x * 2.2;
        let lift = self.fold * slope * light[0] + 0.18 * self.fold * (y - 0.5) * light[1];
        let ridge = (std::f32::consts::TAU * (vein + 0.28)).sin();
        let rough = noise.octaves(x * 9.0, y * 9.0, 2, 0.6);
        let patch = noise.at(x * 3.0 + 40.0, y * 3.0);
        let colour = mix(
            self.base,
            self.second,
            (self.blotch * (0.5 + 0.9 * patch)).clamp(0.0, 1.0),
        );
        let colour = mix(colour, self.tone, 0.9 * self.mark.at(place, noise));
        let mut colour = colour;
        if self.withered > 0.0 {
            let edge = step(
                1.0 - self.withered,
                1.15 - self.withered,
                rim + 0.25 * rough,
            );
            colour = mix(colour, [0.36, 0.24, 0.12], 0.85 * edge);
        }
        if self.specks > 0.0 {
            let speck = Mark::Spots {
                along: 9.0,
                size: 0.3,
            }
            .at(place, noise);
            let here = step(
                0.4,
                0.2,
                noise.at(x * 5.0, y * 5.0 + 30.0) + 1.0 - 2.0 * self.specks,
            );
            colour = mix(colour, [0.24, 0.15, 0.08], 0.6 * speck * here);
        }
        let brightness =
            1.0 + lift + self.relief * ridge * (0.4 + 0.6 * light[0].abs()) + self.mottle * rough;
        // The sheen of a waxy skin lies where the curl faces the light.
        let facing = 1.0 - (slope * light[0] - 0.55 + 0.3 * ridge * 0.3).abs() * 2.2;
        let sheen = 0.30 * self.gloss * facing.clamp(0.0, 1.0).powi(2);
        let lit = colour.map(|value| value * brightness + sheen);
        if self.glow > 0.0 {
            let [r, g, b] = lit;
            let through = self.glow * (0.7 + 0.3 * lift);
            return [
                r * (1.0 + through),
                g * (1.0 + 1.1 * through),
                b * (1.0 - 0.3 * through),
            ];
        }
        lit
    }

    /// The pale hairs around a hairy blade.
    pub(super) fn fringe(&self, laid: &Laid, canvas: &mut Canvas) {
        if self.hair > 0.0 {
            let ink = (mix(self.base, [0.85, 0.88, 0.78], 0.6), 0.5 * self.hair);
            canvas.stroke(&laid.path, ink, (0.035 * self.hair, 1.0), laid.place, None);
        }
    }
}
