//! Smooth random fields: mottled skin, soil, dappled light.

/// Value noise on a lattice, in [-1, 1].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noise {
    seed: u32,
}

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed: (seed ^ (seed >> 32)) as u32,
        }
    }

    /// The field at a point; it changes over a distance of about 1.
    pub(crate) fn at(self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (smooth(x - left), smooth(y - top));
        let (column, row) = (left as i32, top as i32);
        let corner = |dx: i32, dy: i32| self.lattice(column.wrapping_add(dx), row.wrapping_add(dy));
        let upper = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * fx;
        let lower = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * fx;
        upper + (lower - upper) * fy
    }

    /// Several octaves, each twice as fine and `fall` times as strong as the one before.
    pub(crate) fn octaves(self, x: f32, y: f32, count: u32, fall: f32) -> f32 {
        let (mut sum, mut strength, mut scale) = (0.0, 1.0, 1.0);
        for octave in 0..count {
            let shifted = Noise {
                seed: self.seed.wrapping_add(octave.wrapping_mul(0x9E37_79B9)),
            };
            sum += strength * shifted.at(x * scale, y * scale);
            strength *= fall;
            scale *= 2.0;
        }
        sum
    }

    /// Three numbers in [-1, 1] that belong to a cell of the lattice.
    pub(crate) fn cell(self, x: i32, y: i32) -> [f32; 3] {
        [1, 2, 3].map(|number| {
            let seed = self.seed.wrapping_add(0x9E37_79B9u32.wrapping_mul(number));
            Noise { seed }.lattice(x, y)
        })
    }

    fn lattice(self, x: i32, y: i32) -> f32 {
        let mut hash =
            self.seed ^ (x as u32).wrapping_mul(0x85EB_CA6B) ^ (y as u32).wrapping_mul(0xC2B2_AE35);
        hash = (hash ^ (hash >> 15)).wrapping_mul(0x2C1B_3C6D);
        hash = (hash ^ (hash >> 12)).wrapping_mul(0x297A_2D39);
        hash ^= hash >> 15;
        hash as f32 / (u32::MAX / 2) as f32 - 1.0
    }
}

/// 0 at `low` and before, 1 at `high` and beyond, smooth between; falls where `low` is the larger.
pub(crate) fn step(low: f32, high: f32, value: f32) -> f32 {
    smooth(((value - low) / (high - low)).clamp(0.0, 1.0))
}

fn smooth(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}
