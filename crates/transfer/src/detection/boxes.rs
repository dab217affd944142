//! Boxes as tensors `[N, 4]`: left, top, right, bottom in pixels, continuous, so that a box of the whole picture is
//! `0, 0, width, height`.

use tch::Tensor;

/// How four numbers say where a box is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoxFormat {
    /// Left, top, right, bottom: what everything here takes and gives.
    Corners,
    /// Left, top, width, height, as in COCO.
    CornerSize,
    /// The middle's column and row, width, height, as in YOLO.
    CentreSize,
}

/// Boxes `[…, 4]` from one format to another.
pub fn convert_boxes(boxes: &Tensor, from: BoxFormat, to: BoxFormat) -> Tensor {
    if from == to {
        return boxes.shallow_clone();
    }
    let [a, b, c, d] = sides(boxes);
    let [left, top, right, bottom] = match from {
        BoxFormat::Corners => [a, b, c, d],
        BoxFormat::CornerSize => [a.shallow_clone(), b.shallow_clone(), a + c, b + d],
        BoxFormat::CentreSize => [&a - &c / 2.0, &b - &d / 2.0, a + c / 2.0, b + d / 2.0],
    };
    let found = match to {
        BoxFormat::Corners => [left, top, right, bottom],
        BoxFormat::CornerSize => {
            let (width, height) = (right - &left, bottom - &top);
            [left, top, width, height]
        }
        BoxFormat::CentreSize => {
            let middle = [(&left + &right) / 2.0, (&top + &bottom) / 2.0];
            let [x, y] = middle;
            [x, y, right - left, bottom - top]
        }
    };
    Tensor::stack(&found, -1)
}

/// The area of each box: `[…, 4]` → `[…]`.
pub fn box_area(boxes: &Tensor) -> Tensor {
    let [left, top, right, bottom] = sides(boxes);
    (right - left) * (bottom - top)
}

/// Intersection over union of every pair: `[N, 4]` and `[M, 4]` → `[N, M]`. Two boxes without area have 0.
pub fn box_iou(ones: &Tensor, others: &Tensor) -> Tensor {
    let (ones, others) = (ones.unsqueeze(1), others.unsqueeze(0));
    let (shared, union) = overlap(&ones, &others);
    // Both are zero where there is no area at all.
    shared / union.clamp_min(f64::from(f32::MIN_POSITIVE))
}

/// Generalised intersection over union of every pair: `[N, 4]` and `[M, 4]` → `[N, M]`, from -1 to 1. Unlike the plain one it tells far from near where
/// boxes do not touch (Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019).
pub fn generalized_box_iou(ones: &Tensor, others: &Tensor) -> Tensor {
    giou(&ones.unsqueeze(1), &others.unsqueeze(0))
}

/// The same of boxes that belong together: `[…, 4]` and `[…, 4]`, broadcast, → `[…]`.
pub(super) fn giou(ones: &Tensor, others: &Tensor) -> Tensor {
    // What keeps torchvision's and fvcore's quotients finite.
    const EPSILON: f64 = 1e-7;
    let (shared, union) = overlap(ones, others);
    let [left, top, right, bottom] = sides(ones);
    let [their_left, their_top, their_right, their_bottom] = sides(others);
    let width = right.maximum(&their_right) - left.minimum(&their_left);
    let height = bottom.maximum(&their_bottom) - top.minimum(&their_top);
    let hull = width * height;
    shared / (&union + EPSILON) - (&hull - &union) / (&hull + EPSILON)
}

/// Boxes `[…, 4]` without what lies outside a picture of so many rows and columns.
pub fn clip_boxes(boxes: &Tensor, [height, width]: [i64; 2]) -> Tensor {
    let [left, top, right, bottom] = sides(boxes);
    let (across, down) = (width as f64, height as f64);
    Tensor::stack(
        &[
            left.clamp(0.0, across),
            top.clamp(0.0, down),
            right.clamp(0.0, across),
            bottom.clamp(0.0, down),
        ],
        -1,
    )
}

/// The area that boxes share, and that of their union.
fn overlap(ones: &Tensor, others: &Tensor) -> (Tensor, Tensor) {
    let [left, top, right, bottom] = sides(ones);
    let [their_left, their_top, their_right, their_bottom] = sides(others);
    let width = right.minimum(&their_right) - left.maximum(&their_left);
    let height = bottom.minimum(&their_bottom) - top.maximum(&their_top);
    let shared = width.clamp_min(0.0) * height.clamp_min(0.0);
    let union = box_area(ones) + box_area(others) - &shared;
    (shared, union)
}

/// The four numbers, each `[…]`.
pub(super) fn sides(boxes: &Tensor) -> [Tensor; 4] {
    std::array::from_fn(|side| boxes.select(-1, side as i64))
}
