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
