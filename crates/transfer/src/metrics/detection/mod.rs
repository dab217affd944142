//! How good a detector is: average precision as COCO and as PASCAL VOC count it, precision against recall, and
//! what goes wrong.
//!
//! Pictures go into a [`DetectionEval`]. Detections meet true boxes in `matching`, class by class and picture by
//! picture, by COCO's rule or by VOC's; `precision_recall` makes one curve of all that met; `coco` and `voc` sum the
//! curves up. `errors` looks at all classes of a picture at once.

mod boxes;
mod coco;
mod errors;
mod eval;
mod matching;
mod precision_recall;
mod voc;

pub use boxes::{Detection, TrueBox};
pub use coco::{CocoClass, CocoSummary};
pub use errors::{DetectionErrors, ErrorCounts};
pub use eval::DetectionEval;
pub use precision_recall::{PrecisionRecall, PrecisionRecallPoint};
pub use voc::{VocClass, VocRule, VocSummary};

/// The mean of those values that there are; NaN where there is none.
fn mean_of_known(values: impl IntoIterator<Item = f64>) -> f64 {
    let known = values.into_iter().filter(|value| !value.is_nan());
    let (sum, count) = known.fold((0.0, 0usize), |(sum, count), value| {
        (sum + value, count + 1)
    });
    sum / count as f64
}
