//! Lines, bands and the names at their ends.

use transfer::viz::*;

use super::{count, sound};

#[test]
fn curves_of_any_values() {
    let chart = curves(
        "Loss",
        "epoch",
        "nats",
        &[Curve::new("x<y", &[3.0, 2.0, 1.5]), Curve::new("y", &[1.0])],
    )
    .unwrap();
    assert!(
        ["x&lt;y", ">epoch<", ">nats<"]
            .iter()
            .all(|part| sound(&chart).contains(part))
    );
    assert_eq!(count(&chart, "circle"), 4);
    assert!(chart.alt().contains("x<y from 3 to 1.5") && chart.alt().contains("y 1"));
    sound(&curves("Nothing", "x", "y", &[]).unwrap());
    for odd in [
        vec![],
        vec![f64::NAN],
        vec![1e-8, 1e6],
        vec![-5.0],
        vec![1.0, f64::NAN, f64::INFINITY, -2.0],
    ] {
        let panel = || {
            Panel::new(
                "x",
                "y",
                &[
                    Curve::new("odd", &odd),
                    Curve::over_seeds("seeds", &[odd.clone(), vec![1.0]]),
                ],
            )
        };
        sound(
            &panels(
                "Odd",
                &[
                    panel(),
                    panel().log_x(),
                    panel().log_y(),
                    panel().log_x().log_y(),
                ],
            )
            .unwrap(),
        );
    }
}

#[test]
fn a_gap_parts_the_line_and_seeds_make_a_band() {
    let lines = |values: &[f64]| {
        count(
            &curves("t", "x", "y", &[Curve::new("a", values)]).unwrap(),
            "polyline",
        )
    };
    let whole = lines(&[1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(lines(&[1.0, 2.0, f64::NAN, 4.0, 5.0]), whole + 1);
    let band = Curve::over_seeds("a", &[vec![1.0, 2.0], vec![3.0, 4.0, 5.0]]);
    assert_eq!(band.points, [(1.0, 2.0), (2.0, 3.0), (3.0, 5.0)]);
    assert!((band.band[0].1 - (2.0 + 2f64.sqrt())).abs() < 1e-12 && band.band[2] == (5.0, 5.0));
    assert_eq!(
        count(&curves("t", "x", "y", &[band]).unwrap(), "polygon"),
        1
    );
}

#[test]
fn labels_at_line_ends_do_not_collide() {
    let many: Vec<Curve> = (0..12)
        .map(|i| Curve::new(format!("line {i}"), &[1.0, 2.0 + 0.001 * f64::from(i)]))
        .collect();
    let chart = curves("t", "x", "y", &many).unwrap();
    let place = |name: &str| -> f64 {
        let line = chart
            .svg()
            .lines()
            .find(|line| line.contains(&format!(">{name}<")))
            .unwrap();
        line.split(" y=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    };
    let mut places: Vec<f64> = (0..12).map(|i| place(&format!("line {i}"))).collect();
    places.sort_by(f64::total_cmp);
    assert!(
        places.windows(2).all(|pair| pair[1] - pair[0] > 12.0),
        "{places:?}"
    );
}

#[test]
fn lines_without_values_are_named() {
    let lines = [Curve::new("a", &[1.0, 2.0]), Curve::new("b", &[f64::NAN])];
    let chart = curves("t", "x", "y", &lines).unwrap();
    assert!(sound(&chart).contains(">b: no values<") && !chart.svg().contains(">a: no values<"));
    // Nor is there anything on a logarithmic axis of what is not positive.
    let below = Panel::new("x", "y", &[Curve::new("a", &[-1.0, -2.0])]).log_y();
    assert!(sound(&panels("t", &[below]).unwrap()).contains(">no values<"));
}

#[test]
fn a_line_that_ends_early_has_no_tail_through_the_chart() {
    let lines = [Curve::new("long", &[1.0; 9]), Curve::new("short", &[2.0])];
    let chart = curves("t", "x", "y", &lines).unwrap();
    let longest = |ink: &str| {
        let of_ink = |line: &&str| line.starts_with("<polyline ") && line.contains(ink);
        let width = |line: &str| {
            let points = line.split('"').nth(1).unwrap();
            let xs = points.split([' ', ',']).step_by(2);
            let xs: Vec<f64> = xs.map(|x| x.parse().unwrap()).collect();
            xs.iter().fold(f64::MIN, |a, b| a.max(*b)) - xs.iter().fold(f64::MAX, |a, b| a.min(*b))
        };
        let lines = chart.svg().lines().filter(of_ink);
        lines.map(width).fold(0.0, f64::max)
    };
    assert!(longest("#1b9e77") > 300.0 && longest("#d06b1f") < 40.0);
}
