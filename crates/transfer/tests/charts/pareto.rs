//! What methods are worth against what they cost.

use transfer::viz::*;

use super::{count, sound};

const AXES: [&str; 3] = ["time, s", "accuracy, %", "memory, MB"];

fn point(name: &str, cost: f64, worth: f64) -> Tradeoff {
    Tradeoff::new(name, &[cost], &[worth], 100.0)
}

#[test]
fn the_front_is_what_none_beats() {
    let points = [
        point("dear and good", 100.0, 90.0),
        point("cheap", 1.0, 60.0),
        point("beaten by both", 120.0, 59.0),
        point("as dear, worse", 100.0, 89.0),
        point("as good, dearer", 2.0, 60.0),
        point("between", 10.0, 80.0),
        point("unknown", f64::NAN, 99.0),
        point("free", 0.0, 99.0),
    ];
    // The cheapest first. What has no place on a logarithmic axis beats nobody.
    assert_eq!(pareto_front(&points), [1, 5, 0]);
    // Two that are the same beat neither the other.
    assert_eq!(
        pareto_front(&[point("a", 1.0, 1.0), point("b", 1.0, 1.0)]),
        [0, 1]
    );
    assert!(pareto_front(&[]).is_empty());
}

#[test]
fn circles_are_as_large_as_their_size_and_named() {
    let points = [
        Tradeoff::new("small", &[1.0, 3.0], &[60.0, 70.0], 25.0),
        Tradeoff::new("large & dear", &[50.0, 50.0], &[80.0, 84.0], 100.0),
    ];
    let chart = pareto_chart("Which?", AXES, &points).unwrap();
    let svg = sound(&chart);
    for part in [
        ">small<",
        ">large &amp; dear<",
        ">accuracy, %<",
        ">time, s<",
        "25 to 100",
    ] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
    // Filled, and outlined.
    assert_eq!(count(&chart, "circle"), 4);
    let radii: Vec<f64> = svg
        .match_indices(" r=\"")
        .map(|(at, mark)| {
            svg[at + mark.len()..]
                .split('"')
                .next()
                .unwrap()
                .parse()
                .unwrap()
        })
        .collect();
    // A quarter of the area.
    assert_eq!(radii, [7.5, 7.5, 15.0, 15.0]);
    assert!(
        chart
            .alt()
            .contains("small: 65 for 2, large & dear: 82 for 50"),
        "{}",
        chart.alt()
    );
}

#[test]
fn odd_points_are_drawn_all_the_same() {
    for odd in [
        Tradeoff::new("none", &[], &[], f64::NAN),
        Tradeoff::new("", &[1e-300], &[-1e300], 0.0),
        Tradeoff::new("infinite", &[f64::INFINITY], &[1.0], f64::INFINITY),
        Tradeoff::new("negative", &[-1.0], &[1.0], -5.0),
    ] {
        sound(&pareto_chart("Odd", AXES, &[odd, point("it", 1.0, 2.0)]).unwrap());
    }
    sound(&pareto_chart("Nothing", AXES, &[]).unwrap());
    let crowd: Vec<Tradeoff> = (0..60)
        .map(|i| point(&format!("number {i}"), 1.0, 2.0))
        .collect();
    sound(&pareto_chart("A crowd", AXES, &crowd).unwrap());
    let uneven = Tradeoff::new("uneven", &[1.0, 2.0], &[1.0], 1.0);
    let error = pareto_chart("Uneven", AXES, &[uneven])
        .unwrap_err()
        .to_string();
    assert!(error.contains("2 and 1 of \"uneven\""), "{error}");
}

#[test]
fn a_decision_has_a_cell_for_every_case_and_aim() {
    let strings = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let cases = strings(&["few <labels>", "many"]);
    let aims = strings(&["the highest accuracy on pictures of the same kind", "time"]);
    let row = |one: &str, other: &str| vec![Choice::new(one, "1 & 2"), Choice::new(other, "")];
    let choices = [row("probe", "probe"), row("LoRA", "probe")];
    let chart = decision_chart("Which?", &cases, &aims, &choices).unwrap();
    let svg = sound(&chart);
    // A cell is a pale sheet and an edge.
    assert_eq!(count(&chart, "rect"), 8);
    assert_eq!(svg.matches(">probe<").count(), 3);
    assert!(svg.contains("few &lt;labels&gt;") && svg.contains("1 &amp; 2"));
    assert!(
        chart
            .alt()
            .contains("many: the highest accuracy on pictures of the same kind LoRA (1 & 2)")
    );
    sound(&decision_chart("Nothing", &[], &[], &[]).unwrap());
    let error = decision_chart("Uneven", &cases, &aims, &choices[..1]).unwrap_err();
    assert!(error.to_string().contains("2 rows of 2"), "{error}");
}
