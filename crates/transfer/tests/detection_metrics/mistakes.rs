//! The kinds of error.

use transfer::metrics::{Detection, ErrorCounts, TrueBox};

use super::{eval, square};

/// The counts of one picture, class by class, all detections believed.
fn errors(truth: &[TrueBox], found: &[Detection]) -> Vec<ErrorCounts> {
    let errors = eval(2, &[(truth, found)])
        .errors(f64::NEG_INFINITY)
        .unwrap();
    errors
        .classes
        .into_iter()
        .map(|(_, counts)| counts)
        .collect()
}

#[test]
fn one_of_each_kind() {
    let truth = [
        TrueBox::new(square(0.0, 10.0), 0),
        TrueBox::new(square(100.0, 10.0), 0),
        TrueBox::new(square(200.0, 10.0), 1),
        TrueBox::new(square(300.0, 10.0), 1),
        TrueBox::new(square(400.0, 10.0), 1),
    ];
    let found = [
        Detection::new(square(1.0, 10.0), 0, 0.9),
        Detection::new(square(0.0, 10.0), 0, 0.8),
        Detection::new(square(106.0, 10.0), 0, 0.7),
        Detection::new(square(201.0, 10.0), 0, 0.6),
        Detection::new(square(306.0, 10.0), 0, 0.5),
        Detection::new(square(500.0, 10.0), 0, 0.4),
        Detection::new(square(400.0, 10.0), 1, 0.1),
    ];
    let eval = eval(2, &[(&truth, &found)]);
    let errors = eval.errors(0.2).unwrap();
    let first = ErrorCounts {
        right: 1,
        doubled: 1,
        badly_placed: 1,
        confused: 1,
        confused_and_badly_placed: 1,
        background: 1,
        nearly_found: 1,
        ..Default::default()
    };
    // Only the confused detection points to an object of the second class.
    let second = ErrorCounts {
        nearly_found: 1,
        missed: 2,
        below_threshold: 1,
        ..Default::default()
    };
    assert_eq!(
        errors.classes,
        [
            ("class 0".to_owned(), first),
            ("class 1".to_owned(), second)
        ]
    );
    assert_eq!(errors.total.nearly_found, 2);
    assert_eq!(eval.errors(0.1).unwrap().total.missed, 1);
    assert_eq!(eval.errors(1.0).unwrap().total.missed, 5);
}

#[test]
fn precedence() {
    let (ours, theirs) = (
        TrueBox::new(square(0.0, 12.0), 0),
        TrueBox::new(square(3.0, 12.0), 1),
    );
    // The surer detection takes ours. The other one is on it too, but on theirs as well: confused, not doubled.
    let sure = Detection::new(square(0.0, 12.0), 0, 0.9);
    let counts = errors(
        &[ours, theirs],
        &[sure, Detection::new(square(2.0, 12.0), 0, 0.8)],
    );
    assert_eq!(
        (
            counts[0].confused,
            counts[0].doubled,
            counts[1].nearly_found
        ),
        (1, 0, 1)
    );
    // Near ours and on theirs: badly placed, not confused, so that theirs is missed.
    let between = Detection::new(square(5.0, 12.0), 0, 0.8);
    let counts = errors(&[ours, theirs], &[between]);
    assert_eq!(
        (
            counts[0].badly_placed,
            counts[0].nearly_found,
            counts[1].missed
        ),
        (1, 1, 1)
    );
    // An overlap of exactly 0.5 is right, or doubled.
    let half = Detection::new([0.0, 0.0, 6.0, 12.0], 0, 0.5);
    let counts = errors(&[ours], &[half, half]);
    assert_eq!((counts[0].right, counts[0].doubled), (1, 1));
    // Of exactly 0.1 it is near an object of its class, and nowhere near one of another class.
    let thin = |class| TrueBox::new([0.0, 0.0, 10.0, 1.0], class);
    let tenth = Detection::new(square(0.0, 1.0), 0, 0.5);
    assert_eq!(errors(&[thin(0)], &[tenth])[0].badly_placed, 1);
    assert_eq!(errors(&[thin(1)], &[tenth])[0].background, 1);
}

#[test]
fn crowds_and_difficult_objects_are_not_asked_for() {
    let crowd = TrueBox {
        crowd: true,
        ..TrueBox::new(square(0.0, 100.0), 0)
    };
    let difficult = TrueBox {
        difficult: true,
        ..TrueBox::new(square(200.0, 10.0), 0)
    };
    let inside = Detection::new(square(10.0, 10.0), 0, 0.9);
    let found = [
        inside,
        Detection::new(square(201.0, 10.0), 0, 0.8),
        // More than half outside of the crowd, and too far from the difficult one.
        Detection::new(square(96.0, 10.0), 0, 0.7),
        Detection::new(square(206.0, 10.0), 0, 0.6),
        // Of another class than the crowd.
        Detection { class: 1, ..inside },
    ];
    let counts = errors(&[crowd, difficult], &found);
    assert_eq!(
        (counts[0].ignored, counts[0].background, counts[0].missed),
        (2, 2, 0)
    );
    assert_eq!((counts[1].ignored, counts[1].background), (0, 1));
    // An object in the crowd goes before it.
    let counts = errors(
        &[crowd, TrueBox::new(square(10.0, 10.0), 0)],
        &[inside, inside],
    );
    assert_eq!(
        (counts[0].right, counts[0].ignored, counts[0].doubled),
        (1, 1, 0)
    );
}
