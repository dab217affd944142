//! Drawn scenes: boxes, masks and what is seen of each leaf agree with each other and with the picture.

use transfer::data::synth::{Scene, Scenes, Species, SpeciesSet};
use transfer::data::{BoxDataset, RgbImage};

fn scenes(count: usize, seed: u64) -> Scenes {
    Scenes::new(SpeciesSet::Novel, count, 96, seed)
}

fn many() -> Vec<Scene> {
    let scenes = scenes(24, 7);
    (0..24).map(|index| scenes.scene(index)).collect()
}

/// The extent of the pixels that are not 0, and how many they are.
fn extent(mask: &image::GrayImage) -> ([f32; 4], usize) {
    let (mut bounds, mut area) = ([f32::MAX, f32::MAX, 0.0, 0.0], 0);
    for (x, y, pixel) in mask.enumerate_pixels() {
        if pixel.0[0] > 0 {
            let [left, top, right, bottom] = bounds;
            let (x, y) = (x as f32, y as f32);
            bounds = [
                left.min(x),
                top.min(y),
                right.max(x + 1.0),
                bottom.max(y + 1.0),
            ];
            area += 1;
        }
    }
    (bounds, area)
}

#[test]
fn boxes_are_the_extents_of_masks_which_share_no_pixel() {
    let mut objects = 0;
    for scene in many() {
        assert_eq!(scene.picture.dimensions(), scene.instances.dimensions());
        let mut claimed = vec![0; 96 * 96];
        for (number, object) in scene.objects.iter().enumerate() {
            let mask = scene.mask(number);
            assert_eq!(extent(&mask), (object.bbox, object.area));
            for (count, pixel) in claimed.iter_mut().zip(mask.pixels()) {
                *count += usize::from(pixel.0[0] == 255);
            }
            objects += 1;
        }
        assert!(claimed.iter().all(|&count| count <= 1));
        let numbered = scene
            .instances
            .pixels()
            .filter(|pixel| pixel.0[0] > 0)
            .count();
        assert_eq!(claimed.iter().sum::<usize>(), numbered);
    }
    assert!(objects > 50, "{objects} leaves in 24 scenes");
}

#[test]
fn what_is_seen_of_a_leaf_is_a_share_of_the_whole() {
    let (mut whole, mut truncated, mut occluded) = (0, 0, 0);
    for object in many().iter().flat_map(|scene| &scene.objects) {
        let ([l, t, r, b], [wl, wt, wr, wb]) = (object.bbox, object.whole);
        assert!(wl <= l && wt <= t && wr >= r && wb >= b, "{object:?}");
        assert!((0.25..=1.0).contains(&object.visible_share), "{object:?}");
        if object.visible_share == 1.0 {
            assert_eq!(object.bbox, object.whole);
            assert!(!object.is_truncated(96));
            whole += 1;
        } else if object.is_truncated(96) {
            truncated += 1;
        } else {
            occluded += 1;
        }
    }
    assert!(
        whole > 10 && truncated > 10 && occluded > 10,
        "{whole} {truncated} {occluded}"
    );
}

/// Shares add up: a leaf's visible pixels and share give the area of its whole, which does not depend on what lies on it.
#[test]
fn visible_shares_are_relative_to_the_whole_leaf() {
    let alone = scenes(40, 3)
        .objects(1..=1)
        .unwrap()
        .distractors(0..=0)
        .unwrap();
    for index in 0..40 {
        let scene = alone.scene(index);
        let object = scene.objects[0];
        // Nothing lies on it: what is missing is beyond the edge.
        assert_eq!(
            object.visible_share < 1.0,
            object.is_truncated(96),
            "{object:?}"
        );
        let hidden_columns =
            (object.whole[2] - object.whole[0]) - (object.bbox[2] - object.bbox[0]);
        assert!(hidden_columns == 0.0 || object.visible_share < 1.0);
    }
    let free = scenes(10, 3).min_visible(1.0).unwrap();
    for index in 0..10 {
        for object in free.scene(index).objects {
            assert_eq!((object.visible_share, object.bbox), (1.0, object.whole));
        }
    }
}

/// The same scene with and without its leaf is the same picture away from leaf and shadow, and another where the mask is.
#[test]
fn a_mask_is_where_the_picture_shows_the_leaf() {
    let with = |leaves: usize| {
        let scenes = scenes(12, 5).distractors(0..=0).unwrap();
        scenes.objects(leaves..=leaves).unwrap()
    };
    for index in 0..12 {
        let (empty, scene) = (with(0).scene(index), with(1).scene(index));
        assert!(empty.objects.is_empty());
        let differs = |x: u32, y: u32| differ(&empty.picture, &scene.picture, x, y);
        let [left, top, right, bottom] = scene.objects[0].bbox;
        let mask = scene.mask(0);
        let (mut changed, mut area) = (0, 0);
        for (x, y, pixel) in mask.enumerate_pixels() {
            let (column, row) = (x as f32, y as f32);
            if pixel.0[0] > 0 {
                area += 1;
                changed += usize::from(differs(x, y) > 12);
            } else if column < left - 20.0
                || column > right + 20.0
                || row < top - 20.0
                || row > bottom + 20.0
            {
                assert_eq!(differs(x, y), 0, "scene {index} at {x}, {y}");
            }
        }
        assert!(
            changed as f64 > 0.85 * f64::from(area),
            "scene {index}: {changed} of {area}"
        );
    }
}

