//! The operations on pictures against what Pillow and torchvision give (tests/pillow/make.py writes it).

use image::{Rgb, RgbImage};
use transfer::data::Transform;
use transfer::data::functional::{self as f, Interpolation, Size};

/// Drawn alike in make.py.
fn pattern(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let noise = (x * 7919 + y * 104_729 + x * y * 31) % 41;
        let edge = if (x + 2 * y) % 37 < 15 { 90 } else { 0 };
        let blue = (x * y / 5 + noise).min(255);
        Rgb([(5 * x + 20 + noise) % 256, (7 * y + edge) % 256, blue].map(|value| value as u8))
    })
}

/// Each operation's name, its result, and how far it may be from Pillow's: (of any value, in the mean).
fn operations(p: &RgbImage) -> Vec<(&'static str, RgbImage, i32, f64)> {
    let with = |size, filter| f::resize_with(p, size, filter).unwrap();
    let exact = Size::Exact {
        height: 30,
        width: 25,
    };
    let mut all = Vec::new();
    for factor in [0.3, 1.7] {
        all.push(("brightness", f::adjust_brightness(p, factor), 0, 0.0));
        all.push(("contrast", f::adjust_contrast(p, factor), 0, 0.0));
        all.push(("saturation", f::adjust_saturation(p, factor), 0, 0.0));
        all.push(("sharpness", f::adjust_sharpness(p, factor), 0, 0.0));
    }
    let cropped = Transform::new()
        .resize(12)
        .center_crop(9)
        .picture(p)
        .unwrap();
    let part = f::resized_crop(p, [5, 3], [15, 12], 9, Interpolation::Bilinear).unwrap();
    all.extend([
        ("hue", f::adjust_hue(p, 0.2), 0, 0.0),
        ("hue back", f::adjust_hue(p, -0.35), 0, 0.0),
        ("grayscale", f::grayscale(p), 0, 0.0),
        ("autocontrast", f::autocontrast(p), 0, 0.0),
        ("equalize", f::equalize(p), 0, 0.0),
        ("posterize", f::posterize(p, 3), 0, 0.0),
        ("solarize", f::solarize(p, 120.0), 0, 0.0),
        ("invert", f::invert(p), 0, 0.0),
        ("shear x", f::shear_x(p, 0.33), 0, 0.0),
        ("shear y", f::shear_y(p, -0.66), 0, 0.0),
        ("right", f::translate(p, 7, 0), 0, 0.0),
        ("up", f::translate(p, 0, -5), 0, 0.0),
        ("rotate", f::rotate(p, 40.5), 0, 0.0),
        ("quarter turn", f::rotate(p, -90.0), 0, 0.0),
        (
            "bilinear",
            with(Size::Shorter(11), Interpolation::Bilinear),
            1,
            0.25,
        ),
        (
            "bicubic",
            with(Size::Shorter(11), Interpolation::Bicubic),
            16,
            0.25,
        ),
        ("bicubic up", with(exact, Interpolation::Bicubic), 16, 0.25),
        ("resize and crop", cropped, 1, 0.25),
        ("resized crop", part, 1, 0.25),
    ]);
    all
}

#[test]
fn operations_give_what_pillow_gives() {
    let mut expected: &[u8] = include_bytes!("pillow/operations.bin");
    let mut wrong = Vec::new();
    for (name, ours, most, mean) in operations(&pattern(22, 16)) {
        let (theirs, rest) = expected.split_at(ours.as_raw().len());
        expected = rest;
        let apart = |(a, b): (&u8, &u8)| (i32::from(*a) - i32::from(*b)).abs();
        let differences: Vec<i32> = ours.as_raw().iter().zip(theirs).map(apart).collect();
        let found = (
            differences.iter().copied().max().unwrap(),
            f64::from(differences.iter().sum::<i32>()) / differences.len() as f64,
        );
        if found.0 > most || found.1 > mean {
            wrong.push((name, found));
        }
    }
    assert!(wrong.is_empty(), "largest and mean difference: {wrong:?}");
    assert!(
        expected.is_empty(),
        "{} bytes of the fixture are left",
        expected.len()
    );
}
