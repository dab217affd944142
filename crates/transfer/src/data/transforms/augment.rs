//! TrivialAugment and RandAugment: operations drawn from a table, each with a strength drawn from its range.

use image::RgbImage;

use super::super::rng::Rng;
use super::functional as f;

/// How many strengths each operation has.
const BINS: usize = 31;
/// The operations of both tables.
const OPERATIONS: usize = 14;

/// How far the operations go.
#[derive(Debug, Clone, Copy)]
struct Ranges {
    shear: f32,
    translate: [f32; 2],
    rotate: f32,
    enhance: f32,
    /// How many bits posterising takes away at most.
    posterize: f32,
}

/// One operation at a random strength (Müller and Hutter, "TrivialAugment: Tuning-free Yet State-of-the-Art Data
/// Augmentation", ICCV 2021; the wide ranges).
pub(super) fn trivial_augment_wide(picture: &RgbImage, rng: &mut Rng) -> RgbImage {
    let ranges = Ranges {
        shear: 0.99,
        translate: [32.0; 2],
        rotate: 135.0,
        enhance: 0.99,
        posterize: 6.0,
    };
    let (operation, bin) = (rng.below(OPERATIONS), rng.below(BINS));
    apply(picture, operation, bin, rng.chance(0.5), &ranges)
}

/// `operations` in turn, all at the strength `magnitude` of 31 (Cubuk, Zoph, Shlens and Le, "RandAugment: Practical
/// automated data augmentation with a reduced search space", NeurIPS 2020).
pub(super) fn rand_augment(
    picture: &RgbImage,
    operations: u32,
    magnitude: u32,
    rng: &mut Rng,
) -> RgbImage {
    let share = |length: u32| 150.0 / 331.0 * length as f32;
    let ranges = Ranges {
        shear: 0.3,
        translate: [share(picture.width()), share(picture.height())],
        rotate: 30.0,
        enhance: 0.9,
        posterize: 4.0,
    };
    let mut picture = picture.clone();
    for _ in 0..operations {
        let operation = rng.below(OPERATIONS);
        picture = apply(
            &picture,
            operation,
            magnitude as usize,
            rng.chance(0.5),
            &ranges,
        );
    }
    picture
}

/// The operations in torchvision's order.
fn apply(
    picture: &RgbImage,
    operation: usize,
    bin: usize,
    negative: bool,
    ranges: &Ranges,
) -> RgbImage {
    let share = bin.min(BINS - 1) as f32 / (BINS - 1) as f32;
    let signed = |range: f32| {
        if negative {
            -range * share
        } else {
            range * share
        }
    };
    let [x, y] = ranges.translate.map(|range| signed(range) as i64);
    match operation {
        0 => picture.clone(),
        1 => f::shear_x(picture, signed(ranges.shear).into()),
        2 => f::shear_y(picture, signed(ranges.shear).into()),
        3 => f::translate(picture, x, 0),
        4 => f::translate(picture, 0, y),
        5 => f::rotate(picture, signed(ranges.rotate).into()),
        6 => f::adjust_brightness(picture, 1.0 + signed(ranges.enhance)),
        7 => f::adjust_saturation(picture, 1.0 + signed(ranges.enhance)),
        8 => f::adjust_contrast(picture, 1.0 + signed(ranges.enhance)),
        9 => f::adjust_sharpness(picture, 1.0 + signed(ranges.enhance)),
        10 => f::posterize(
            picture,
            8 - (share * ranges.posterize).round_ties_even() as u8,
        ),
        11 => f::solarize(picture, 255.0 * (1.0 - share)),
        12 => f::autocontrast(picture),
        _ => f::equalize(picture),
    }
}
