//! Where a species' second colour lies on a blade.

use super::colour::Colour;
use super::growth::Place;
use super::noise::{Noise, step};
use super::species::{Mark, Tone};

impl Mark {
    /// How much of the second colour there is at a place of a blade: 0 none … 1 nothing else.
    pub(crate) fn at(self, place: Place, noise: Noise) -> f32 {
        let Place {
            x,
            y,
            rim,
            out,
            vein,
        } = place;
        match self {
            Mark::Plain => 0.0,
            Mark::Edge { width } => {
                let ragged = 0.10 * noise.at(x * 9.0 + 7.0, y * 9.0);
                step(1.0 - width - 0.05, 1.0 - width + 0.05, rim + ragged)
            }
            Mark::Spots { along, size } => {
                let (u, v) = (x * along + 50.0, y * along + 50.0);
                let cell = noise.cell(u.floor() as i32, v.floor() as i32);
                let radius = size * (0.6 + 0.4 * cell[2]);
                let free = 0.5 - radius;
                let (du, dv) = (
                    u.fract() - 0.5 - free * cell[0],
                    v.fract() - 0.5 - free * cell[1],
                );
                1.0 - step(0.7 * radius, 1.1 * radius, (du * du + dv * dv).sqrt())
            }
            Mark::Stripes { width } => {
                let near = 2.0 * (vein - vein.floor() - 0.5).abs();
                step(1.0 - width - 0.12, 1.0 - width + 0.12, near) * step(1.0, 0.85, rim)
            }
            Mark::Band { at, width } => {
                let ragged = 0.03 * noise.at(x * 8.0, y * 8.0 + 3.0);
                1.0 - step(0.7 * width, 1.2 * width, (out - at + ragged).abs())
            }
            Mark::Splash { cover } => {
                let patch = noise.octaves(x * 7.0, y * 3.0 + 11.0, 2, 0.6);
                step(0.5 - 1.2 * cover, 0.8 - 1.2 * cover, patch)
            }
            Mark::Heart { reach } => {
                let ragged = 0.10 * noise.at(x * 7.0 + 5.0, y * 7.0);
                1.0 - step(reach - 0.08, reach + 0.10, rim + ragged)
            }
        }
    }
}

impl Tone {
    /// The colour itself.
    pub(crate) fn colour(self) -> Colour {
        match self {
            Tone::Cream => [0.90, 0.88, 0.66],
            Tone::Silver => [0.70, 0.77, 0.72],
            Tone::Dark => [0.20, 0.09, 0.12],
            Tone::Rose => [0.80, 0.33, 0.44],
        }
    }

    /// What it does to the tone of a drawing: darkens or clears it.
    pub(crate) fn darkness(self) -> f32 {
        match self {
            Tone::Cream | Tone::Silver => -0.6,
            Tone::Rose => 0.35,
            Tone::Dark => 0.8,
        }
    }
}
