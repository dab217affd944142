//! Pictures with boxes, and what became of them.

use transfer::data::BoxLabel;
use transfer::data::synth::SceneObject;
use transfer::metrics::{CocoSummary, Detection, DetectionEval, TrueBox};
use transfer::prelude::*;
use transfer::train::DetectionStep;

use crate::names;

/// A number in [0, 1) for each pair of numbers.
fn chance(one: usize, other: usize) -> f64 {
    let mixed =
        (one as u64 * 7919 + other as u64 * 104_729 + 12_345).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f64 / f64::from(1 << 24)
}

fn truth(scenes: &Scenes, index: usize) -> Vec<BoxLabel> {
    let scene = scenes.scene(index);
    let label = |leaf: &SceneObject| BoxLabel {
        difficult: leaf.visible_share < 0.6,
        ..BoxLabel::new(leaf.bbox, leaf.label)
    };
    scene.objects.iter().map(label).collect()
}

/// What a middling detector might say.
fn found(truth: &[BoxLabel], scene: usize, classes: usize) -> Vec<Detection> {
    let mut found = Vec::new();
    for (number, leaf) in truth.iter().enumerate() {
        let key = scene * 100 + number;
        if chance(key, 0) < 0.12 {
            continue;
        }
        let shift = |edge: usize| {
            let size = f64::from([leaf.width(), leaf.height()][edge % 2]);
            let wide = if chance(key, 9) < 0.15 { 0.8 } else { 0.16 };
            f64::from(leaf.bounds[edge]) + wide * (chance(key, edge + 1) - 0.5) * size
        };
        let class = if chance(key, 5) < 0.15 {
            (leaf.class + 1) % classes
        } else {
            leaf.class
        };
        let bounds = [shift(0), shift(1), shift(2), shift(3)];
        found.push(Detection::new(bounds, class, 0.35 + 0.64 * chance(key, 6)));
        if chance(key, 7) < 0.1 {
            found.push(Detection::new(bounds, class, 0.3 * chance(key, 8)));
        }
    }
    let corner = 150.0 * chance(scene, 10);
    found.push(Detection::new(
        [corner, 20.0, corner + 60.0, 70.0],
        scene % classes,
        0.5 * chance(scene, 11),
    ));
    found
}

fn eval(scenes: &Scenes) -> Result<DetectionEval> {
    let mut eval = DetectionEval::new(scenes.classes());
    for index in 0..scenes.len() {
        let truth = truth(scenes, index);
        let boxes = truth.iter().map(|leaf| TrueBox {
            difficult: leaf.difficult,
            ..TrueBox::new(leaf.bounds.map(f64::from), leaf.class)
        });
        eval.add(
            &boxes.collect::<Vec<_>>(),
            &found(&truth, index, scenes.classes().len()),
        )?;
    }
    Ok(eval)
}

fn scenes(species: usize, size: u32) -> Result<Scenes> {
    let all = SpeciesSet::Novel.species();
    Scenes::of(all.into_iter().take(species), 40, size, 3)
}

/// Losses that fall, and a precision that rises.
fn history() -> DetectionHistory {
    let mut history = DetectionHistory::default();
    for step in 1..=120 {
        let gone = step as f64 / 120.0;
        history.steps.push(DetectionStep {
            step,
            epoch: 1 + step / 20,
            lr: 1e-3,
            classification: 1.1 - 0.7 * gone.sqrt() + 0.3 * chance(step, 1),
            boxes: 0.9 - 0.4 * gone.sqrt() + 0.2 * chance(step, 2),
            centreness: Some(0.69 - 0.07 * gone + 0.02 * chance(step, 3)),
            grad_norm: 1.0,
            pictures: 8,
            seconds: 0.5,
        });
    }
    for epoch in 1..=6 {
        let ap50 = 0.7 * (1.0 - (-(epoch as f64) / 2.5).exp());
        history.epochs.push(DetectionEpoch {
            epoch,
            loss: 2.0,
            valid: Some([0.6 * ap50, ap50]),
            seconds: 10.0,
        });
    }
    history
}

