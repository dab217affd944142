//! How good it is, and how sure one can be of that.
//!
//! Measures take tensors as they come from a net: logits or probabilities `[N, C]`, labels `[N]`, on any device.
//! [`Summary`] and [`PairedDifference`] take one figure per seed.
//!
//! ```
//! use transfer::prelude::*;
//!
//! # fn main() -> transfer::Result<()> {
//! let logits = Tensor::from_slice(&[2.0f32, 0.0, 1.5, 1.0, -1.0, 3.0]).view([3, 2]); // [N, C]
//! let labels = Tensor::from_slice(&[0i64, 1, 1]);
//! let found: Tensor = logits.argmax(-1, false);
//! assert_eq!((accuracy(&found, &labels) * 3.0).round(), 2.0);
//! // Which class is taken for which; precision and recall; the worst picture.
//! let matrix = ConfusionMatrix::new(&found, &labels, &["ants", "bees"].map(String::from));
//! assert_eq!(matrix.mistakes(), [(1, 0, 1)]); // a bee taken for an ant, once
//! assert_eq!(ClassReport::of(&matrix).classes[1].1.recall, 0.5);
//! assert_eq!(top_losses(&logits, &labels, 1)?[0].index, 1);
//! // Two methods, judged on the same three seeds: mean and deviation of each, and of the difference.
//! let (head, tuned) = ([81.2, 79.9, 82.4], [84.0, 83.5, 84.1]);
//! assert_eq!(Summary::of(&head).to_string(), "81.2 ± 1.3");
//! let gain = PairedDifference::of(&tuned, &head)?;
//! assert!(gain.summary.mean > 2.0 && gain.p_value < 0.05);
//! # Ok(())
//! # }
//! ```

mod accuracy;
mod calibration;
mod class_report;
mod confident;
mod confusion;
mod delta_p;
mod detection;
mod paired;
mod scores;
mod student;
mod summary;
mod top_losses;

pub use accuracy::{accuracy, top_k_accuracy};
pub use calibration::{Calibration, ReliabilityBin, fit_temperature};
pub use class_report::{ClassReport, Scores};
pub use confident::{ConfidentLearning, LabelFilter, LabelIssue};
pub use confusion::ConfusionMatrix;
pub use delta_p::delta_p;
pub use detection::{
    CocoClass, CocoSummary, Detection, DetectionErrors, DetectionEval, ErrorCounts,
    PrecisionRecall, PrecisionRecallPoint, TrueBox, VocClass, VocRule, VocSummary,
};
pub use paired::PairedDifference;
pub use summary::Summary;
pub use top_losses::{TopLoss, top_losses};
