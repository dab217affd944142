//! Confusion, calibration and learning-rate tests.

use transfer::prelude::*;
use transfer::train::{suggest_steep, suggest_valley};

use crate::names;

/// A matrix with a strong diagonal and some systematic mistakes.
pub(crate) fn matrix(classes: &[String], per_class: usize) -> ConfusionMatrix {
    let n = classes.len();
    let cell = |truth: usize, prediction: usize| match (truth * 7 + prediction * 3) % 11 {
        _ if truth == prediction => per_class * (40 + truth * 17 % 60) / 100,
        0 => per_class / 9,
        1 => 1,
        _ => 0,
    };
    let counts = (0..n).map(|truth| (0..n).map(|prediction| cell(truth, prediction)).collect());
    ConfusionMatrix {
        classes: classes.to_vec(),
        counts: counts.collect(),
    }
}

pub(crate) fn charts() -> Result<Vec<(&'static str, Figure)>> {
    let lrs: Vec<f64> = (0..100)
        .map(|i| 10f64.powf(-7.0 + 0.08 * f64::from(i)))
        .collect();
    let loss = |lr: &f64| 2.3 - 1.6 / (1.0 + (2e-3 / lr).powf(1.2)) + (lr / 0.4).powi(2);
    let losses: Vec<f64> = lrs.iter().map(loss).collect();
    let test = LrFind {
        valley: suggest_valley(&lrs[10..70], &losses[10..70]).unwrap_or(f64::NAN),
        steep: suggest_steep(&lrs[10..70], &losses[10..70]).unwrap_or(f64::NAN),
        lrs,
        losses,
    };
    let leaves = Leaves::new(SpeciesSet::Novel, 8, 64, 0);
    let classes = leaves.classes().to_vec();
    let thirty: Vec<String> = (0..30)
        .map(|i| format!("a rather long name, {i}"))
        .collect();
    let truth = Tensor::arange(800, (Kind::Int64, Device::Cpu)).fmod(5.0);
    let logits =
        (Tensor::randn([800, 5], (Kind::Float, Device::Cpu)) + truth.onehot(5) * 2.0) * 3.0;
    let calibration = Calibration::of(&logits.softmax(-1, Kind::Float), &truth, 15)?;
    Ok(vec![
        (
            "confusion_2",
            confusion_chart(
                "Ants and bees",
                &ConfusionMatrix {
                    classes: names(&["ants", "bees"]),
                    counts: vec![vec![61, 8], vec![3, 80]],
                },
            )?,
        ),
        (
            "confusion_12",
            confusion_chart("Twelve species", &matrix(&classes, 40))?,
        ),
        (
            "confusion_20",
            confusion_chart("Twenty classes", &matrix(&thirty[..20], 1200))?,
        ),
        (
            "confusion_30",
            confusion_chart("Thirty classes", &matrix(&thirty, 50))?,
        ),
        (
            "confusion_0",
            confusion_chart("No classes", &matrix(&[], 0))?,
        ),
        (
            "reliability",
            reliability_diagram("A net that is too sure", &calibration)?,
        ),
        ("lr", lr_chart("Learning-rate test", &test)?),
    ])
}
