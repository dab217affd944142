//! Where the names of circles go.

use std::f64::consts::TAU;

use super::label_places::{Edges, shared};

/// A circle's middle and radius.
pub(super) type Circled = ((f64, f64), f64);

/// How far from its circle a name may stand, in steps of so many pixels.
const STEP: f64 = 11.0;
const STEPS: usize = 14;
/// In how many directions a place is looked for, the first to the right.
const DIRECTIONS: usize = 16;
/// How many pixels further off a name rather stands than cover a square pixel of a circle or a name, or have its own line cross a
/// circle.
const COVERED: f64 = 4.0;
const CROSSED: f64 = 60.0;

/// A place for the name of each circle (middle and radius), in a size of its own: near, within the frame, over as little else as can
/// be: circles, `taken` places, other names and the lines to them. In the order of the circles; names that have their place already
/// count.
pub(super) fn name_places(
    frame: Edges,
    circles: &[Circled],
    sizes: &[(f64, f64)],
    taken: &[Edges],
) -> Vec<Edges> {
    let mut places: Vec<Edges> = Vec::new();
    for (own, (&circle, &size)) in circles.iter().zip(sizes).enumerate() {
        let penalty = |(far, place): &(f64, Edges)| {
            let names = places.iter().chain(taken);
            let hidden = circles.iter().map(|&of| shared(place, &around(of)));
            let covered: f64 = names.map(|other| shared(place, other)).chain(hidden).sum();
            let end = line_end(circle, place);
            let circles_crossed = circles
                .iter()
                .enumerate()
                .filter(|(index, of)| *index != own && distance(of.0, circle.0, end) < of.1);
            let names_crossed = places.iter().filter(|other| crosses(circle.0, end, other));
            let lines_under = places
                .iter()
                .zip(circles)
                .filter(|(other, of)| crosses(of.0, line_end(**of, other), place));
            let crossed = circles_crossed.count() + names_crossed.count() + lines_under.count();
            far + COVERED * (covered + outside(frame, place)) + CROSSED * crossed as f64
        };
        let best =
            candidates(circle, size).min_by(|one, other| penalty(one).total_cmp(&penalty(other)));
        places.push(best.map_or_else(|| around(circle), |(_, place)| place));
    }
    places
}

/// The point of a name that is nearest to its circle's middle: where a line between the two ends.
pub(super) fn line_end(((x, y), _): Circled, place: &Edges) -> (f64, f64) {
    (x.clamp(place[0], place[2]), y.clamp(place[1], place[3]))
}

fn candidates(
    ((x, y), radius): Circled,
    (width, height): (f64, f64),
) -> impl Iterator<Item = (f64, Edges)> {
    (0..STEPS).flat_map(move |step| {
        (0..DIRECTIONS).map(move |direction| {
            let angle = TAU * direction as f64 / DIRECTIONS as f64;
            let (along, up) = (angle.cos(), angle.sin());
            let far = radius + 2.0 + STEP * step as f64;
            let left = x + far * along + 0.5 * width * (along - 1.0);
            let top = y + far * up + 0.5 * height * (up - 1.0);
            (far, [left, top, left + width, top + height])
        })
    })
}

fn around(((x, y), radius): Circled) -> Edges {
    [x - radius, y - radius, x + radius, y + radius]
}

/// How many square pixels of a place are out of the frame, or nearly so.
fn outside(frame: Edges, place: &Edges) -> f64 {
    let all = (place[2] - place[0]) * (place[3] - place[1]);
    all - shared(&frame, place)
}

/// Whether the line between two points goes through a place.
fn crosses(from: (f64, f64), to: (f64, f64), place: &Edges) -> bool {
    // Finer than a letter is wide.
    (0..=32).map(|part| f64::from(part) / 32.0).any(|share| {
        let x = from.0 + share * (to.0 - from.0);
        let y = from.1 + share * (to.1 - from.1);
        x > place[0] && x < place[2] && y > place[1] && y < place[3]
    })
}

/// Of a point from the line between two others.
fn distance((x, y): (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = match length > 0.0 {
        true => (((x - from.0) * dx + (y - from.1) * dy) / length).clamp(0.0, 1.0),
        false => 0.0,
    };
    (x - from.0 - along * dx).hypot(y - from.1 - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Edges = [0.0, 0.0, 400.0, 300.0];

    #[test]
    fn a_name_stands_beside_its_circle_or_where_there_is_room() {
        let alone = name_places(FRAME, &[((100.0, 100.0), 10.0)], &[(40.0, 10.0)], &[]);
        assert_eq!(alone, [[112.0, 95.0, 152.0, 105.0]]);
        // Not where something is already.
        let taken = [[110.0, 90.0, 400.0, 110.0]];
        let beside = name_places(FRAME, &[((100.0, 100.0), 10.0)], &[(40.0, 10.0)], &taken)[0];
        assert_eq!(shared(&beside, &taken[0]), 0.0);
        // Not out of the frame.
        let [left, _, right, _] =
            name_places(FRAME, &[((395.0, 100.0), 10.0)], &[(40.0, 10.0)], &[])[0];
        assert!(left >= 0.0 && right <= 400.0, "{left} {right}");
    }

    #[test]
    fn in_a_crowd_no_name_covers_another_or_a_circle() {
        let circles: Vec<Circled> = (0..8)
            .map(|i| {
                (
                    (200.0 + 7.0 * f64::from(i % 3), 100.0 + 5.0 * f64::from(i)),
                    12.0,
                )
            })
            .collect();
        let places = name_places(FRAME, &circles, &[(60.0, 13.0); 8], &[]);
        for (index, place) in places.iter().enumerate() {
            assert!(outside(FRAME, place) < 1e-9);
            assert!(
                places[..index]
                    .iter()
                    .all(|other| shared(place, other) == 0.0),
                "{places:?}"
            );
            assert!(
                circles.iter().all(|of| shared(place, &around(*of)) == 0.0),
                "{places:?}"
            );
        }
    }
}