fn differ(one: &RgbImage, other: &RgbImage, x: u32, y: u32) -> u32 {
    let pairs = one
        .get_pixel(x, y)
        .0
        .into_iter()
        .zip(other.get_pixel(x, y).0);
    pairs.map(|(a, b)| u32::from(a.abs_diff(b))).sum()
}

#[test]
fn a_scene_is_a_function_of_its_number_and_seed() {
    let first = scenes(3, 1).scene(2);
    assert_eq!(scenes(3, 1).scene(2), first);
    assert_eq!(
        scenes(100, 1).scene(2),
        first,
        "how many there are does not matter"
    );
    assert_ne!(scenes(3, 1).scene(1), first);
    assert_ne!(scenes(3, 2).scene(2), first);
}

#[test]
fn numbers_of_things_are_kept_to() {
    let bare = scenes(4, 0)
        .objects(0..=0)
        .unwrap()
        .distractors(0..=0)
        .unwrap();
    let busy = scenes(4, 0)
        .objects(3..=3)
        .unwrap()
        .distractors(6..=6)
        .unwrap();
    let small = busy.clone().lengths(0.1..=0.2).unwrap();
    for index in 0..4 {
        let scene = bare.scene(index);
        assert!(scene.objects.is_empty() && scene.distractors.is_empty());
        assert!(scene.instances.pixels().all(|pixel| pixel.0[0] == 0));
        assert_eq!(small.scene(index).objects.len(), 3);
        assert!(busy.scene(index).distractors.len() <= 6);
        // With its stalk and across, a leaf is not much longer than its length.
        let longest = |[left, top, right, bottom]: [f32; 4]| (right - left).max(bottom - top);
        assert!(
            small
                .scene(index)
                .objects
                .iter()
                .all(|object| longest(object.whole) < 0.4 * 96.0)
        );
    }
    let seen = |index: usize| busy.scene(index).distractors;
    let kinds = |scenes: std::ops::Range<usize>| scenes.flat_map(seen).map(|d| d.kind);
    let found: std::collections::BTreeSet<_> = kinds(0..4).collect();
    assert!(found.len() >= 4, "{found:?}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let told = |result: transfer::Result<Scenes>| result.unwrap_err().to_string();
    assert!(told(scenes(1, 0).objects(0..=121)).contains("120"));
    #[expect(clippy::reversed_empty_ranges, reason = "what is refused")]
    let reversed = scenes(1, 0).distractors(3..=2);
    assert!(told(reversed).contains("3..=2"));
    assert!(told(scenes(1, 0).lengths(0.0..=0.5)).contains("0 (exclusive)"));
    assert!(told(scenes(1, 0).lengths(f32::NAN..=0.5)).contains("NaN"));
    assert!(told(scenes(1, 0).min_visible(1.5)).contains("1.5"));
    assert!(told(Scenes::of([], 1, 32, 0)).contains("at least one"));
    let twins = [Species::drawn(3, 0), Species::drawn(3, 1)];
    assert!(told(Scenes::of(twins, 1, 32, 0)).contains("species"));
}

#[test]
fn boxes_and_maps_of_classes_are_those_of_the_leaves() {
    let scenes = Scenes::new(SpeciesSet::Novel, 4, 64, 9);
    let kept = scenes.in_memory().unwrap();
    assert_eq!((kept.len(), kept.classes()), (4, scenes.classes()));
    for index in 0..4 {
        let scene = scenes.scene(index);
        assert_eq!(kept.picture(index).unwrap(), scene.picture);
        assert_eq!(kept.boxes(index), scene.boxes());
        for (leaf, label) in scene.objects.iter().zip(scene.boxes()) {
            assert_eq!((label.bounds, label.class), (leaf.bbox, leaf.label));
            assert_eq!(label.area, Some(leaf.area as f32));
        }
        let map = scene.class_map();
        for (number, leaf) in scene.objects.iter().enumerate() {
            let mask = scene.mask(number);
            let seen = map
                .pixels()
                .zip(mask.pixels())
                .filter(|(_, seen)| seen.0[0] == 255);
            assert!(
                seen.map(|(class, _)| class.0[0])
                    .all(|class| usize::from(class) == leaf.label + 1)
            );
        }
        let leaves: usize = scene.objects.iter().map(|leaf| leaf.area).sum();
        assert_eq!(map.pixels().filter(|class| class.0[0] > 0).count(), leaves);
    }
}
