//! Reliability diagrams and learning-rate tests.

use tch::Tensor;
use transfer::metrics::Calibration;
use transfer::train::LrFind;
use transfer::viz::*;

use super::{count, sound};

#[test]
fn reliability_of_some_predictions_and_of_none() {
    let probabilities = Tensor::from_slice(&[0.9, 0.1, 0.2, 0.8]).view([2, 2]);
    let labels = Tensor::from_slice(&[0i64, 0]);
    let calibration = Calibration::of(&probabilities, &labels, 10).unwrap();
    let chart = reliability_diagram("Reliability", &calibration).unwrap();
    assert!(sound(&chart).contains(">ECE 45.0 %<") && chart.alt().contains("2 predictions"));
    let none = Calibration::of(
        &probabilities.slice(0, 0, 0, 1),
        &labels.slice(0, 0, 0, 1),
        3,
    )
    .unwrap();
    sound(&reliability_diagram("Nothing", &none).unwrap());
}

fn found(lrs: Vec<f64>, losses: Vec<f64>, valley: f64, steep: f64) -> LrFind {
    LrFind {
        lrs,
        losses,
        valley,
        steep,
    }
}

#[test]
fn learning_rates_with_their_suggestions() {
    let lrs: Vec<f64> = (0..50).map(|i| 1e-5 * 1.3f64.powi(i)).collect();
    let loss = |i: i32| {
        if i < 40 {
            2.0 - 0.04 * f64::from(i)
        } else {
            1e9
        }
    };
    let losses: Vec<f64> = (0..50).map(loss).collect();
    let chart = lr_chart(
        "Rates",
        &found(lrs.clone(), losses.clone(), lrs[20], lrs[30]),
    )
    .unwrap();
    let svg = sound(&chart);
    for part in [
        format!(">valley {:.1e}<", lrs[20]),
        format!(">steep {:.1e}<", lrs[30]),
    ] {
        assert!(svg.contains(&part), "{part} in {svg}");
    }
    assert_eq!(count(&chart, "circle"), 2);
    assert!(chart.alt().contains(&format!("valley at {:.2e}", lrs[20])));
    // What explodes is cut, so that the descent is seen: its ticks are below 4.
    assert!(
        svg.contains(">2.0<") && !svg.contains("e8<") && !svg.contains("e9<"),
        "{svg}"
    );
    let none = f64::NAN;
    for odd in [
        found(vec![], vec![], none, none),
        found(vec![1e-3], vec![1.0], 1e-3, 1e-3),
        found(vec![0.0; 7], vec![none; 7], 0.0, 0.0),
        found(vec![1e-3, 1e-2], vec![1.0, f64::INFINITY], 1e-2, 1.0),
        found(vec![1e-3, 1e-2], vec![1.0, 2.0], none, 1e-3),
    ] {
        sound(&lr_chart("Odd", &odd).unwrap());
    }
}
