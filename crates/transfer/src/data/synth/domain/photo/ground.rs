//! What a leaf lies on.

use super::Photo;
use crate::data::rng::Rng;
use crate::data::synth::canvas::Canvas;
use crate::data::synth::colour::{Colour, mix};
use crate::data::synth::noise::Noise;

/// A ground: two colours, the scale of its texture, how much longer than wide that is, and what lies on it.
struct Ground {
    dark: Colour,
    bright: Colour,
    scale: f32,
    stretch: f32,
    cover: Cover,
}

enum Cover {
    Bare,
    Gravel,
    Grass,
    Litter,
    /// Things far behind: discs of light.
    Far,
}

const fn ground(dark: Colour, bright: Colour, scale: f32, stretch: f32, cover: Cover) -> Ground {
    Ground {
        dark,
        bright,
        scale,
        stretch,
        cover,
    }
}

impl Photo {
    /// The ground: soil, moss, stone, bark, sand, gravel, grass, litter or what is far behind; the more out of focus,
    /// the further below the leaf it is.
    pub(super) fn ground(&mut self, rng: &mut Rng) {
        const GROUNDS: [Ground; 12] = [
            ground(
                [0.24, 0.17, 0.11],
                [0.50, 0.38, 0.26],
                5.0,
                1.0,
                Cover::Bare,
            ),
            ground(
                [0.20, 0.15, 0.10],
                [0.44, 0.34, 0.24],
                7.0,
                1.0,
                Cover::Litter,
            ),
            ground(
                [0.16, 0.13, 0.08],
                [0.38, 0.28, 0.17],
                6.0,
                1.0,
                Cover::Litter,
            ),
            ground(
                [0.18, 0.26, 0.09],
                [0.46, 0.53, 0.22],
                9.0,
                1.0,
                Cover::Bare,
            ),
            ground(
                [0.10, 0.15, 0.06],
                [0.28, 0.36, 0.14],
                4.0,
                1.0,
                Cover::Grass,
            ),
            ground(
                [0.13, 0.17, 0.07],
                [0.34, 0.36, 0.18],
                5.0,
                1.0,
                Cover::Grass,
            ),
            ground(
                [0.40, 0.39, 0.37],
                [0.68, 0.66, 0.62],
                5.0,
                1.0,
                Cover::Bare,
            ),
            ground(
                [0.24, 0.20, 0.16],
                [0.44, 0.38, 0.32],
                5.0,
                1.0,
                Cover::Gravel,
            ),
            ground(
                [0.36, 0.27, 0.18],
                [0.62, 0.49, 0.34],
                2.0,
                8.0,
                Cover::Bare,
            ),
            ground(
                [0.62, 0.56, 0.45],
                [0.86, 0.80, 0.68],
                4.0,
                1.0,
                Cover::Bare,
            ),
            ground([0.10, 0.16, 0.09], [0.38, 0.48, 0.26], 1.5, 1.0, Cover::Far),
            ground([0.42, 0.48, 0.46], [0.82, 0.86, 0.84], 1.2, 1.0, Cover::Far),
        ];
        let kind = &GROUNDS[rng.below(GROUNDS.len())];
        earth(&mut self.canvas, kind, rng);
        let focus = match kind.cover {
            Cover::Bare => {
                self.scatter(mix(kind.dark, kind.bright, 0.5), rng);
                rng.range(0.0, 0.014)
            }
            Cover::Gravel => {
                self.gravel(kind.dark, kind.bright, rng);
                rng.range(0.0, 0.016)
            }
            Cover::Grass => {
                self.grass(rng);
                rng.range(0.006, 0.032)
            }
            Cover::Litter => {
                self.litter(rng);
                rng.range(0.004, 0.024)
            }
            Cover::Far => {
                self.discs(kind.bright, rng);
                rng.range(0.015, 0.05)
            }
        };
        let radius = focus * self.canvas.size as f32;
        // A part of a pixel, on average.
        self.canvas.blur((radius + rng.unit()) as usize);
    }
}

/// Smooth noise between two colours; the finer, the fainter, as in nature.
fn earth(canvas: &mut Canvas, kind: &Ground, rng: &mut Rng) {
    let (dark, bright) = (kind.dark, kind.bright);
    let shift: Colour = std::array::from_fn(|_| 0.025 * rng.bell());
    let (noise, scale) = (Noise::new(rng.next()), kind.scale * rng.range(0.7, 1.5));
    let (sin, cos) = rng.range(0.0, std::f32::consts::TAU).sin_cos();
    let roughness = rng.range(0.5, 0.8);
    let step = scale / canvas.size as f32;
    canvas.change(|column, row, _| {
        let (x, y) = (column as f32 * step, row as f32 * step);
        let (u, v) = (cos * x + sin * y, cos * y - sin * x);
        let value = noise.octaves(u, v * kind.stretch, 5, roughness);
        let t = (0.5 + 0.45 * value).clamp(0.0, 1.0);
        std::array::from_fn(|c| dark[c] + (bright[c] - dark[c]) * t + shift[c])
    });
}
