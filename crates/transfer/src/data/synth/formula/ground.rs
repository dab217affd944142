//! What lies behind the things.

use tiny_skia::{FillRule, Paint, Pixmap, Transform};

use super::camera::blur;
use super::shape;
use super::surface::{Surface, close_to, natural};
use super::texture::TEXTURES;
use crate::data::rng::Rng;
use crate::data::synth::colour::{Colour, mix, store};

/// How many layouts there are.
pub(super) const LAYOUTS: usize = 6;

/// A ground: its layout and what it is covered with.
#[derive(Debug)]
pub(super) struct Ground {
    /// 0 and 1: one texture. 2 and 3: a sky above a texture, in perspective or not. 4: two textures with an edge.
    /// 5: a smooth backdrop.
    pub(super) layout: usize,
    pub(super) texture: usize,
    pub(super) first: Surface,
    second: Surface,
    sky: [Colour; 2],
    horizon: f32,
    tilt: f32,
    /// How sharp the edge between two textures is, and which way it runs.
    edge: f32,
    across: [f32; 2],
    /// Dead leaves: shapes of all sizes on top of each other.
    leaves: Option<Leaves>,
    /// The radius of the blur in parts of the picture; 0 is in focus.
    blur: f32,
}

#[derive(Debug)]
struct Leaves {
    count: usize,
    seed: u64,
}

impl Ground {
    pub(super) fn drawn(rng: &mut Rng) -> Self {
        let texture = rng.below(TEXTURES);
        Self {
            layout: rng.below(LAYOUTS),
            texture,
            first: Surface::drawn(texture, rng),
            second: Surface::drawn(rng.below(TEXTURES), rng),
            sky: [natural(rng), natural(rng)],
            horizon: rng.range(0.25, 0.75),
            tilt: 0.08 * rng.bell(),
            edge: rng.range(2.0, 40.0),
            across: rng.range(0.0, std::f32::consts::TAU).sin_cos().into(),
            leaves: rng.chance(0.35).then(|| Leaves {
                count: 8 + rng.below(50),
                seed: rng.next(),
            }),
            blur: if rng.chance(0.5) {
                rng.range(0.01, 0.04)
            } else {
                0.0
            },
        }
    }

    /// Covers the canvas.
    pub(super) fn paint(&self, canvas: &mut Pixmap) {
        let size = canvas.width() as usize;
        let step = 1.0 / size as f32;
        for (number, pixel) in canvas.data_mut().chunks_exact_mut(4).enumerate() {
            let (x, y) = (
                (number % size) as f32 * step - 0.5,
                (number / size) as f32 * step,
            );
            store(pixel, self.at(x, y));
        }
        if let Some(leaves) = &self.leaves {
            self.strew(leaves, canvas);
        }
        let radius = (self.blur * size as f32).round() as usize;
        if radius > 0 {
            blur(canvas.data_mut(), size, radius);
        }
    }

    /// The colour at `x` from -0.5 to 0.5 and `y` from 0 at the top to 1.
    fn at(&self, x: f32, y: f32) -> Colour {
        match self.layout {
            2 | 3 => {
                let line = self.horizon + self.tilt * x;
                if y < line {
                    return mix(self.sky[0], self.sky[1], y / line);
                }
                if self.layout == 3 {
                    return self.first.at(x, y - 0.5);
                }
                let depth = 0.25 / (y - line + 0.12);
                self.first.at(2.0 * x * depth, 1.5 * depth)
            }
            4 => {
                let along = x * self.across[0] + (y - self.horizon) * self.across[1];
                let share = along * self.edge + 0.5;
                if share <= 0.0 {
                    self.first.at(x, y - 0.5)
                } else if share >= 1.0 {
                    self.second.at(x, y - 0.5)
                } else {
                    mix(self.first.at(x, y - 0.5), self.second.at(x, y - 0.5), share)
                }
            }
            5 => {
                let far = (x * x + (y - self.horizon).powi(2)).sqrt();
                let share = 1.2 * far + 0.3 * self.first.haze(x, y);
                let [first, second] = self.first.colours;
                mix(first, second, share.clamp(0.0, 1.0))
            }
            _ => self.first.at(x, y - 0.5),
        }
    }

    /// Shapes whose sizes follow a power law, which gives the picture the spectrum and the edges of natural ones (Lee,
    /// Mumford and Huang, "Occlusion Models for Natural Images", IJCV 2001).
    fn strew(&self, leaves: &Leaves, canvas: &mut Pixmap) {
        let mut rng = Rng::new(leaves.seed, &[]);
        let size = canvas.width() as f32;
        for _ in 0..leaves.count {
            let radius = (0.02 / rng.range(0.03, 1.0)).min(0.4) * size;
            let at = [size * rng.unit(), size * rng.unit()];
            let near = if rng.chance(0.5) {
                self.first.colours[0]
            } else {
                self.second.colours[1]
            };
            let colour = close_to(near, &mut rng).map(|value| (255.0 * value) as u8);
            let number = shape::KINDS * rng.below(shape::SHAPES / shape::KINDS) + rng.below(2);
            let place = Transform::from_rotate(rng.range(0.0, 360.0))
                .post_scale(2.0 * radius, 2.0 * radius)
                .post_translate(at[0], at[1]);
            let mut paint = Paint {
                anti_alias: true,
                ..Default::default()
            };
            paint.set_color_rgba8(colour[0], colour[1], colour[2], 255);
            if let Some(part) = shape::grow(number, &mut rng).first() {
                canvas.fill_path(&part.outline, &paint, FillRule::Winding, place, None);
            }
        }
    }
}
