//! Bars, one by one and in groups.

use transfer::prelude::*;

use crate::names;

pub(crate) fn charts() -> Result<Vec<(&'static str, Figure)>> {
    Ok(vec![
        (
            "bars",
            bars(
                "A linear head on 20 labels per class",
                "test accuracy, %",
                100.0,
                &[
                    Bar::new("pretrained net", &[88.0, 90.5, 86.2, 91.0, 89.3]),
                    Bar::new("random net", &[51.0, 44.0, 48.5, 47.0, 53.1]),
                    Bar::new("raw pixels", &[22.0]),
                ],
            )?,
        ),
        (
            "bars_names",
            bars(
                "Nine methods with long names",
                "test accuracy, %",
                100.0,
                &(0..9)
                    .map(|i| {
                        Bar::new(
                            format!("the method with a long name, {i}"),
                            &[20.0 + 8.0 * f64::from(i), 24.0 + 8.0 * f64::from(i)],
                        )
                    })
                    .collect::<Vec<_>>(),
            )?,
        ),
        (
            "bars_negative",
            bars(
                "Gain over the baseline, with <b> & \"ünïcode\"",
                "Δ accuracy, points",
                5.0,
                &[
                    Bar::new("α→β", &[-3.0, -2.0]),
                    Bar::new("漢字", &[4.0, 7.0]),
                    Bar::new("nothing", &[]),
                    Bar::new("NaN", &[f64::NAN]),
                ],
            )?,
        ),
        (
            "bars_grouped",
            grouped_bars(
                "Fine-tuning gains with more labels",
                "test accuracy, %",
                100.0,
                &names(&["linear head", "fine-tuned", "from scratch"]),
                &[5, 10, 20, 40].map(|n| {
                    (
                        format!("{n} per class"),
                        vec![
                            Bar::new("", &[60.0 + n as f64 / 2.0, 63.0 + n as f64 / 2.0]),
                            Bar::new("", &[58.0 + n as f64, 55.0 + n as f64 * 0.9]),
                            Bar::new("", &[20.0 + n as f64, 26.0 + n as f64]),
                        ],
                    )
                }),
            )?,
        ),
        (
            "measures",
            measures(
                "Two strategies, a net from scratch, and an odd one",
                &names(&[
                    "probe",
                    "all layers, discriminative rates",
                    "from scratch",
                    "odd",
                ]),
                &[
                    Measure::new(
                        "5 labels",
                        "accuracy, %",
                        &[
                            vec![61.0, 58.0, 64.0],
                            vec![55.0, 49.0],
                            vec![21.0],
                            vec![f64::NAN],
                        ],
                    )
                    .top(100.0),
                    Measure::new(
                        "60 labels",
                        "accuracy, %",
                        &[
                            vec![84.0, 85.0, 84.5],
                            vec![98.0, 100.0],
                            vec![51.0, 71.0],
                            vec![-3.0],
                        ],
                    )
                    .top(100.0),
                    Measure::new(
                        "time",
                        "s, one run",
                        &[vec![0.02], vec![141.0, 138.0], vec![12_345.0], vec![0.0]],
                    ),
                    Measure::new(
                        "trainable",
                        "%",
                        &[vec![0.05], vec![100.0], vec![100.0], vec![]],
                    ),
                ],
            )?,
        ),
    ])
}
