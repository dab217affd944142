//! Resize and crop against values that Pillow and torchvision give.

use image::{Rgb, RgbImage};
use transfer::data::functional::resize_with;
use transfer::data::{
    ColorJitter, Draw, IMAGENET_MEAN, IMAGENET_STD, Interpolation, Layout, Size, Transform,
    center_crop, resize,
};

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

#[test]
fn a_cut_after_a_resize_is_what_both_give_one_after_the_other_but_for_rounding() {
    for (width, height) in [(71, 50), (50, 93), (33, 33), (20, 200)] {
        let picture = pattern(width, height);
        for filter in [Interpolation::Bilinear, Interpolation::Bicubic] {
            for (size, cut) in [(40, 32), (64, 63), (20, 24)] {
                let whole = resize_with(&picture, Size::Shorter(size), filter).unwrap();
                let transform = Transform::new().resize(size).center_crop(cut);
                let ours = transform.interpolation(filter).picture(&picture).unwrap();
                // The fixed-point precision is chosen by the largest weight in use: the last bit may differ.
                let whole = center_crop(&whole, cut);
                let mut apart = ours
                    .as_raw()
                    .iter()
                    .zip(whole.as_raw())
                    .map(|(a, b)| a.abs_diff(*b));
                assert!(
                    apart.all(|apart| apart <= 1),
                    "{width} x {height}, {size}, {cut}, {filter:?}"
                );
            }
        }
    }
}

#[test]
fn a_cut_in_the_corner_of_the_pictures_own_size_is_resized_all_the_same() {
    // The square of a picture grown by one pixel begins in its corner and is as large as the picture was.
    for side in [24, 33] {
        let picture = pattern(side, side);
        let whole = resize_with(&picture, Size::Shorter(side + 1), Interpolation::Bilinear);
        let expected = center_crop(&whole.unwrap(), side);
        let transform = Transform::new().resize(side + 1).center_crop(side);
        let ours = transform.picture(&picture).unwrap();
        let mut apart = ours
            .iter()
            .zip(expected.iter())
            .map(|(a, b)| a.abs_diff(*b));
        assert!(apart.all(|apart| apart <= 1), "{side}");
        assert_ne!(ours, picture, "{side}");
    }
}

#[test]
fn black_around_a_small_picture_lies_as_torchvision_puts_it() {
    let white = |width, height| RgbImage::from_pixel(width, height, Rgb([255; 3]));
    let first = |picture: &RgbImage| {
        let mut rows = picture.rows();
        rows.position(|mut row| row.any(|pixel| pixel.0 == [255; 3]))
    };
    // F.center_crop(Image.new("L", (length, length), 255), [size, size]): the first row that is not black.
    for (length, size, expected) in [(1, 4, 1), (5, 8, 1), (3, 6, 1), (8, 13, 2), (6, 13, 3)] {
        let cropped = center_crop(&white(length, length), size);
        assert_eq!(first(&cropped), Some(expected), "{length}, {size}");
    }
    // One side padded, the other cut.
    let cropped = center_crop(&white(3, 9), 6);
    let row: Vec<u8> = (0..6).map(|x| cropped.get_pixel(x, 3)[0] / 255).collect();
    assert_eq!(row, [0, 1, 1, 1, 0, 0]);
}

#[test]
fn sizes_are_exact_where_both_are_given() {
    let (values, size) = Transform::new()
        .resize_to(7, 9)
        .apply(&pattern(20, 10))
        .unwrap();
    assert_eq!((values.len(), size), (3 * 7 * 9, [7, 9]));
}

#[test]
fn channels_last_holds_the_same_numbers() {
    let picture = pattern(5, 4);
    let transform = Transform::imagenet(4);
    let numbers = |layout| {
        transform
            .apply_drawn(&picture, Draw::default(), layout)
            .unwrap()
            .0
    };
    let (first, last) = (
        numbers(Layout::ChannelsFirst),
        numbers(Layout::ChannelsLast),
    );
    for (at, value) in last.iter().enumerate() {
        assert_eq!(*value, first[at % 3 * 16 + at / 3]);
    }
}

#[test]
fn texts_are_equal_exactly_where_transforms_are() {
    let jitter = ColorJitter {
        hue: 0.1,
        ..ColorJitter::default()
    };
    let all = [
        Transform::new(),
        Transform::imagenet(224),
        Transform::square(224),
        Transform::train(224),
        Transform::train_small(32),
        Transform::imagenet(224).interpolation(Interpolation::Bicubic),
        Transform::new().resize_to(224, 224),
        Transform::new().center_crop(224),
        Transform::new().random_crop(224, 0),
        Transform::new().random_crop(224, 4),
        Transform::new().random_resized_crop_with(224, [0.5, 1.0], [1.0, 1.0]),
        Transform::new().horizontal_flip(),
        Transform::new().random_horizontal_flip(1.0),
        Transform::new().color_jitter(jitter),
        Transform::new().random_grayscale(0.2),
        Transform::new().trivial_augment_wide(),
        Transform::new().rand_augment(2, 9),
        Transform::new().random_erasing(0.1),
        Transform::new().normalize([0.5; 3], [1.0; 3]),
    ];
    for (a, one) in all.iter().enumerate() {
        for (b, other) in all.iter().enumerate() {
            assert_eq!(
                one.to_string() == other.to_string(),
                a == b,
                "{one} / {other}"
            );
            assert_eq!(one == other, a == b);
        }
    }
    let random = all.iter().filter(|transform| transform.is_random()).count();
    assert_eq!(random, 11);
}
