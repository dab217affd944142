//! Where the labels of boxes go.

/// Of a picture, labels cover at most this share.
const MOST_COVERED: f64 = 0.25;
/// A place is better than one before it if it hides less by this share of a box: what one would see.
const TOLD: f64 = 0.02;

/// Left, top, right and bottom edge.
pub(super) type Edges = [f64; 4];

/// A place for the label of each box, in the order of the boxes: within the frame, beside no other label, and where it
/// hides as little of the boxes as can be, above its own box if nothing else is better. `None` where one finds no place,
/// or where they would cover more than a quarter of the frame. Boxes are within the frame, each with the width and the
/// height of its label.
pub(super) fn label_places(frame: Edges, boxes: &[(Edges, (f64, f64))]) -> Option<Vec<Edges>> {
    let covered: f64 = boxes
        .iter()
        .map(|(_, (width, height))| width * height)
        .sum();
    if covered > MOST_COVERED * area(frame) {
        return None;
    }
    let mut taken: Vec<Edges> = Vec::new();
    for &(own, (width, height)) in boxes {
        let [left, top, right, bottom] = own;
        let middle = (left + right - width) / 2.0;
        let candidates = [top - height, top, bottom, bottom - height]
            .into_iter()
            .flat_map(|y| [left, right - width, middle].map(|x| (x, y)))
            .map(|(x, y)| {
                // One that would stand out of the frame is moved into it.
                let x = x.min(frame[2] - width).max(frame[0]);
                let y = y.min(frame[3] - height).max(frame[1]);
                [x, y, x + width, y + height]
            });
        let hidden = |place: &Edges| -> f64 {
            let share = |(other, _): &(Edges, _)| shared(place, other) / area(*other).max(1.0);
            boxes.iter().map(share).sum()
        };
        let place = candidates
            .filter(|place| taken.iter().all(|other| shared(place, other) <= 0.0))
            .map(|place| (place, hidden(&place)))
            .reduce(|best, next| if next.1 < best.1 - TOLD { next } else { best })?;
        taken.push(place.0);
    }
    Some(taken)
}

fn area([left, top, right, bottom]: Edges) -> f64 {
    (right - left) * (bottom - top)
}

/// The area that is in both.
pub(super) fn shared(one: &Edges, other: &Edges) -> f64 {
    let width = one[2].min(other[2]) - one[0].max(other[0]);
    let height = one[3].min(other[3]) - one[1].max(other[1]);
    width.max(0.0) * height.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Edges = [0.0, 0.0, 200.0, 100.0];
    const LABEL: (f64, f64) = (40.0, 10.0);

    fn alone(bounds: Edges) -> Edges {
        label_places(FRAME, &[(bounds, LABEL)]).unwrap()[0]
    }

    #[test]
    fn above_its_box_and_inside_the_picture() {
        assert_eq!(alone([50.0, 50.0, 100.0, 90.0]), [50.0, 40.0, 90.0, 50.0]);
        // No room above, and the box is the whole picture: at its top.
        assert_eq!(alone(FRAME), [0.0, 0.0, 40.0, 10.0]);
        // Not over a small box at the top, but below it; not beyond the right edge.
        assert_eq!(alone([185.0, 0.0, 199.0, 9.0]), [160.0, 9.0, 200.0, 19.0]);
    }

    #[test]
    fn labels_share_no_place_and_hide_little() {
        let same = [50.0, 50.0, 100.0, 90.0];
        let boxes = [
            (same, LABEL),
            (same, LABEL),
            ([50.0, 38.0, 60.0, 48.0], LABEL),
        ];
        let places = label_places(FRAME, &boxes).unwrap();
        for (number, place) in places.iter().enumerate() {
            assert!(place[0] >= 0.0 && place[1] >= 0.0 && place[2] <= 200.0 && place[3] <= 100.0);
            for other in &places[number + 1..] {
                assert_eq!(shared(place, other), 0.0, "{places:?}");
            }
        }
        // The small box above is not hidden by the label of the large one.
        assert_eq!(shared(&places[0], &boxes[2].0), 0.0, "{places:?}");
    }

    #[test]
    fn none_where_there_are_too_many() {
        assert!(label_places(FRAME, &[(FRAME, LABEL); 13]).is_none());
        // Little is covered, but all want the same places.
        let point = [100.0, 50.0, 100.0, 50.0];
        assert!(label_places(FRAME, &[(point, (4.0, 4.0)); 30]).is_none());
        assert_eq!(label_places(FRAME, &[]), Some(vec![]));
        let nothing = [0.0, 0.0, 0.0, 0.0];
        assert!(label_places(nothing, &[(nothing, LABEL)]).is_none());
    }
}
