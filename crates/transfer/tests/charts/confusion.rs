//! Confusion matrices of few and many classes.

use transfer::metrics::ConfusionMatrix;
use transfer::viz::*;

use super::{names, numbered, sound};

#[test]
fn confusion_from_none_to_many_classes() {
    let matrix = |n: usize| ConfusionMatrix {
        classes: numbered(n),
        counts: (0..n)
            .map(|t| {
                (0..n)
                    .map(|p| if t == p { 30 } else { (t + p) % 3 })
                    .collect()
            })
            .collect(),
    };
    for n in [0, 1, 2, 8, 20, 21, 150] {
        let chart = confusion_chart("Confusion", &matrix(n)).unwrap();
        assert_eq!(
            sound(&chart).contains(">30<"),
            (1..=20).contains(&n),
            "{n} classes"
        );
    }
    let two = ConfusionMatrix {
        classes: names(&["a", "b"]),
        counts: vec![vec![3, 1], vec![0, 0]],
    };
    let chart = confusion_chart("Two", &two).unwrap();
    assert!(
        [">3<", ">75 %<", ">25 %<", ">truth<", ">prediction<"]
            .iter()
            .all(|part| sound(&chart).contains(part))
    );
    assert!(chart.alt().contains("a taken for b 1 times") && chart.alt().contains("75.0 % right"));
}
