//! How good a detector is on the pictures of a data set.

use std::sync::Arc;

use super::{BoxLoader, DetectionLearner, detect};
use crate::data::{BoxDataset, BoxLabel, Skipped};
use crate::detection::Thresholds;
use crate::metrics::{Detection, DetectionEval, TrueBox};
use crate::models::Detector;
use crate::{Error, Result};

/// What a detector found, held against the truth.
#[derive(Debug, Clone)]
pub struct JudgedDetector {
    /// From here come average precision, curves and kinds of error.
    pub eval: DetectionEval,
    /// What was found in each picture of the data set, surest first; nothing in those that could not be decoded.
    pub detections: Vec<Vec<Detection>>,
    /// Pictures that could not be decoded. They are not judged.
    pub skipped: Vec<Skipped>,
}

/// Judges a detector by all pictures of the loader's data set, in evaluation mode, in the pixels of the pictures as they are.
///
/// # Errors
///
/// The classes are not as many as the net's, no picture can be decoded, or as [`detect`].
pub fn evaluate_detector(net: &Detector, on: &BoxLoader) -> Result<JudgedDetector> {
    let dataset = on.dataset();
    check_classes(net, dataset)?;
    let found = detect(net, on, &Thresholds::for_judging(net.config().kind))?;
    if found.seen.is_empty() {
        let (expected, skipped) = ("at least one that can be decoded", found.skipped.len());
        let found = format!("none, and {skipped} that cannot");
        return Err(Error::argument("pictures to judge by", expected, found));
    }
    let mut eval = DetectionEval::new(dataset.classes());
    for &index in &found.seen {
        let truth: Vec<TrueBox> = dataset.boxes(index).iter().map(true_box).collect();
        eval.add(&truth, &found.pictures[index])?;
    }
    Ok(JudgedDetector {
        eval,
        detections: found.pictures,
        skipped: found.skipped,
    })
}

/// Every class needs an output of the net.
pub(super) fn check_classes(net: &Detector, dataset: &Arc<dyn BoxDataset>) -> Result<()> {
    let (known, needed) = (net.config().num_classes, dataset.classes().len());
    if known == needed as i64 {
        return Ok(());
    }
    let expected = format!("{needed}, as the pictures have");
    Err(Error::argument("classes of the detector", expected, known))
}

/// A class is a place among the names: pictures with other names, or in another order, would be judged wrongly without a word.
pub(super) fn check_names(train: &Arc<dyn BoxDataset>, other: &Arc<dyn BoxDataset>) -> Result<()> {
    let (ours, theirs) = (train.classes(), other.classes());
    if ours == theirs {
        return Ok(());
    }
    let expected = format!(
        "{ours:?}, as the pictures that are learned from (BoxSplits::open and BoxOptions::classes see to that)"
    );
    Err(Error::argument(
        "classes of the pictures to judge by",
        expected,
        format!("{theirs:?}"),
    ))
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
    /// Their classes are not those that it learned from, or as [`evaluate_detector`].
    pub fn evaluate(&self, on: &BoxLoader) -> Result<JudgedDetector> {
        check_names(self.train.dataset(), on.dataset())?;
        evaluate_detector(&self.net, on)
    }
}
