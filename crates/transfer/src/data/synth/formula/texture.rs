//! Textures by number: what covers a ground or a thing.

use std::f32::consts::{PI, TAU};

use crate::data::rng::Rng;
use crate::data::synth::noise::Noise;

/// How many textures there are.
pub(super) const TEXTURES: usize = 96;
/// How many kinds of texture there are; a texture's kind is its number modulo this.
pub(super) const KINDS: usize = 12;
/// Where the numbers of all textures come from: another one makes another world.
const WORLD: u64 = 77;

/// A texture: a field of numbers from 0 to 1 over the plane, the same for everybody who asks for its number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texture {
    kind: usize,
    /// Periods across a picture.
    scale: f32,
    stretch: f32,
    warp: f32,
    sharp: f32,
    /// How much weaker each octave is than the one before: the slope of the spectrum.
    fall: f32,
    /// Where the middle between the two colours lies.
    duty: f32,
}

impl Texture {
    /// The texture of that number.
    pub(super) fn numbered(number: usize) -> Self {
        let mut rng = Rng::new(WORLD, &[number as u64]);
        Self {
            kind: number % KINDS,
            scale: 2.0 * rng.range(0.0, 2.3).exp2(),
            stretch: rng.range(-0.2, 1.6).exp2(),
            warp: if rng.chance(0.5) {
                rng.range(0.1, 0.9)
            } else {
                0.0
            },
            sharp: rng.range(0.0, 3.2).exp2(),
            fall: rng.range(0.35, 0.85),
            duty: rng.range(-0.2, 0.2),
        }
    }

    /// The field at a point of a picture that is 1 wide.
    pub(super) fn at(&self, noise: Noise, x: f32, y: f32) -> f32 {
        let (mut x, mut y) = (x * self.scale, y * self.scale * self.stretch);
        if self.warp > 0.0 && self.is_regular() {
            let [u, v] = [
                noise.at(x * 0.7 + 9.0, y * 0.7),
                noise.at(x * 0.7, y * 0.7 + 31.0),
            ];
            x += self.warp * u;
            y += self.warp * v;
        }
        let value = match self.kind {
            // Clouds, ridges between clouds.
            0 => 0.55 * noise.octaves(x, y, 4, self.fall),
            1 => 0.5 - noise.octaves(x, y, 3, self.fall).abs() * 1.4,
            // Stripes, checks.
            2 => 0.5 * (TAU * x).sin(),
            3 => (PI * x).sin() * (PI * y).sin(),
            // Spots, cells.
            4 => (0.5 - nearest(noise, x, y)[0]) * 1.6,
            5 => cell_walls(noise, x, y),
            // Rings.
            6 => 0.5 * (TAU * (x * x + y * y).sqrt()).sin(),
            7 => bricks(x, y, self.stretch),
            // Grain, weave.
            8 => 0.8 * noise.at(x * 4.0, y * 4.0) + 0.4 * noise.at(x * 9.0, y * 9.0),
            9 => weave(x, y),
            // A slope, next to nothing.
            10 => x / self.scale,
            _ => 0.12 * noise.octaves(x * 2.0, y * 2.0, 3, self.fall),
        };
        ((value + self.duty) * self.sharp + 0.5).clamp(0.0, 1.0)
    }

    /// Whether it has lines that can be bent.
    fn is_regular(&self) -> bool {
        matches!(self.kind, 2..=7 | 9 | 10)
    }
}

/// How far the nearest and the second nearest of the points are that are strewn one to a cell (Worley, "A Cellular
/// Texture Basis Function", SIGGRAPH 1996).
fn nearest(noise: Noise, x: f32, y: f32) -> [f32; 2] {
    let (left, top) = (x.floor() as i32, y.floor() as i32);
    let [mut near, mut next] = [9.0f32; 2];
    for row in top - 1..=top + 1 {
        for column in left - 1..=left + 1 {
            let off = noise.cell(column, row);
            let dx = column as f32 + 0.5 + 0.45 * off[0] - x;
            let dy = row as f32 + 0.5 + 0.45 * off[1] - y;
            let square = dx * dx + dy * dy;
            if square < near {
                (near, next) = (square, near);
            } else {
                next = next.min(square);
            }
        }
    }
    [near.sqrt(), next.sqrt()]
}

fn cell_walls(noise: Noise, x: f32, y: f32) -> f32 {
    let [near, next] = nearest(noise, x, y);
    (next - near) * 1.8 - 0.5
}

fn bricks(x: f32, y: f32, stretch: f32) -> f32 {
    let row = y.floor();
    let across = (x + 0.5 * row.rem_euclid(2.0)).rem_euclid(1.0);
    let up = y.rem_euclid(1.0);
    let edge = across
        .min(1.0 - across)
        .min(up.min(1.0 - up) / stretch.max(0.3));
    6.0 * edge - 0.5
}

fn weave(x: f32, y: f32) -> f32 {
    let over = (x.floor() + y.floor()).rem_euclid(2.0) < 1.0;
    if over {
        0.5 * (PI * x).sin().powi(2)
    } else {
        -0.5 * (PI * y).sin().powi(2)
    }
}
