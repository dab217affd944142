//! Resize and crop against values that Pillow and torchvision give.

use image::{Rgb, RgbImage};
use transfer::data::{IMAGENET_MEAN, IMAGENET_STD, Transform, center_crop, resize};

/// `(37 x + 91 y + 53 c) mod 256` for column x, row y, channel c.
fn pattern(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([0u32, 1, 2].map(|c| ((37 * x + 91 * y + 53 * c) % 256) as u8))
    })
}

#[test]
fn one_size_is_the_shorter_side() {
    for (from, to) in [
        ((100, 50), (40, 20)),
        ((50, 100), (20, 40)),
        ((33, 50), (20, 30)),
        ((20, 20), (20, 20)),
    ] {
        let resized = resize(&RgbImage::new(from.0, from.1), 20).unwrap();
        assert_eq!(resized.dimensions(), to);
    }
}

#[test]
fn resizing_down_is_antialiased_as_pillow_does_it() {
    // PIL.Image.fromarray(pattern 8 x 8).resize((3, 3), Image.BILINEAR), to within its rounding.
    let expected = include_str!("resize_8_to_3.txt");
    let resized = resize(&pattern(8, 8), 3).unwrap();
    for (ours, theirs) in resized.as_raw().iter().zip(expected.split_whitespace()) {
        let theirs: i32 = theirs.parse().unwrap();
        assert!(
            (i32::from(*ours) - theirs).abs() <= 1,
            "{:?}",
            resized.as_raw()
        );
    }
    assert_eq!(expected.split_whitespace().count(), resized.as_raw().len());
}

#[test]
fn the_centre_is_torchvisions() {
    // 5 − 2 = 3, half of it 1.5, rounded to even: 2. 7 − 2 = 5, half 2.5: 2.
    let cropped = center_crop(&pattern(5, 7), 2);
    assert_eq!(cropped.get_pixel(0, 0), pattern(5, 7).get_pixel(2, 2));
    let padded = center_crop(&RgbImage::from_pixel(2, 2, Rgb([9; 3])), 4);
    assert_eq!(
        (padded.get_pixel(0, 0).0, padded.get_pixel(1, 2).0),
        ([0; 3], [9; 3])
    );
}

#[test]
fn numbers_come_channel_by_channel_and_normalised() {
    let picture = RgbImage::from_fn(2, 1, |x, _| Rgb([255, 0, 51 * x as u8]));
    let (values, size) = Transform::new().apply(&picture).unwrap();
    assert_eq!(size, [1, 2]);
    for (value, expected) in values.iter().zip([1.0, 1.0, 0.0, 0.0, 0.0, 0.2]) {
        assert!((value - expected).abs() < 1e-6, "{values:?}");
    }
    let (values, _) = Transform::new()
        .normalize(IMAGENET_MEAN, IMAGENET_STD)
        .apply(&picture)
        .unwrap();
    assert!(
        (values[0] - (1.0 - 0.485) / 0.229).abs() < 1e-5
            && (values[2] + 0.456 / 0.224).abs() < 1e-5
    );
    let (values, size) = Transform::imagenet(224)
        .apply(&RgbImage::new(300, 400))
        .unwrap();
    assert_eq!((values.len(), size), (3 * 224 * 224, [224, 224]));
}

#[test]
fn a_thread_of_a_picture_is_refused_before_it_is_blown_up() {
    for (width, height, size) in [(1, 100_000, 256), (100_000, 1, 256), (8, 8, 100_000)] {
        let error = resize(&RgbImage::new(width, height), size).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains(&format!("{width} x {height} pixels")) && message.contains("at most"),
            "{message}"
        );
    }
    assert!(resize(&RgbImage::new(1, 100_000), 2).is_ok());
}
