//! Reliability diagrams and learning-rate tests.

use tch::Tensor;
use transfer::metrics::Calibration;
use transfer::viz::*;

use super::sound;

#[test]
fn reliability_and_learning_rates() {
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

    let sweep: Vec<(f64, f64)> = (0..50)
        .map(|i| {
            (
                1e-5 * 1.3f64.powi(i),
                if i < 40 {
                    2.0 - 0.04 * f64::from(i)
                } else {
                    1e9
                },
            )
        })
        .collect();
    let chart = lr_chart("Rates", &sweep).unwrap();
    assert!(sound(&chart).contains(">steepest at "));
    for odd in [
        vec![],
        vec![(1e-3, 1.0)],
        vec![(0.0, f64::NAN); 7],
        vec![(1e-3, 1.0), (1e-2, f64::INFINITY)],
    ] {
        sound(&lr_chart("Odd", &odd).unwrap());
    }
}
