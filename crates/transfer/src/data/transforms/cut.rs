//! Which part of a picture is kept.

use image::{Rgb, RgbImage, imageops};

use super::super::rng::Rng;
use super::functional::{Interpolation, Rect, Size, centered, resize_with};
use crate::{Error, Result};

/// What is beside a picture that is smaller than its frame: ImageNet's mean colour, about 0 once it is normalised.
const BESIDE: Rgb<u8> = Rgb([124, 116, 104]);

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

/// A frame that a picture is scaled to fit, as it is or by a random factor more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub(super) height: u32,
    pub(super) width: u32,
    /// The range of the factor; 1 is a picture that just fits.
    pub(super) scale: [f32; 2],
}

impl Fit {
    pub(super) fn is_random(self) -> bool {
        self.scale[0] < self.scale[1]
    }

    /// The size that a picture is resized to, and where the frame is on that.
    pub(super) fn of(
        self,
        (width, height): (u32, u32),
        rng: &mut Rng,
    ) -> Result<((u32, u32), Rect)> {
        let [low, high] = self.scale;
        let fits = 0.0 < low && low <= high && high.is_finite();
        if self.width == 0 || self.height == 0 || !fits {
            let expected = "rows and columns above 0, and factors above 0, the smaller first";
            return Err(Error::argument("frame", expected, format!("{self:?}")));
        }
        let [w, h] = [width, height].map(|side| f64::from(side.max(1)));
        let fits = (f64::from(self.width) / w).min(f64::from(self.height) / h);
        let factor = match self.is_random() {
            true => fits * f64::from(rng.range(self.scale[0], self.scale[1])),
            false => fits * f64::from(self.scale[0]),
        };
        let to = [w, h].map(|side| (side * factor).round_ties_even().max(1.0) as u32);
        let mut offset = |length: u32, frame: u32| {
            let over = i64::from(length) - i64::from(frame);
            match self.is_random() {
                true => over.min(0) + rng.below(over.unsigned_abs() as usize + 1) as i64,
                false => over.div_euclid(2),
            }
        };
        let rect = Rect {
            left: offset(to[0], self.width),
            top: offset(to[1], self.height),
            width: self.width,
            height: self.height,
        };
        Ok(((to[0], to[1]), rect))
    }

    pub(super) fn apply(
        self,
        picture: &RgbImage,
        filter: Interpolation,
        rng: &mut Rng,
    ) -> Result<RgbImage> {
        let ((width, height), rect) = self.of(picture.dimensions(), rng)?;
        let resized = resize_with(picture, Size::Exact { height, width }, filter)?;
        let mut framed = RgbImage::from_pixel(rect.width, rect.height, BESIDE);
        imageops::replace(&mut framed, &resized, -rect.left, -rect.top);
        Ok(framed)
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
