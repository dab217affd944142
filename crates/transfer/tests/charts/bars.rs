//! Bars and groups of bars.

use transfer::viz::*;

use super::{count, names, numbered, sound};

#[test]
fn bars_say_their_means() {
    let chart = bars(
        "Accuracy",
        "%",
        100.0,
        &[Bar::new("a & b", &[70.0, 80.0]), Bar::new("c", &[40.0])],
    )
    .unwrap();
    let svg = sound(&chart);
    for part in ["a &amp; b", ">75.0<", ">40.0<", ">Accuracy<", ">%<"] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
    assert_eq!((count(&chart, "rect"), count(&chart, "circle")), (2, 2));
    assert!(chart.alt().contains("c 40.0"));
    for odd in [
        vec![],
        vec![f64::NAN],
        vec![-1e-8, -3.0],
        vec![1e6, 1e-8],
        vec![f64::INFINITY, 1.0],
    ] {
        sound(
            &bars(
                "Odd",
                "y",
                1.0,
                &[Bar::new("x", &odd), Bar::new("y", &[0.5])],
            )
            .unwrap(),
        );
    }
    sound(&bars("Nothing", "y", 1.0, &[]).unwrap());
    sound(&bars("Nothing", "y", f64::NAN, &[]).unwrap());
    sound(
        &bars(
            "Many",
            "y",
            1.0,
            &numbered(40)
                .into_iter()
                .map(|name| Bar::new(name, &[0.5, 0.6]))
                .collect::<Vec<_>>(),
        )
        .unwrap(),
    );
}

#[test]
fn means_of_a_chart_have_the_same_decimals() {
    let labels = |values: &[f64], top: f64| {
        let all: Vec<Bar> = values
            .iter()
            .map(|value| Bar::new("b", &[*value]))
            .collect();
        let alt = bars("t", "y", top, &all).unwrap().alt().replace("b ", "");
        alt.split(": ").last().unwrap_or_default().to_owned()
    };
    assert_eq!(labels(&[-14.06, 0.077, 0.0], 0.0), "-14.1, 0.1, 0");
    assert_eq!(labels(&[-14.06, 1.2e-15], 0.0), "-14.1, 0");
    // A share with a top of 1, counts in the thousands, and what would be rounded to nothing.
    assert_eq!(labels(&[0.996, 0.82], 1.0), "1.00, 0.82");
    assert_eq!(labels(&[1657.9, 286.6], 0.0), "1658, 287");
    assert_eq!(labels(&[99.0, 0.004], 100.0), "99.0, 0.004");
}

#[test]
fn a_whisker_ends_where_values_can_be() {
    let chart = |values: &[f64]| {
        let chart = bars("t", "%", 100.0, &[Bar::new("b", values)]).unwrap();
        sound(&chart).to_owned()
    };
    // The mean less a deviation is below 0, and the axis begins at 0 nevertheless.
    assert!(!chart(&[0.0, 0.0, 60.0]).contains(">-"));
    assert!(!chart(&[100.0, 100.0, 40.0]).contains(">120"));
    assert!(chart(&[-300.0, 60.0]).contains(">-"));
}

#[test]
fn grouped_bars_have_a_legend() {
    let group =
        |name: &str, count: usize| (name.to_owned(), vec![Bar::new("", &[1.0, 2.0]); count]);
    let chart = grouped_bars(
        "Groups",
        "y",
        3.0,
        &names(&["first", "second"]),
        &[group("g", 2), group("h", 2)],
    )
    .unwrap();
    assert_eq!(count(&chart, "rect"), 2 + 4);
    assert!(
        ["first", "second", "g", "h"]
            .iter()
            .all(|name| chart.svg().contains(&format!(">{name}<")))
    );
    let error = grouped_bars("Groups", "y", 3.0, &names(&["first"]), &[group("g", 2)]).unwrap_err();
    assert!(error.to_string().contains("\"g\""), "{error}");
}

#[test]
fn long_names_stay_apart() {
    let long = |i: usize| {
        Bar::new(
            format!("the method with a very long name, number {i}"),
            &[1.0],
        )
    };
    let chart = bars("t", "y", 2.0, &(0..6).map(long).collect::<Vec<_>>()).unwrap();
    for i in 0..6 {
        assert_eq!(
            sound(&chart).matches(&format!("number {i}</text>")).count(),
            1,
            "{i}"
        );
    }
}
