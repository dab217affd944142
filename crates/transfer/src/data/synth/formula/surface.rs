//! A texture with its colours, laid somewhere.

use std::f32::consts::TAU;

use super::texture::Texture;
use crate::data::rng::Rng;
use crate::data::synth::colour::{Colour, hsl, mix};
use crate::data::synth::noise::Noise;

/// A colour as photographs have them: seldom vivid.
pub(super) fn natural(rng: &mut Rng) -> Colour {
    let saturation = if rng.chance(0.25) {
        rng.range(0.5, 0.95)
    } else {
        rng.range(0.0, 0.5)
    };
    hsl(rng.range(0.0, 360.0), saturation, rng.range(0.08, 0.92))
}

/// A colour that goes with another: lighter or darker, a little off.
pub(super) fn close_to(colour: Colour, rng: &mut Rng) -> Colour {
    let light = 1.0 + rng.range(-0.32, 0.32);
    colour.map(|value| (value * light + 0.08 * rng.bell()).clamp(0.02, 0.98))
}

/// How many bins [`bin`] has.
pub(super) const BINS: usize = 27;

/// The bin of a colour: dark, middle or light; grey or one of eight hues.
pub(super) fn bin(colour: Colour) -> usize {
    let [r, g, b] = colour;
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let light = (1.5 * (most + least)).clamp(0.0, 2.9) as usize;
    let chroma = most - least;
    if chroma < 0.08 {
        return 9 * light;
    }
    let sixth = if most == r {
        ((g - b) / chroma).rem_euclid(6.0)
    } else if most == g {
        (b - r) / chroma + 2.0
    } else {
        (r - g) / chroma + 4.0
    };
    9 * light + 1 + ((sixth / 6.0 * 8.0) as usize).min(7)
}

/// A texture in two colours, turned, shifted and zoomed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surface {
    texture: Texture,
    noise: Noise,
    pub(super) colours: [Colour; 2],
    turn: [f32; 2],
    shift: [f32; 2],
    zoom: f32,
}

impl Surface {
    /// The texture of that number in colours of its own.
    pub(super) fn drawn(texture: usize, rng: &mut Rng) -> Self {
        let first = natural(rng);
        let second = if rng.chance(0.7) {
            close_to(first, rng)
        } else {
            natural(rng)
        };
        let angle = if rng.chance(0.5) {
            rng.range(0.0, TAU)
        } else {
            0.15 * rng.bell()
        };
        Self {
            texture: Texture::numbered(texture),
            noise: Noise::new(rng.next()),
            colours: [first, second],
            turn: angle.sin_cos().into(),
            shift: [rng.range(-0.6, 0.6), rng.range(-0.6, 0.6)],
            zoom: rng.range(-0.4, 0.4).exp2(),
        }
    }

    /// The colour between both.
    pub(super) fn middle(&self) -> Colour {
        mix(self.colours[0], self.colours[1], 0.5)
    }

    /// The colour at a point; what it lies on is about 1 across.
    pub(super) fn at(&self, x: f32, y: f32) -> Colour {
        let (x, y) = (x * self.zoom, y * self.zoom);
        let [sin, cos] = self.turn;
        let value = self.texture.at(
            self.noise,
            x * cos - y * sin + self.shift[0],
            x * sin + y * cos + self.shift[1],
        );
        mix(self.colours[0], self.colours[1], value)
    }

    /// A slow field of the same seed, from about -1 to 1.
    pub(super) fn haze(&self, x: f32, y: f32) -> f32 {
        self.noise.octaves(x * 2.0, y * 2.0, 2, 0.5)
    }
}
