//! Non-maximum suppression: of boxes that say the same, the surest.

use tch::{Kind, Tensor};

use crate::{Error, Result};

/// Which boxes stay, surest first: one that overlaps a surer one by more than `threshold` (IoU) does not. `boxes` is `[N, 4]`, `scores` `[N]`; the result
/// are indices `[M]`, on the boxes' device. Of equal scores the first in order is the surer.
///
/// # Errors
///
/// As [`batched_nms`].
pub fn nms(boxes: &Tensor, scores: &Tensor, threshold: f64) -> Result<Tensor> {
    let classes = Tensor::zeros([scores.numel() as i64], (Kind::Int64, scores.device()));
    batched_nms(boxes, scores, &classes, threshold)
}

/// The same where only boxes of one class suppress each other: `classes` is `[N]`. (Another number in the place of the class does for pictures of one
/// batch.)
///
/// # Errors
///
/// The sizes differ, or a box or score is not finite.
pub fn batched_nms(
    boxes: &Tensor,
    scores: &Tensor,
    classes: &Tensor,
    threshold: f64,
) -> Result<Tensor> {
    let count = scores.numel();
    let sizes = (boxes.size(), scores.size(), classes.size());
    if sizes
        != (
            vec![count as i64, 4],
            vec![count as i64],
            vec![count as i64],
        )
    {
        let found = format!("{:?}, {:?} and {:?}", sizes.0, sizes.1, sizes.2);
        return Err(Error::argument(
            "boxes, scores and classes",
            "[N, 4], [N] and [N]",
            found,
        ));
    }
    let numbers = |of: &Tensor| -> Result<Vec<f32>> {
        Ok(Vec::try_from(of.to_kind(Kind::Float).flatten(0, -1))?)
    };
    let (sides, sure) = (numbers(boxes)?, numbers(scores)?);
    let classes = Vec::<i64>::try_from(classes.to_kind(Kind::Int64))?;
    if let Some(value) = sides.iter().chain(&sure).find(|value| !value.is_finite()) {
        return Err(Error::argument("boxes and scores", "finite numbers", value));
    }
    let places: Vec<Placed> = sides.chunks_exact(4).map(Placed::new).collect();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|one, other| sure[*other].total_cmp(&sure[*one]));
    let mut kept: Vec<usize> = Vec::new();
    for index in order {
        let mut rivals = kept
            .iter()
            .filter(|rival| classes[**rival] == classes[index]);
        if !rivals.any(|rival| f64::from(places[*rival].iou(&places[index])) > threshold) {
            kept.push(index);
        }
    }
    let kept: Vec<i64> = kept.into_iter().map(|index| index as i64).collect();
    Ok(Tensor::from_slice(&kept).to_device(boxes.device()))
}

/// A box and its area, computed as torchvision does it, in single precision.
struct Placed {
    sides: [f32; 4],
    area: f32,
}

impl Placed {
    fn new(sides: &[f32]) -> Self {
        let sides = [sides[0], sides[1], sides[2], sides[3]];
        let [left, top, right, bottom] = sides;
        let area = (right - left) * (bottom - top);
        Self { sides, area }
    }

    fn iou(&self, other: &Self) -> f32 {
        let ([left, top, right, bottom], theirs) = (self.sides, other.sides);
        let width = (right.min(theirs[2]) - left.max(theirs[0])).max(0.0);
        let height = (bottom.min(theirs[3]) - top.max(theirs[1])).max(0.0);
        let shared = width * height;
        shared / (self.area + other.area - shared)
    }
}
