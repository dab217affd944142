//! PASCAL VOC's average precision.

use super::eval::Picture;
use super::matching::Encounter;
use super::{PrecisionRecall, TrueBox, mean_of_known};

/// How average precision is read off the curve of precision against recall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VocRule {
    /// The mean of the precisions at recalls of 0, 0.1, …, 1: VOC 2007 and before.
    ElevenPoint,
    /// The area under the curve: VOC 2010 and after.
    Area,
}

/// Average precision as PASCAL VOC counts it.
///
/// A detection is of the object that it overlaps most, if by the threshold or more (`>=`); the second one of an object
/// is wrong. What is [`difficult`](TrueBox::difficult) need not be found, and a detection of it counts neither way; so
/// with a [`crowd`](TrueBox::crowd), which VOC has not. All detections count, however many. Precision at a recall is the
/// highest of any point with that recall or more.
///
/// Boxes are continuous here: a box from 10 to 20 is 10 wide. VOC's files number pixels from 1 and name the first and
/// the last pixel of each box, so that VOC's own program adds 1 to every width. Subtract 1 from `xmin` and `ymin` of such
/// a box, leave `xmax` and `ymax`, and the figures are the same.
///
/// Source: Everingham, Van Gool, Williams, Winn and Zisserman, "The PASCAL Visual Object Classes (VOC) Challenge",
/// IJCV 2010, and the development kits of 2007 and 2010.
#[derive(Debug, Clone, PartialEq)]
pub struct VocSummary {
    /// The intersection over union from which on a detection is right.
    pub iou_threshold: f64,
    /// How the curve was read.
    pub rule: VocRule,
    /// The mean of all classes that have objects; NaN where none has.
    pub map: f64,
    /// Class by class, in the order of the classes.
    pub classes: Vec<VocClass>,
}

/// One class in VOC's figures.
#[derive(Debug, Clone, PartialEq)]
pub struct VocClass {
    /// Its name.
    pub name: String,
    /// Average precision, in [0, 1]; NaN without objects.
    pub ap: f64,
    /// How many objects there are to find.
    pub objects: usize,
    /// How many true boxes need not be found: difficult ones and crowds.
    pub ignored: usize,
    /// How many detections there are.
    pub detections: usize,
}

impl VocSummary {
    pub(super) fn of(
        classes: &[String],
        pictures: &[Picture],
        iou_threshold: f64,
        rule: VocRule,
    ) -> Self {
        let of_class = |(class, name): (usize, &String)| {
            let encounters = Encounter::all(pictures, class, usize::MAX, TrueBox::iou);
            let judged: Vec<_> = encounters
                .iter()
                .flat_map(|encounter| encounter.by_voc(iou_threshold))
                .collect();
            let detections = judged.len();
            let objects = encounters.iter().map(Encounter::asked_by_voc).sum();
            let truths: usize = encounters.iter().map(Encounter::num_truths).sum();
            let curve = PrecisionRecall::new(judged, objects);
            VocClass {
                name: name.clone(),
                ap: match rule {
                    VocRule::ElevenPoint => {
                        curve.sampled((0..=10).map(|tenth| f64::from(tenth) / 10.0))
                    }
                    VocRule::Area => curve.area(),
                },
                objects,
                ignored: truths - objects,
                detections,
            }
        };
        let classes: Vec<VocClass> = classes.iter().enumerate().map(of_class).collect();
        Self {
            iou_threshold,
            rule,
            map: mean_of_known(classes.iter().map(|class| class.ap)),
            classes,
        }
    }
}