/// The table of the page.
pub(crate) fn summary() -> Result<CocoSummary> {
    Ok(eval(&scenes(3, 256)?)?.coco())
}

pub(crate) fn charts() -> Result<Vec<(&'static str, Figure)>> {
    let few = scenes(3, 384)?.objects(2..=5)?;
    let pairs = (0..4).map(|index| {
        let truth = truth(&few, index);
        let found = found(&truth, index, 3);
        BoxTile::new(
            few.scene(index).picture,
            format!("scene {index}, {} leaves", truth.len()),
        )
        .truth(&truth)
        .found(&found)
    });
    let true_only = (4..10).map(|index| {
        BoxTile::new(few.scene(index).picture, format!("scene {index}")).truth(&truth(&few, index))
    });
    let crowded = scenes(8, 384)?.objects(30..=40)?.lengths(0.08..=0.2)?;
    let crowded = (0..3).map(|index| {
        let truth = truth(&crowded, index);
        BoxTile::new(crowded.scene(index).picture, "").found(&found(&truth, index, 8))
    });
    let wide = RgbImage::from_fn(640, 360, |x, y| {
        image::Rgb([230 - (x / 8) as u8, 235 - (y / 6) as u8, 240])
    });
    let cells = names(&[
        "RBC",
        "WBC",
        "a class with a name that is far too long for a label",
    ]);
    let edges = BoxTile::new(
        wide,
        "boxes at the edges, a crowd, one beyond, and a long name",
    )
    .truth(&[
        BoxLabel::new([-20.0, -10.0, 200.0, 120.0], 0),
        BoxLabel {
            crowd: true,
            ..BoxLabel::new([300.0, 200.0, 640.0, 360.0], 1)
        },
        BoxLabel::new([700.0, 10.0, 800.0, 90.0], 1),
    ])
    .found(&[
        Detection::new([0.0, 0.0, 640.0, 360.0], 2, 0.4),
        Detection::new([600.0, 2.0, 639.0, 20.0], 2, 0.999),
        Detection::new([100.0, 100.0, 104.0, 104.0], 1, 0.97),
        Detection::new([320.0, 180.0, 500.0, 300.0], 1, 0.81),
        Detection::new([330.0, 186.0, 506.0, 310.0], 1, 0.8),
    ]);
    let (three, eight) = (eval(&scenes(3, 256)?)?, eval(&scenes(8, 256)?)?);
    let empty = DetectionEval::new(&names(&["ant", "bee"]));
    Ok(vec![
        (
            "boxes_pairs",
            box_grid(
                "Three species",
                &pairs.collect::<Vec<_>>(),
                few.classes(),
                2,
            )?,
        ),
        (
            "boxes_truth",
            box_grid("", &true_only.collect::<Vec<_>>(), few.classes(), 3)?,
        ),
        (
            "boxes_crowded",
            box_grid(
                "Eight species, many leaves",
                &crowded.collect::<Vec<_>>(),
                scenes(8, 384)?.classes(),
                3,
            )?,
        ),
        ("boxes_edges", box_grid("Edges", &[edges], &cells, 1)?),
        (
            "detection_history",
            detection_history_chart("Learning to find", &history())?,
        ),
        (
            "precision_recall_3",
            precision_recall_chart("Three species", &three, 0.5)?,
        ),
        (
            "precision_recall_8",
            precision_recall_chart("Eight species, tight boxes", &eight, 0.75)?,
        ),
        (
            "precision_recall_0",
            precision_recall_chart("Nothing yet", &empty, 0.5)?,
        ),
        (
            "errors_3",
            detection_errors_chart("Three species", &three.errors(0.3)?)?,
        ),
        (
            "errors_8",
            detection_errors_chart("Eight species", &eight.errors(0.3)?)?,
        ),
    ])
}
