//! What a leaf lies on.

use super::blade::Point;
use super::colour::{Colour, load, mix, store};
use super::noise::Noise;
use super::photo::Photo;
use crate::data::rng::Rng;

impl Photo {
    /// The ground the leaf lies on: soil, moss, stone, wood or paper, out of focus.
    pub(super) fn ground(&mut self, rng: &mut Rng) {
        const GROUNDS: [(Colour, Colour, f32, f32); 6] = [
            ([0.30, 0.22, 0.15], [0.50, 0.39, 0.27], 5.0, 1.0),
            ([0.22, 0.30, 0.12], [0.46, 0.53, 0.25], 6.0, 1.0),
            ([0.45, 0.45, 0.44], [0.66, 0.65, 0.62], 4.0, 1.0),
            ([0.48, 0.36, 0.24], [0.68, 0.54, 0.38], 2.0, 7.0),
            ([0.76, 0.73, 0.66], [0.90, 0.88, 0.83], 3.0, 1.0),
            ([0.16, 0.20, 0.17], [0.36, 0.44, 0.36], 3.0, 1.0),
        ];
        let (dark, bright, scale, stretch) = GROUNDS[rng.below(GROUNDS.len())];
        let shift: Colour = std::array::from_fn(|_| 0.025 * rng.bell());
        let (noise, scale) = (Noise::new(rng.next()), scale * rng.range(0.7, 1.5));
        let (sin, cos) = rng.range(0.0, std::f32::consts::TAU).sin_cos();
        let roughness = rng.range(0.45, 0.75);
        let size = self.size as f32;
        for (number, pixel) in self.canvas.data_mut().chunks_exact_mut(4).enumerate() {
            let (x, y) = (
                (number % self.size) as f32 / size,
                (number / self.size) as f32 / size,
            );
            let (u, v) = (cos * x + sin * y, cos * y - sin * x);
            let value = noise.octaves(u * scale, v * scale * stretch, 4, roughness);
            let t = (0.5 + 0.5 * value).clamp(0.0, 1.0);
            let colour: Colour =
                std::array::from_fn(|c| dark[c] + (bright[c] - dark[c]) * t + shift[c]);
            store(pixel, colour);
        }
        // Things out of focus: pebbles, stems, other leaves, spots of light.
        for _ in 0..1 + rng.below(5) {
            let brightness = rng.range(-0.28, 0.28);
            let tint: Colour = std::array::from_fn(|c| {
                0.5 * (dark[c] + bright[c]) + brightness + 0.06 * rng.bell()
            });
            let centre = [size * rng.unit(), size * rng.unit()];
            let reach = size * rng.range(0.04, 0.22);
            let (along, across) = if rng.chance(0.4) {
                (reach * 3.0, reach * 0.22)
            } else {
                (reach, reach * rng.range(0.5, 1.0))
            };
            self.blur_spot(
                centre,
                along,
                across,
                rng.range(0.0, 3.2),
                tint,
                rng.range(0.3, 0.75),
            );
        }
    }

    /// An ellipse with a soft edge.
    fn blur_spot(
        &mut self,
        centre: Point,
        along: f32,
        across: f32,
        angle: f32,
        tint: Colour,
        strength: f32,
    ) {
        let (sin, cos) = angle.sin_cos();
        let reach = along.max(across) * 1.3;
        let span = |middle: f32| {
            let last = self.size as f32 - 1.0;
            (middle - reach).clamp(0.0, last) as usize..=(middle + reach).clamp(0.0, last) as usize
        };
        let (columns, rows) = (span(centre[0]), span(centre[1]));
        let size = self.size;
        let data = self.canvas.data_mut();
        for row in rows {
            for column in columns.clone() {
                let (x, y) = (column as f32 - centre[0], row as f32 - centre[1]);
                let (u, v) = ((cos * x + sin * y) / along, (cos * y - sin * x) / across);
                let inside = ((1.25 - (u * u + v * v)) / 0.6).clamp(0.0, 1.0);
                if inside > 0.0 {
                    let pixel = &mut data[4 * (row * size + column)..][..4];
                    let below = load(pixel);
                    store(
                        pixel,
                        mix(
                            below,
                            tint,
                            strength * inside * inside * (3.0 - 2.0 * inside),
                        ),
                    );
                }
            }
        }
    }
}
