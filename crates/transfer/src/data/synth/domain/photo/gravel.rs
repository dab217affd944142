//! Pebbles side by side.

use super::Photo;
use crate::data::rng::Rng;
use crate::data::synth::colour::{Colour, mix};
use crate::data::synth::noise::{Noise, step};

impl Photo {
    /// Covers the ground with pebbles: the cells around scattered points (Worley, 1996), each rounded, lit from the
    /// side and of a tone of its own.
    pub(super) fn gravel(&mut self, dark: Colour, bright: Colour, rng: &mut Rng) {
        let noise = Noise::new(rng.next());
        let across = rng.range(7.0, 16.0);
        let scale = across / self.canvas.size as f32;
        let warm: Colour = [0.04 * rng.bell(), 0.0, -0.04 * rng.bell()];
        let light = self.light;
        self.canvas.change(|column, row, below| {
            let (x, y) = (column as f32 * scale, row as f32 * scale);
            let (left, top) = (x.floor() as i32, y.floor() as i32);
            let (mut near, mut next) = (9.0f32, 9.0f32);
            let (mut off, mut tone) = ([0.0; 2], 0.0);
            for (i, j) in (0..9).map(|n| (left + n % 3 - 1, top + n / 3 - 1)) {
                let [jx, jy, shade] = noise.cell(i, j);
                let (dx, dy) = (
                    x - i as f32 - 0.5 - 0.38 * jx,
                    y - j as f32 - 0.5 - 0.38 * jy,
                );
                let distance = dx * dx + dy * dy;
                if distance < near {
                    (next, near, off, tone) = (near, distance, [dx, dy], shade);
                } else {
                    next = next.min(distance);
                }
            }
            let edge = next.sqrt() - near.sqrt();
            let body = step(0.0, 0.34, edge);
            let lit = 0.45 * (off[0] * light[0] + off[1] * light[1]);
            let stone = mix(dark, bright, 0.85 + 0.6 * tone);
            let stone: Colour = std::array::from_fn(|c| {
                (stone[c] + warm[c] * tone) * (0.85 + lit) + 0.45 * (below[c] - 0.35)
            });
            mix(dark.map(|value| 0.6 * value), stone, body)
        });
    }
}
