//! Watercolour: pigment that pools at the margin, granulates, and is thinner in the light.

use crate::data::rng::Rng;
use crate::data::synth::colour::{Colour, hsl, mix};
use crate::data::synth::growth::Place;
use crate::data::synth::noise::{Noise, step};
use crate::data::synth::species::Species;

pub(super) struct Wash {
    pigment: Colour,
    /// A second one, run into the first.
    second: Colour,
    mark: Colour,
    pub(super) stalk: Colour,
    strength: f32,
    pool: f32,
    /// The side on which the brush ran dry, in the blade's frame: a direction.
    dry: [f32; 2],
    fade: f32,
}

impl Wash {
    /// The wash of a drawing, if it has one.
    pub(super) fn new(species: &Species, rng: &mut Rng) -> Option<Self> {
        if !rng.chance(0.55) {
            return None;
        }
        let hue = match rng.below(6) {
            0 => rng.range(18.0, 48.0),
            1 => rng.range(48.0, 75.0),
            _ => species.surface.hue + 14.0 * rng.bell(),
        };
        let pigment = hsl(hue, rng.range(0.22, 0.48), rng.range(0.38, 0.55));
        let second = hsl(hue + rng.range(-45.0, 25.0), 0.4, rng.range(0.42, 0.62));
        let angle = rng.range(0.0, std::f32::consts::TAU);
        Some(Self {
            pigment,
            second,
            mark: mix(species.pattern.tone.colour(), [1.0; 3], 0.15),
            stalk: mix(second, [1.0; 3], 0.35),
            strength: rng.range(0.55, 0.95),
            pool: rng.range(0.1, 0.35),
            dry: [angle.cos(), angle.sin()],
            fade: rng.range(0.0, 0.5),
        })
    }

    /// The colour on white paper at a place of a blade, where a pattern covers so much.
    pub(super) fn colour(&self, place: Place, marked: f32, noise: Noise) -> Colour {
        let Place { x, y, rim, .. } = place;
        let cloud = noise.octaves(3.2 * x + 60.0, 3.2 * y, 3, 0.55);
        let pigment = mix(
            self.pigment,
            self.second,
            (0.4 + 0.8 * cloud).clamp(0.0, 1.0),
        );
        let pigment = mix(pigment, self.mark, marked);
        let pool = self.pool * step(0.80, 1.0, rim);
        let away = x * self.dry[0] + (y - 0.5) * self.dry[1];
        let dry = self.fade * step(0.0, 0.45, away + 0.15 * cloud);
        let grains = 0.10 * noise.at(34.0 * x, 34.0 * y);
        let share = self.strength * (0.8 + 0.22 * cloud + pool - dry + grains);
        mix([1.0; 3], pigment, share.clamp(0.0, 1.0))
    }
}
