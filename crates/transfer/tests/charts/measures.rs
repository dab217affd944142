//! Tables of bars.

use transfer::viz::*;

use super::{count, names, sound};

#[test]
fn every_method_has_a_bar_for_every_measure() {
    let columns = [
        Measure::new("5 labels", "accuracy, %", &[vec![60.0, 70.0], vec![20.0]]).top(100.0),
        Measure::new("a & b", "s", &[vec![0.5], vec![250.0, 260.0, 240.0]]),
    ];
    let chart = measures("Which?", &names(&["probe", "all layers"]), &columns).unwrap();
    let svg = sound(&chart);
    for part in [
        ">65.0<",
        ">20.0<",
        ">0.5<",
        ">250.0<",
        ">probe<",
        "a &amp; b",
        ">accuracy, %<",
    ] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
    // A bar each, and a dot for every seed where there are several.
    assert_eq!((count(&chart, "rect"), count(&chart, "circle")), (4, 5));
    assert!(chart.alt().contains("probe: 5 labels 65.0, a & b 0.5"));
    assert!(chart.alt().contains("all layers: 5 labels 20.0"));
}

#[test]
fn a_column_has_the_same_decimals() {
    let column = Measure::new("share", "%", &[vec![100.0], vec![0.055]]);
    let other = Measure::new("time", "ms", &[vec![1657.9], vec![286.6]]);
    let chart = measures("t", &names(&["a", "b"]), &[column, other]).unwrap();
    assert!(
        chart
            .alt()
            .ends_with("a: share 100.0, time 1658; b: share 0.1, time 287")
    );
    // What is counted is whole.
    let counted = Measure::new("found", "files", &[vec![13.0], vec![5.0]]).top(23.0);
    let chart = measures("t", &names(&["a", "b"]), &[counted]).unwrap();
    assert!(chart.alt().ends_with("a: found 13; b: found 5"));
}

#[test]
fn odd_measures_are_drawn_all_the_same() {
    for odd in [
        vec![],
        vec![f64::NAN],
        vec![-3.0, -1.0],
        vec![0.0],
        vec![1e300, f64::INFINITY],
    ] {
        let column = Measure::new("it", "", &[odd, vec![1.0]]);
        sound(&measures("Odd", &names(&["x", "y"]), &[column]).unwrap());
    }
    sound(&measures("Nothing", &[], &[]).unwrap());
    sound(&measures("No measures", &names(&["x"]), &[]).unwrap());
    let column = Measure::new("it", "", &[vec![1.0]]);
    let error = measures("Short", &names(&["x", "y"]), &[column]).unwrap_err();
    assert!(
        error.to_string().contains("2, one for each name"),
        "{error}"
    );
}
