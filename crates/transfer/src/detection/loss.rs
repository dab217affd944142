//! What a detector pays for.

use tch::{Reduction, Tensor};

use super::boxes::giou;

/// The weight of what is there against what is not, in [`sigmoid_focal_loss`], and how much less the easy counts: the paper's.
pub const FOCAL: (f64, f64) = (0.25, 2.0);

/// Focal loss of independent yes-or-no answers, each by itself: `-αₜ (1 - pₜ)^γ log pₜ`. `logits` and `targets` (0 or 1) are of one shape, which the
/// loss has, too. Nearly all places of a picture are empty and soon known to be; this keeps them from drowning the rest.
///
/// Source: Lin, Goyal, Girshick, He and Dollár, "Focal Loss for Dense Object Detection", ICCV 2017.
pub fn sigmoid_focal_loss(logits: &Tensor, targets: &Tensor, (alpha, gamma): (f64, f64)) -> Tensor {
    let p = logits.sigmoid();
    let cross_entropy =
        logits.binary_cross_entropy_with_logits::<Tensor>(targets, None, None, Reduction::None);
    let absent: Tensor = 1.0 - targets;
    let right = &p * targets + (1.0 - &p) * &absent;
    let weight = targets * alpha + absent * (1.0 - alpha);
    let wrong: Tensor = 1.0 - right;
    weight * cross_entropy * wrong.pow_tensor_scalar(gamma)
}

/// One minus the generalised IoU of each found box with its true one: `[N, 4]` and `[N, 4]` → `[N]`, from 0 to 2.
///
/// Source: Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019.
pub fn giou_loss(found: &Tensor, truth: &Tensor) -> Tensor {
    1.0 - giou(found, truth)
}

/// The sum of a loss over the number of boxes that something was found for, or over one where there is none.
pub(super) fn per_box(loss: &Tensor, boxes: i64) -> Tensor {
    loss.sum(loss.kind()) / boxes.max(1) as f64
}
