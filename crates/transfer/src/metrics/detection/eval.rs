//! Pictures, what is in them and what was found there.

use super::boxes::area_of;
use super::coco::coco_curve;
use super::{
    CocoSummary, Detection, DetectionErrors, PrecisionRecall, TrueBox, VocRule, VocSummary,
};
use crate::{Error, Result};

/// Judges a detector: takes pictures one by one, and then says how good it was in all of them.
///
/// ```
/// use transfer::metrics::{Detection, DetectionEval, TrueBox, VocRule};
///
/// # fn main() -> transfer::Result<()> {
/// let mut eval = DetectionEval::new(&["ant", "bee"].map(String::from));
/// // One picture: an ant that was found, a bee that was missed, and an ant where there is none.
/// let truth = [TrueBox::new([10.0, 10.0, 50.0, 50.0], 0), TrueBox::new([60.0, 60.0, 90.0, 80.0], 1)];
/// let found = [
///     Detection::new([12.0, 10.0, 52.0, 50.0], 0, 0.9),
///     Detection::new([0.0, 70.0, 20.0, 95.0], 0, 0.3),
/// ];
/// eval.add(&truth, &found)?;
/// let coco = eval.coco();
/// assert!((coco.ap50 - 0.5).abs() < 1e-9 && coco.classes[0].ap50 > 0.999);
/// let voc = eval.voc(0.5, VocRule::Area)?;
/// assert_eq!((voc.classes[0].ap, voc.classes[1].ap, voc.map), (1.0, 0.0, 0.5));
/// assert_eq!(eval.precision_recall(0, 0.5)?.points[1].precision, 0.5);
/// let errors = eval.errors(0.2)?.total;
/// assert_eq!((errors.right, errors.background, errors.missed), (1, 1, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct DetectionEval {
    classes: Vec<String>,
    pictures: Vec<Picture>,
}

/// One picture.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub(super) truths: Vec<TrueBox>,
    pub(super) found: Vec<Detection>,
}

impl DetectionEval {
    /// Without pictures yet; these are the names of the classes.
    #[must_use]
    pub fn new(classes: &[String]) -> Self {
        Self {
            classes: classes.to_vec(),
            pictures: Vec::new(),
        }
    }

    /// The names of the classes.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// How many pictures were added.
    #[must_use]
    pub fn num_pictures(&self) -> usize {
        self.pictures.len()
    }

    /// Adds a picture: all that is in it, and all that was found there, in any order; either may be empty. Give
    /// every detection, however unsure: average precision needs the doubtful ones, too. Of equal scores those count
    /// first that were added first.
    ///
    /// # Errors
    ///
    /// A class is not below the number of classes; a box's right edge is left of its left one, or its bottom above
    /// its top; an edge, an area or a score is not finite, or an area below 0. The message says which picture and
    /// which box, both counted from 0. The picture is then not added.
    pub fn add(&mut self, truth: &[TrueBox], found: &[Detection]) -> Result<()> {
        for (number, truth) in truth.iter().enumerate() {
            self.check("true box", number, truth.class, truth.bounds)?;
            if let Some(area) = truth.area
                && !(area >= 0.0 && area.is_finite())
            {
                let found = self.place(area, "true box", number);
                return Err(Error::argument(
                    "area of a true box",
                    "a number from 0 on",
                    found,
                ));
            }
        }
        for (number, found) in found.iter().enumerate() {
            self.check("detection", number, found.class, found.bounds)?;
            if !found.score.is_finite() {
                let found = self.place(found.score, "detection", number);
                return Err(Error::argument(
                    "score of a detection",
                    "a finite number",
                    found,
                ));
            }
        }
        self.pictures.push(Picture {
            truths: truth.to_vec(),
            found: found.to_vec(),
        });
        Ok(())
    }

    /// COCO's twelve figures, and average precision class by class.
    #[must_use]
    pub fn coco(&self) -> CocoSummary {
        CocoSummary::of(&self.classes, &self.pictures)
    }

    /// PASCAL VOC's average precision: a detection is right from this intersection over union on (VOC's own is 0.5).
    ///
    /// # Errors
    ///
    /// `iou_threshold` is not above 0 and at most 1.
    pub fn voc(&self, iou_threshold: f64, rule: VocRule) -> Result<VocSummary> {
        check_threshold(iou_threshold)?;
        Ok(VocSummary::of(
            &self.classes,
            &self.pictures,
            iou_threshold,
            rule,
        ))
    }

    /// The curve of one class, a position in the list of classes. Detections meet true boxes by COCO's rule, objects
    /// of all sizes, so that the curve at 0.5 is the one that [`CocoClass::ap50`](super::CocoClass::ap50) is made of.
    ///
    /// # Errors
    ///
    /// `class` is not below the number of classes, or `iou_threshold` not above 0 and at most 1.
    pub fn precision_recall(&self, class: usize, iou_threshold: f64) -> Result<PrecisionRecall> {
        self.check_class("class of a curve", class, || class.to_string())?;
        check_threshold(iou_threshold)?;
        Ok(coco_curve(&self.pictures, class, iou_threshold))
    }

    /// What goes wrong, and how often, where all detections from this score on are believed. The measures above
    /// weigh every score; this one is about the boxes that somebody would see.
    ///
    /// # Errors
    ///
    /// `score_threshold` is NaN.
    pub fn errors(&self, score_threshold: f64) -> Result<DetectionErrors> {
        if score_threshold.is_nan() {
            return Err(Error::argument(
                "score threshold",
                "a number",
                score_threshold,
            ));
        }
        Ok(DetectionErrors::of(
            &self.classes,
            &self.pictures,
            score_threshold,
        ))
    }

    /// Checks what both kinds of box have.
    fn check(
        &self,
        kind: &'static str,
        number: usize,
        class: usize,
        bounds: [f64; 4],
    ) -> Result<()> {
        self.check_class("class of a box", class, || self.place(class, kind, number))?;
        let [left, top, right, bottom] = bounds;
        // Of edges that are finite, only a box beyond all measure has an area that is not.
        if !(left <= right && top <= bottom && area_of(bounds).is_finite())
            || bounds.iter().any(|edge| !edge.is_finite())
        {
            let found = self.place(format!("{bounds:?}"), kind, number);
            let expected = "left, top, right, bottom: finite, left <= right and top <= bottom";
            return Err(Error::argument("box", expected, found));
        }
        Ok(())
    }

    fn check_class(
        &self,
        what: &'static str,
        class: usize,
        found: impl FnOnce() -> String,
    ) -> Result<()> {
        if class < self.classes.len() {
            return Ok(());
        }
        let expected = format!("below {}, the number of classes", self.classes.len());
        Err(Error::argument(what, expected, found()))
    }

    /// A value and where it was found, in the picture that is being added.
    fn place(&self, value: impl std::fmt::Display, kind: &str, number: usize) -> String {
        let picture = self.pictures.len();
        format!("{value} in {kind} {number} of picture {picture} (both counted from 0)")
    }
}

fn check_threshold(iou_threshold: f64) -> Result<()> {
    if iou_threshold > 0.0 && iou_threshold <= 1.0 {
        return Ok(());
    }
    let expected = "above 0 and at most 1";
    Err(Error::argument("IoU threshold", expected, iou_threshold))
}
