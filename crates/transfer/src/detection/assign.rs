//! Which place answers for which box.

use tch::{Kind, Tensor};

use super::boxes::{box_area, box_iou, sides};

/// A place that answers for no box.
pub const BACKGROUND: i64 = -1;
/// A place that is asked nothing: it sees a box, but not well enough.
pub const UNASKED: i64 = -2;

/// FCOS's rule: a place answers for the smallest box that contains it, whose middle is no further away than `radius` strides in either direction, and
/// whose furthest side is at a distance that its level is for: from 4 to 8 strides, less in the first level, more in the last.
///
/// `squares` are the levels' reference boxes `[Lᵢ, 4]` (as large as the stride), `boxes` `[M, 4]`; the result `[L]` is a box's number or [`BACKGROUND`].
/// Where torchvision compares areas to some 8 square pixels, this does exactly.
///
/// Source: Tian, Shen, Chen and He, "FCOS: A Simple and Strong Anchor-free Object Detector", 2020.
pub fn assign_by_centre(squares: &[Tensor], boxes: &Tensor, radius: f64) -> Tensor {
    let all = Tensor::cat(squares, 0);
    if boxes.size()[0] == 0 {
        return all.new_full(
            [all.size()[0]],
            BACKGROUND as f64,
            (Kind::Int64, all.device()),
        );
    }
    let reach = |number: usize, square: &Tensor| {
        let stride = square.select(1, 2) - square.select(1, 0);
        let (from, to) = (&stride * 4.0, &stride * 8.0);
        [
            if number == 0 { from.zeros_like() } else { from },
            if number + 1 == squares.len() {
                to.full_like(f64::INFINITY)
            } else {
                to
            },
        ]
    };
    let reaches: Vec<[Tensor; 2]> = squares
        .iter()
        .enumerate()
        .map(|(number, square)| reach(number, square))
        .collect();
    let [from, to] = [0, 1].map(|end| {
        let ends: Vec<&Tensor> = reaches.iter().map(|reach| &reach[end]).collect();
        Tensor::cat(&ends, 0).unsqueeze(1)
    });
    // Places down, boxes across.
    let [left, top, right, bottom] = sides(&all.unsqueeze(1));
    let [their_left, their_top, their_right, their_bottom] = sides(&boxes.unsqueeze(0));
    let stride = &right - &left;
    let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
    let off = |place: &Tensor, low: &Tensor, high: &Tensor| (place - (low + high) / 2.0).abs();
    let off = off(&x, &their_left, &their_right).maximum(&off(&y, &their_top, &their_bottom));
    let distances = Tensor::stack(
        &[
            &x - their_left,
            &y - their_top,
            their_right - &x,
            their_bottom - &y,
        ],
        -1,
    );
    let (nearest, furthest) = (
        distances.amin([-1i64].as_slice(), false),
        distances.amax([-1i64].as_slice(), false),
    );
    let fits = off
        .lt_tensor(&(stride * radius))
        .logical_and(&nearest.gt(0.0))
        .logical_and(&furthest.gt_tensor(&from))
        .logical_and(&furthest.lt_tensor(&to));
    let areas = box_area(boxes)
        .unsqueeze(0)
        .where_self(&fits, &Tensor::from(f32::INFINITY).to_device(all.device()));
    let (smallest, index) = areas.min_dim(1, false);
    index.where_self(
        &smallest.isfinite(),
        &Tensor::from(BACKGROUND).to_device(all.device()),
    )
}

/// `RetinaNet`'s rule: an anchor answers for the box that it overlaps most, if by `foreground` (IoU) or more; it is background below `background`, and
/// not asked in between. And every box has those anchors that overlap it most, however little.
///
/// `anchors` is `[L, 4]`, `boxes` `[M, 4]`; the result `[L]` is a box's number, [`BACKGROUND`] or [`UNASKED`].
///
/// Source: Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017; torchvision's `Matcher`.
pub fn assign_by_overlap(
    anchors: &Tensor,
    boxes: &Tensor,
    (foreground, background): (f64, f64),
) -> Tensor {
    let constant = |value: i64| Tensor::from(value).to_device(anchors.device());
    if boxes.size()[0] == 0 {
        return anchors.new_full(
            [anchors.size()[0]],
            BACKGROUND as f64,
            (Kind::Int64, anchors.device()),
        );
    }
    let overlaps = box_iou(boxes, anchors);
    let (most, index) = overlaps.max_dim(0, false);
    let sure = index.where_self(&most.ge(foreground), &constant(UNASKED));
    let found = sure.where_self(&most.ge(background), &constant(BACKGROUND));
    let best_of_box = overlaps.amax([1i64].as_slice(), true);
    let is_best = overlaps.eq_tensor(&best_of_box).any_dim(0, false);
    index.where_self(&is_best, &found)
}
