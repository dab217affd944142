//! Random steps: they depend on the draw alone, and stay within what they promise.

use image::{Rgb, RgbImage};
use transfer::data::{ColorJitter, Draw, Layout, Transform};

/// Each pixel says where it was.
fn places(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([x as u8 + 1, y as u8 + 1, 200]))
}

fn draws(count: u64) -> impl Iterator<Item = Draw> {
    (0..count).map(|index| Draw {
        seed: 1,
        epoch: 2,
        index,
    })
}

fn all() -> Transform {
    let jitter = ColorJitter {
        brightness: 0.4,
        contrast: 0.4,
        saturation: 0.4,
        hue: 0.1,
    };
    Transform::train(16)
        .color_jitter(jitter)
        .random_grayscale(0.2)
        .trivial_augment_wide()
        .rand_augment(2, 9)
        .random_erasing(0.5)
}

#[test]
fn the_same_draw_gives_the_same_numbers_and_another_one_others() {
    let picture = places(40, 30);
    let numbers = |draw| {
        all()
            .apply_drawn(&picture, draw, Layout::ChannelsFirst)
            .unwrap()
            .0
    };
    let first = Draw {
        seed: 1,
        epoch: 2,
        index: 3,
    };
    assert_eq!(numbers(first), numbers(first));
    for other in [
        Draw { seed: 0, ..first },
        Draw { epoch: 0, ..first },
        Draw { index: 0, ..first },
    ] {
        assert_ne!(numbers(first), numbers(other), "{other:?}");
    }
}

#[test]
fn every_draw_gives_a_picture_of_the_size_asked_for() {
    for (width, height) in [(40, 30), (1, 1), (3, 90), (200, 2)] {
        let picture = places(width, height);
        for draw in draws(200) {
            let (values, size) = all()
                .apply_drawn(&picture, draw, Layout::ChannelsFirst)
                .unwrap();
            assert_eq!((values.len(), size), (3 * 16 * 16, [16, 16]));
            assert!(values.iter().all(|value| value.is_finite()));
        }
    }
}

#[test]
fn random_crops_reach_every_place_and_lie_on_black_beyond_it() {
    let transform = Transform::new().random_crop(8, 2);
    let corners: std::collections::BTreeSet<[u8; 3]> = draws(2000)
        .map(|draw| transform.picture_drawn(&places(8, 8), draw).unwrap())
        .map(|picture| picture.get_pixel(3, 3).0)
        .collect();
    // Moved by −2 to 2 in both directions.
    assert_eq!(corners.len(), 25);
    assert!(corners.contains(&[2, 2, 200]) && corners.contains(&[6, 6, 200]));
    let larger = Transform::new()
        .random_crop(12, 0)
        .picture(&places(4, 4))
        .unwrap();
    let kept = larger.pixels().filter(|pixel| pixel.0 != [0; 3]).count();
    assert_eq!((larger.dimensions(), kept > 0), ((12, 12), true));
}

#[test]
fn parts_have_the_area_and_ratio_that_were_asked_for() {
    // Where all of the picture is asked for, there is one result.
    let whole = Transform::new().random_resized_crop_with(30, [1.0, 1.0], [1.0, 1.0]);
    for draw in draws(20) {
        assert_eq!(
            whole.picture_drawn(&places(30, 30), draw).unwrap(),
            places(30, 30)
        );
    }
    let quarter = Transform::new().random_resized_crop_with(15, [0.25, 0.25], [1.0, 1.0]);
    for draw in draws(100) {
        let part = quarter.picture_drawn(&places(30, 30), draw).unwrap();
        let (first, last) = (part.get_pixel(0, 0).0, part.get_pixel(14, 14).0);
        assert_eq!([last[0] - first[0], last[1] - first[1]], [14, 14]);
    }
}

#[test]
fn flips_come_as_often_as_was_asked_for() {
    let picture = places(4, 4);
    let flipped = Transform::new()
        .horizontal_flip()
        .picture(&picture)
        .unwrap();
    assert_eq!(flipped.get_pixel(0, 1), picture.get_pixel(3, 1));
    for (p, least, most) in [(0.0, 0, 0), (0.5, 430, 570), (1.0, 1000, 1000)] {
        let transform = Transform::new().random_horizontal_flip(p);
        let count = draws(1000)
            .filter(|&draw| transform.picture_drawn(&picture, draw).unwrap() == flipped)
            .count();
        assert!((least..=most).contains(&count), "{p}: {count}");
    }
}

#[test]
fn erasing_sets_one_rectangle_of_all_channels_to_zero() {
    let transform = Transform::new().random_erasing(1.0);
    let white = RgbImage::from_pixel(20, 20, Rgb([255; 3]));
    let mut areas = Vec::new();
    for draw in draws(200) {
        let [first, last] = [Layout::ChannelsFirst, Layout::ChannelsLast]
            .map(|layout| transform.apply_drawn(&white, draw, layout).unwrap().0);
        let erased: Vec<usize> = (0..400).filter(|&at| first[at] == 0.0).collect();
        for &at in &erased {
            assert!(first[400 + at] == 0.0 && first[800 + at] == 0.0);
            assert!(last[3 * at..3 * at + 3] == [0.0; 3]);
        }
        let (rows, columns) = (
            erased
                .iter()
                .map(|at| at / 20)
                .collect::<std::collections::BTreeSet<_>>()
                .len(),
            erased
                .iter()
                .map(|at| at % 20)
                .collect::<std::collections::BTreeSet<_>>()
                .len(),
        );
        assert_eq!(rows * columns, erased.len());
        areas.push(erased.len());
    }
    assert!(
        areas.iter().all(|&area| area > 0 && area <= 160),
        "{areas:?}"
    );
}

#[test]
fn jitter_of_nothing_changes_nothing() {
    let still = Transform::new().color_jitter(ColorJitter::default());
    for draw in draws(20) {
        assert_eq!(
            still.picture_drawn(&places(9, 9), draw).unwrap(),
            places(9, 9)
        );
    }
}
