//! Lines, bands, gaps and logarithms.

use transfer::prelude::*;
use transfer::train::Epoch;

pub(crate) fn charts() -> Result<Vec<(&'static str, Figure)>> {
    let decay = |from: f64, rate: f64| {
        (0..20)
            .map(|i| 0.1 + from * (-rate * f64::from(i)).exp())
            .collect::<Vec<f64>>()
    };
    let wiggle = |seed: i32| {
        (0..30)
            .map(|i| {
                0.9 - 0.6 * (-0.15 * f64::from(i)).exp()
                    + 0.03 * f64::from((i * 37 + seed * 53) % 17 - 8) / 8.0
            })
            .collect::<Vec<f64>>()
    };
    let runs = |shift: f64| {
        (0..5)
            .map(|seed| {
                wiggle(seed)
                    .iter()
                    .map(|y| y - shift * f64::from(seed + 1))
                    .collect()
            })
            .collect::<Vec<Vec<f64>>>()
    };
    let many: Vec<Curve> = (0..14)
        .map(|i| {
            Curve::new(
                format!("method number {i}"),
                &decay(1.0, 0.05 * f64::from(i + 4)),
            )
        })
        .collect();
    let epoch = |i: usize| {
        let share = i as f64 / 12.0;
        Epoch {
            epoch: i,
            of: 12,
            loss: 2.5 * (-2.0 * share).exp(),
            accuracy: 1.0 - 0.9 * (-3.0 * share).exp(),
            valid_loss: Some(2.4 * (-1.6 * share).exp() + 0.1),
            valid_accuracy: Some(0.95 - 0.8 * (-3.0 * share).exp()),
            lr: 1e-3 * (1.0 - share),
            pictures: 100,
            seconds: 1.0,
            cpu_seconds: None,
            peak_memory: None,
            gpu_memory: None,
            trainable: 5130,
            parameters: 11_181_642,
        }
    };
    let history = History {
        epochs: (1..=12).map(epoch).collect(),
        ..Default::default()
    };
    Ok(vec![
        (
            "curves",
            curves(
                "Training and validation loss",
                "epoch",
                "cross-entropy",
                &[
                    Curve::new("training", &decay(2.2, 0.3)),
                    Curve::new("validation", &decay(2.0, 0.25)),
                    Curve::new("validation, frozen trunk", &decay(1.9, 0.24)),
                ],
            )?,
        ),
        (
            "curves_band",
            curves(
                "Mean and deviation of five seeds",
                "epoch",
                "test accuracy",
                &[
                    Curve::over_seeds("fine-tuned", &runs(0.01)),
                    Curve::over_seeds("linear head", &runs(0.05)),
                ],
            )?,
        ),
        (
            "curves_many",
            curves("Fourteen lines", "epoch", "loss", &many)?,
        ),
        (
            "curves_log",
            panels(
                "Few labels",
                &[
                    Panel::new(
                        "labels per class (logarithmic)",
                        "test accuracy, %",
                        &[
                            Curve::xy(
                                "net",
                                vec![(1.0, 40.0), (5.0, 66.0), (20.0, 80.0), (100.0, 91.0)],
                            ),
                            Curve::xy(
                                "pixels",
                                vec![(1.0, 12.0), (5.0, 17.0), (20.0, 25.0), (100.0, 38.0)],
                            ),
                        ],
                    )
                    .log_x(),
                    Panel::new(
                        "step",
                        "loss (logarithmic)",
                        &[Curve::xy(
                            "range",
                            (0..15).map(|i| (f64::from(i), 10f64.powi(6 - i))).collect(),
                        )],
                    )
                    .log_y(),
                ],
            )?,
        ),
        (
            "curves_gap",
            curves(
                "A gap, and negative values",
                "step",
                "value",
                &[
                    Curve::new("a", &[-1.0, -2.0, f64::NAN, 3.0, f64::INFINITY, 2.0, 2.5]),
                    Curve::new("b", &[0.0]),
                ],
            )?,
        ),
        (
            "curves_one",
            curves("One point", "epoch", "loss", &[Curve::new("x", &[0.25])])?,
        ),
        (
            "curves_none",
            curves(
                "No data at all, under a title that is far too long to fit into the width of the chart that it is the title of",
                "x",
                "y",
                &[],
            )?,
        ),
        ("history", history_chart("Training", &history)?),
        ("pareto", pareto()?),
    ])
}

/// Nine ways, some of them near one another.
fn pareto() -> Result<Figure> {
    let points = [
        ("from scratch", 56.0, 42.5, 452.0),
        ("probe", 0.8, 85.0, 162.0),
        ("LP-FT", 58.0, 84.7, 347.0),
        ("all layers", 55.0, 81.3, 352.0),
        ("gradual unfreezing", 44.0, 80.0, 357.0),
        ("L2-SP", 57.0, 82.0, 397.0),
        ("BSS", 58.0, 82.5, 352.0),
        ("LoRA", 48.0, 86.5, 300.0),
        ("distillation", 75.0, 46.0, 480.0),
    ];
    let point = |(name, cost, worth, size): &(&str, f64, f64, f64)| {
        let around = |of: f64, by: f64| [of - by, of, of + by];
        Tradeoff::new(
            *name,
            &around(*cost, 0.1 * cost),
            &around(*worth, 1.3),
            *size,
        )
    };
    let points: Vec<Tradeoff> = points.iter().map(point).collect();
    let axes = ["processor time, s", "test accuracy, %", "peak memory, MB"];
    pareto_chart(
        "What each strategy is worth, and what it costs",
        axes,
        &points,
    )
}
