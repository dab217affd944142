//! A leaf's skin after years in the dark.

use crate::data::rng::Rng;
use crate::data::synth::colour::{Colour, hsl, mix};
use crate::data::synth::growth::{Place, Point};
use crate::data::synth::noise::{Noise, step};
use crate::data::synth::species::{Mark, Species};

/// The colours of one dry leaf.
pub(super) struct Skin {
    base: Colour,
    brown: Colour,
    pub(super) dark: Colour,
    pub(super) vein: Colour,
    pub(super) vein_strength: f32,
    pub(super) stalk: Colour,
    /// How much has turned brown, and how much of that from the margin.
    faded: f32,
    margin: f32,
    relief: f32,
    wrinkles: f32,
    mark: Mark,
    tone: Colour,
}

impl Skin {
    pub(super) fn new(species: &Species, rng: &mut Rng) -> Self {
        let surface = species.surface;
        let green = 0.25 * (surface.hue.clamp(60.0, 160.0) - 100.0);
        let hue = (rng.range(34.0, 84.0) + green).clamp(26.0, 96.0);
        let (saturation, lightness) = (rng.range(0.14, 0.36), rng.range(0.29, 0.48));
        let base = hsl(hue, saturation, lightness);
        let brown = hsl(
            rng.range(20.0, 38.0),
            rng.range(0.28, 0.48),
            lightness * 0.85,
        );
        let dark = mix(brown, [0.10, 0.06, 0.04], 0.45);
        let pale = mix(base, [0.80, 0.74, 0.56], 0.5);
        Self {
            base,
            brown,
            dark,
            vein: if rng.chance(0.5) { pale } else { dark },
            vein_strength: 0.25 + 0.5 * surface.contrast,
            stalk: mix(brown, [0.62, 0.50, 0.34], rng.unit()),
            faded: rng.range(0.1, 0.9),
            margin: rng.range(0.0, 0.6),
            relief: rng.range(0.03, 0.09) * (0.5 + surface.contrast),
            wrinkles: rng.range(0.04, 0.20),
            mark: if rng.chance(species.pattern.share) {
                species.pattern.mark
            } else {
                Mark::Plain
            },
            tone: mix(species.pattern.tone.colour(), [0.55, 0.44, 0.28], 0.55),
        }
    }

    /// The colour at a place of a blade, for a lamp in that direction of its frame.
    pub(super) fn shade(&self, place: Place, lamp: Point, noise: Noise) -> Colour {
        let Place {
            x, y, rim, vein, ..
        } = place;
        let patch = noise.octaves(2.6 * x + 40.0, 2.6 * y, 3, 0.6);
        let turned = step(-0.5, 0.9, patch + self.margin * (2.0 * rim - 1.0));
        let colour = mix(self.base, self.brown, self.faded * turned);
        let colour = mix(colour, self.tone, 0.65 * self.mark.at(place, noise));
        let ridge = (std::f32::consts::TAU * (vein + 0.28)).sin();
        let fine = noise.at(16.0 * x, 16.0 * y + 9.0);
        // A leaf that has dried under a press has creases: thin, dark on one side, pale on the other.
        let fold = noise.octaves(4.5 * x + 11.0, 4.5 * y, 2, 0.5);
        let crease = step(0.10, 0.0, fold.abs()) * fold.signum();
        let brightness = 1.0
            + self.relief * ridge * (0.5 + 0.5 * lamp[0])
            + self.wrinkles * (0.5 * crease + 0.35 * fine)
            + 0.10 * patch
            - 0.10 * step(0.86, 1.0, rim);
        colour.map(|value| 1.12 * value * brightness)
    }
}
