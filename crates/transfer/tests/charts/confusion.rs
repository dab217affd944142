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
    assert!(
        confusion_chart("Map", &matrix(21))
            .unwrap()
            .svg()
            .contains(">right: few<")
    );
    let most = ConfusionMatrix {
        classes: names(&["a", "b"]),
        counts: vec![vec![999, 1], vec![2, 998]],
    };
    let svg = confusion_chart("Nearly all", &most).unwrap();
    assert!(svg.svg().contains(">&gt; 99 %<") && svg.svg().contains(">&lt; 1 %<"));
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

#[test]
fn counts_that_are_no_square_are_refused() {
    for counts in [vec![vec![1, 2]], vec![vec![1], vec![0, 2]], vec![]] {
        let matrix = ConfusionMatrix {
            classes: names(&["a", "b"]),
            counts,
        };
        let error = confusion_chart("Two", &matrix).unwrap_err().to_string();
        assert!(error.contains("2 rows of 2"), "{error}");
    }
}
