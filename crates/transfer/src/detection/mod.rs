//! Finding objects: boxes, where a detector looks for them, what it learns from, and which of its answers count. Tensors in, tensors out.
//!
//! ```
//! use transfer::detection::{box_iou, nms};
//! use transfer::prelude::Tensor;
//!
//! # fn main() -> transfer::Result<()> {
//! // Left, top, right, bottom: two answers for one thing, and one for another.
//! let boxes = Tensor::from_slice(&[0f32, 0.0, 10.0, 10.0, 1.0, 1.0, 11.0, 11.0, 30.0, 0.0, 40.0, 20.0]).view([3, 4]);
//! let overlap = box_iou(&boxes, &boxes).double_value(&[0, 1]);
//! assert!((overlap - 81.0 / 119.0).abs() < 1e-6);
//! let kept = nms(&boxes, &Tensor::from_slice(&[0.8f32, 0.9, 0.4]), 0.5)?;
//! assert_eq!(Vec::<i64>::try_from(kept)?, [1, 2]);
//! # Ok(())
//! # }
//! ```

mod anchors;
mod answers;
mod assign;
mod boxes;
mod coder;
mod judge;
mod learn;
mod loss;
mod nms;

pub use anchors::Anchors;
pub use answers::{Answers, DetectorKind};
pub use assign::{BACKGROUND, UNASKED, assign_by_centre, assign_by_overlap};
pub use boxes::{BoxFormat, box_area, box_iou, clip_boxes, convert_boxes, generalized_box_iou};
pub use coder::{DistanceCoder, ShiftCoder};
pub use judge::{Found, Thresholds, detections};
pub use learn::{DetectionLosses, Truth, detection_losses};
pub use loss::{FOCAL, giou_loss, sigmoid_focal_loss};
pub use nms::{batched_nms, nms};
