//! Measures of detectors: by hand, and as pycocotools and TIDE's program have them.

mod by_hand;
mod cases;
mod mistakes;
mod random;
mod reference;

use transfer::metrics::{Detection, DetectionEval, TrueBox};

fn classes(count: usize) -> Vec<String> {
    (0..count).map(|class| format!("class {class}")).collect()
}

/// An evaluation of so many classes and these pictures.
fn eval(count: usize, pictures: &[(&[TrueBox], &[Detection])]) -> DetectionEval {
    let mut eval = DetectionEval::new(&classes(count));
    for (truth, found) in pictures {
        eval.add(truth, found).unwrap();
    }
    eval
}

/// A square with this left edge and side, at the top of the picture.
const fn square(left: f64, side: f64) -> [f64; 4] {
    [left, 0.0, left + side, side]
}
