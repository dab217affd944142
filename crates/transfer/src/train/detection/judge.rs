//! How good a detector is on the pictures of a data set.

use super::{BoxLoader, DetectionLearner, FoundIn, detect};
use crate::data::{BoxLabel, Skipped};
use crate::detection::Thresholds;
use crate::metrics::{Detection, DetectionEval, TrueBox};
use crate::models::Detector;
use crate::{Error, Result};

/// What a detector found, held against the truth.
#[derive(Debug, Clone)]
pub struct JudgedDetector {
    /// From here come average precision, curves and kinds of error.
    pub eval: DetectionEval,
    /// What was found in each picture of the data set, surest first.
    pub detections: Vec<Vec<Detection>>,
    /// Pictures that could not be decoded. They are not judged.
    pub skipped: Vec<Skipped>,
}

/// Judges a detector by all pictures of the loader's data set, in evaluation mode, in the pixels of the pictures as they are.
///
/// # Errors
///
/// The classes are not as many as the net's, or as [`detect`].
pub fn evaluate_detector(net: &Detector, on: &BoxLoader) -> Result<JudgedDetector> {
    let dataset = on.dataset();
    let (known, needed) = (net.config().num_classes, dataset.classes().len());
    if known != needed as i64 {
        let expected = format!("{needed}, as the pictures have");
        return Err(Error::argument("classes of the detector", expected, known));
    }
    let thresholds = Thresholds::for_judging(net.config().kind);
    let FoundIn { pictures, skipped } = detect(net, on, &thresholds)?;
    let mut eval = DetectionEval::new(dataset.classes());
    for (index, found) in pictures.iter().enumerate() {
        let name = dataset.name(index);
        if skipped.iter().any(|skipped| skipped.path == name) {
            continue;
        }
        let truth: Vec<TrueBox> = dataset.boxes(index).iter().map(true_box).collect();
        eval.add(&truth, found)?;
    }
    Ok(JudgedDetector {
        eval,
        detections: pictures,
        skipped,
    })
}

fn true_box(label: &BoxLabel) -> TrueBox {
    TrueBox {
        area: label.area.map(f64::from),
        crowd: label.crowd,
        difficult: label.difficult,
        ..TrueBox::new(label.bounds.map(f64::from), label.class)
    }
}

impl DetectionLearner {
    /// Judges the net by all pictures of the loader's data set.
    ///
    /// # Errors
    ///
    /// As [`evaluate_detector`].
    pub fn evaluate(&self, on: &BoxLoader) -> Result<JudgedDetector> {
        evaluate_detector(&self.net, on)
    }
}
