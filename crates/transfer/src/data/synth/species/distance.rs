//! How far two species are apart, in what a picture shows of them.

use super::traits::{Margin, Mark, Plan, Shape};
use super::{Oval, Species};

/// Nearer than this, two species are taken for look-alikes: as near as those of the lessons' own that are most easily
/// mistaken for each other (elm and birch, maple and plane).
pub(super) const LOOK_ALIKE: f32 = 1.3;

/// What another plan or another kind of outline counts.
const OTHER_KIND: f32 = 2.0;

/// The distance of two species: 0 for the same. It adds differences of plan, outline (the numbers in units of what is
/// easily seen), margin, veins and pattern; colour and gloss, which light changes, count nothing.
pub(super) fn distance(one: &Species, other: &Species) -> f32 {
    plan(one.plan, other.plan)
        + shape(&one.shape, &other.shape)
        + margin(one.margin, other.margin)
        + veins(one, other)
        + pattern(one, other)
}

fn plan(one: Plan, other: Plan) -> f32 {
    match (one, other) {
        (Plan::Simple, Plan::Simple) => 0.0,
        (
            Plan::Feather {
                pairs, size, end, ..
            },
            Plan::Feather {
                pairs: pairs2,
                size: size2,
                end: end2,
                ..
            },
        ) => {
            0.08 * pairs.abs_diff(pairs2) as f32
                + ratio(size, size2)
                + if end == end2 { 0.0 } else { 0.2 }
        }
        (
            Plan::Fingers { count, spread },
            Plan::Fingers {
                count: count2,
                spread: spread2,
            },
        ) => 0.2 * count.abs_diff(count2) as f32 + (spread - spread2).abs() / 240.0,
        _ => OTHER_KIND,
    }
}

fn shape(one: &Shape, other: &Shape) -> f32 {
    match (one, other) {
        (Shape::Oval(one), Shape::Oval(other)) => oval(one, other),
        (
            &Shape::Hand {
                lobes,
                spread,
                depth,
                point,
                outer,
            },
            &Shape::Hand {
                lobes: lobes2,
                spread: spread2,
                depth: depth2,
                point: point2,
                outer: outer2,
            },
        ) => {
            0.25 * lobes.abs_diff(lobes2) as f32
                + (spread - spread2).abs() / 200.0
                + (depth - depth2).abs() / 0.5
                + 0.5 * ratio(point, point2)
                + (outer - outer2).abs() / 0.6
        }
        (
            &Shape::Fan { spread, cut },
            &Shape::Fan {
                spread: spread2,
                cut: cut2,
            },
        ) => (spread - spread2).abs() / 100.0 + (cut - cut2).abs() / 0.6,
        _ => OTHER_KIND,
    }
}

fn oval(one: &Oval, other: &Oval) -> f32 {
    let lobes = |oval: &Oval| oval.depth * oval.lobes.min(1.0);
    let cuts = lobes(one).max(lobes(other));
    0.7 * ratio(one.width, other.width)
        + (one.widest - other.widest).abs() / 0.5
        + 0.5 * ratio(one.base, other.base)
        + 0.5 * ratio(one.tip, other.tip)
        + (one.heart - other.heart).abs() / 0.2
        + (lobes(one) - lobes(other)).abs() / 0.5
        + cuts
            * (0.2 * (one.lobes - other.lobes).abs()
                + 0.5 * (one.sweep - other.sweep).abs()
                + 0.5 * ratio(one.cusp, other.cusp))
        + (one.notch - other.notch).abs() / 0.2
        + (one.tail - other.tail).abs() / 0.2
        + (one.skew - other.skew).abs() / 0.4
}

fn margin(one: Margin, other: Margin) -> f32 {
    // Teeth that cannot be seen do not tell species apart, whatever their kind.
    let (kind, count, size) = numbers(one);
    let (kind2, count2, size2) = numbers(other);
    let seen = (size.max(size2) / 0.04).min(1.0);
    let kinds = if kind == kind2 { 0.0 } else { 0.3 };
    seen * kinds + (size - size2).abs() / 0.1 + 0.2 * seen * ratio(count.max(1.0), count2.max(1.0))
}

/// The kind, the count and the size of its teeth or waves.
fn numbers(margin: Margin) -> (u8, f32, f32) {
    match margin {
        Margin::Smooth => (0, 0.0, 0.0),
        Margin::Saw { teeth, size } => (1, teeth, size),
        Margin::DoubleSaw { teeth, size } => (2, teeth, size),
        Margin::Scallop { count, size } => (3, count, size),
        Margin::Spine { count, size } => (4, count, size),
        Margin::Wave { count, size } => (5, count, size),
    }
}

fn veins(one: &Species, other: &Species) -> f32 {
    let (one, other) = (one.surface, other.surface);
    let lengthwise = (one.veins == 0.0) != (other.veins == 0.0);
    let number = 0.02 * (one.veins - other.veins).abs();
    let rise = 0.3 * (one.rise - other.rise).abs();
    if lengthwise { 0.4 } else { number + rise }
}

fn pattern(one: &Species, other: &Species) -> f32 {
    let (one, other) = (one.pattern, other.pattern);
    if std::mem::discriminant(&one.mark) == std::mem::discriminant(&other.mark) {
        0.0
    } else {
        let share = |mark, share| if mark == Mark::Plain { 0.0 } else { share };
        0.4 * share(one.mark, one.share).max(share(other.mark, other.share))
    }
}

/// The ratio of two positive numbers in octaves, whichever is larger.
fn ratio(one: f32, other: f32) -> f32 {
    (one.log2() - other.log2()).abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::synth::SpeciesSet;

    #[test]
    fn it_is_a_distance_and_tells_the_named_apart() {
        let named = SpeciesSet::All.species();
        for (number, one) in named.iter().enumerate() {
            assert_eq!(distance(one, one), 0.0);
            for other in &named[..number] {
                assert_eq!(distance(one, other), distance(other, one));
                assert!(distance(one, other) > 0.5, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn colour_counts_nothing_and_a_plan_counts_much() {
        let one = SpeciesSet::Novel.species().remove(0);
        let mut other = one.clone();
        other.surface.hue += 60.0;
        other.surface.gloss = 1.0;
        assert_eq!(distance(&one, &other), 0.0);
        other.plan = Plan::Simple;
        assert_ne!(one.plan, other.plan);
        assert!(distance(&one, &other) > LOOK_ALIKE);
    }
}
