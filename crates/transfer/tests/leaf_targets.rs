//! What can be learned from a leaf beside its species agrees with the picture.

use transfer::data::Dataset;
use transfer::data::synth::{
    Domain, LeafPart, LeafTasks, Leaves, MarginKind, PlanKind, SpeciesSet,
};

fn tasks(per_species: usize, size: u32) -> LeafTasks {
    LeafTasks::new(Leaves::new(SpeciesSet::All, per_species, size, 11))
}

#[test]
fn numbers_are_those_of_the_leaf() {
    let tasks = tasks(2, 64);
    for index in 0..tasks.len() {
        let leaf = tasks.leaf(index);
        let (sin, cos) = leaf.angle.to_radians().sin_cos();
        let (margin, plan) = (leaf.margin as u8 as f32, leaf.plan as u8 as f32);
        assert_eq!(tasks.targets(index), [margin, plan, leaf.length, sin, cos]);
        assert_eq!(leaf.label, tasks.label(index));
        assert_eq!(MarginKind::ALL[leaf.margin as usize], leaf.margin);
        assert_eq!(PlanKind::ALL[leaf.plan as usize], leaf.plan);
        assert!((0.4..1.4).contains(&leaf.length), "{}", leaf.length);
        assert!(leaf.angle.abs() < 120.0, "{}", leaf.angle);
        assert_eq!(leaf, tasks.leaf(index));
    }
    let of = |name: &str| {
        let label = tasks
            .classes()
            .iter()
            .position(|class| class == name)
            .unwrap();
        let leaf = tasks.leaf(2 * label);
        (leaf.margin, leaf.plan)
    };
    assert_eq!(of("rowan"), (MarginKind::Saw, PlanKind::Feather));
    assert_eq!(of("horse chestnut"), (MarginKind::Saw, PlanKind::Fingers));
    assert_eq!(of("holly"), (MarginKind::Spine, PlanKind::Simple));
}

/// The greatest distance between two pixels of the blades, where all of them are in the picture.
#[test]
fn the_length_is_that_of_the_map() {
    let (tasks, size) = (tasks(2, 96), 96);
    let mut checked = 0;
    for index in 0..tasks.len() {
        let leaf = tasks.leaf(index);
        let blade = |x: u32, y: u32| (1..=2).contains(&leaf.parts.get_pixel(x, y).0[0]);
        let edge = (0..size).flat_map(|i| [(0, i), (size - 1, i), (i, 0), (i, size - 1)]);
        if edge.into_iter().any(|(x, y)| blade(x, y)) {
            continue;
        }
        // Those at the blades' edge: none of them is at the picture's.
        let pixels = (1..size - 1).flat_map(|y| (1..size - 1).map(move |x| (x, y)));
        let points: Vec<[f32; 2]> = pixels
            .filter(|&(x, y)| blade(x, y) && !(blade(x - 1, y) && blade(x + 1, y)))
            .map(|(x, y)| [x as f32, y as f32])
            .collect();
        let mut farthest = 0f32;
        for a in &points {
            for b in &points {
                farthest = farthest.max((a[0] - b[0]).hypot(a[1] - b[1]));
            }
        }
        // A tip that covers less than half of its pixel is missing in the map.
        let length = leaf.length * size as f32;
        assert!(
            (farthest - length).abs() < 4.0,
            "{index}: {farthest} {length}"
        );
        checked += 1;
    }
    assert!(checked > 15, "{checked}");
}

#[test]
fn the_stalk_is_at_the_other_end_of_where_a_leaf_points_to() {
    let tasks = tasks(1, 96);
    for index in 0..tasks.len() {
        let leaf = tasks.leaf(index);
        let middle = |parts: &[LeafPart]| {
            let (mut sum, mut count) = ([0f32; 2], 0f32);
            for (x, y, pixel) in leaf.parts.enumerate_pixels() {
                if parts.iter().any(|part| *part as u8 == pixel.0[0]) {
                    sum = [sum[0] + x as f32, sum[1] + y as f32];
                    count += 1.0;
                }
            }
            assert!(count > 5.0, "{index}");
            sum.map(|value| value / count)
        };
        let ([x, y], [stalk_x, stalk_y]) = (
            middle(&[LeafPart::Blade, LeafPart::Vein]),
            middle(&[LeafPart::Stalk]),
        );
        let (sin, cos) = leaf.angle.to_radians().sin_cos();
        // Rows count downwards.
        assert!((x - stalk_x) * sin - (y - stalk_y) * cos > 0.0, "{index}");
    }
}

/// How well the map's blades go with how the picture's colours change from ground to leaf, moved by some pixels.
fn agreement(tasks: &LeafTasks, index: usize, dx: i64, dy: i64) -> f64 {
    let (picture, map) = (tasks.picture(index).unwrap(), tasks.parts(index));
    let size = i64::from(map.width());
    let (mut sums, mut counts) = ([[0f64; 3]; 2], [0f64; 2]);
    for (x, y, pixel) in map.enumerate_pixels() {
        let (x, y) = (i64::from(x) + dx, i64::from(y) + dy);
        if (0..size).contains(&x) && (0..size).contains(&y) {
            let inside = usize::from(pixel.0[0] > 0);
            let colour = picture.get_pixel(x as u32, y as u32).0;
            for channel in 0..3 {
                sums[inside][channel] += f64::from(colour[channel]);
            }
            counts[inside] += 1.0;
        }
    }
    let mean = |inside: usize, channel: usize| sums[inside][channel] / counts[inside];
    (0..3)
        .map(|channel| (mean(0, channel) - mean(1, channel)).powi(2))
        .sum()
}

/// In every domain, since a leaf lies in all of them as it does in one.
#[test]
fn the_map_lies_where_the_picture_shows_the_leaf() {
    for domain in Domain::ALL {
        let leaves = Leaves::new(SpeciesSet::All, 2, 96, 11).domain(domain);
        let tasks = LeafTasks::new(leaves);
        let total = |dx, dy| {
            let all = 0..tasks.len();
            all.map(|index| agreement(&tasks, index, dx, dy))
                .sum::<f64>()
        };
        let here = total(0, 0);
        for (dx, dy) in [(3, 0), (-3, 0), (0, 3), (0, -3)] {
            let beside = total(dx, dy);
            assert!(
                here > 1.1 * beside,
                "{domain:?}: {here} here, {beside} at {dx}, {dy}"
            );
        }
    }
}
