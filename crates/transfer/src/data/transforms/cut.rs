//! Which part of a picture is kept.

use super::super::rng::Rng;
use super::functional::{Rect, centered};

/// A square of a fixed size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cut {
    /// The central one.
    Center(u32),
    /// One at random, after so many black pixels were put on each side.
    Random { size: u32, padding: u32 },
}

impl Cut {
    /// Where it is in a picture of this width and height.
    pub(super) fn rect(self, of: (u32, u32), rng: &mut Rng) -> Rect {
        match self {
            Cut::Center(size) => centered(of, size),
            Cut::Random { size, padding } => random_crop(of, size, padding, rng),
        }
    }
}

/// A square at random in the picture with `padding` black pixels on each side, and with more where the square would
/// not fit otherwise (torchvision's `pad_if_needed`).
fn random_crop((width, height): (u32, u32), size: u32, padding: u32, rng: &mut Rng) -> Rect {
    let mut offset = |length: u32| {
        let (padding, size) = (i64::from(padding), i64::from(size));
        let length = i64::from(length) + 2 * padding;
        let more = (size - length).max(0);
        rng.below((length + 2 * more - size) as usize + 1) as i64 - padding - more
    };
    Rect {
        top: offset(height),
        left: offset(width),
        width: size,
        height: size,
    }
}

/// torchvision's `RandomResizedCrop.get_params`: a part with a share of the area and a ratio of its sides drawn from
/// their ranges; after ten that do not fit, the largest central part with a ratio in the range.
pub(super) fn random_part(
    (width, height): (u32, u32),
    scale: [f32; 2],
    ratio: [f32; 2],
    rng: &mut Rng,
) -> Rect {
    let (w, h) = (f64::from(width), f64::from(height));
    for _ in 0..10 {
        let area = w * h * f64::from(rng.range(scale[0], scale[1]));
        let aspect = f64::from(rng.range(ratio[0].ln(), ratio[1].ln())).exp();
        let part = [(area * aspect).sqrt(), (area / aspect).sqrt()].map(f64::round_ties_even);
        if part[0] > 0.0 && part[0] <= w && part[1] > 0.0 && part[1] <= h {
            let [part_width, part_height] = part.map(|side| side as u32);
            return Rect {
                top: rng.below((height - part_height) as usize + 1) as i64,
                left: rng.below((width - part_width) as usize + 1) as i64,
                width: part_width,
                height: part_height,
            };
        }
    }
    let [low, high] = ratio.map(f64::from);
    let (part_width, part_height) = if w / h < low {
        (w, (w / low).round_ties_even())
    } else if w / h > high {
        ((h * high).round_ties_even(), h)
    } else {
        (w, h)
    };
    Rect {
        left: ((w - part_width) / 2.0) as i64,
        top: ((h - part_height) / 2.0) as i64,
        width: part_width.max(1.0) as u32,
        height: part_height.max(1.0) as u32,
    }
}
