//! Boxes as a net says them: relative to a place of reference.

use tch::Tensor;

use super::boxes::sides;

/// Distances from the middle of a reference box to the four sides, in its widths and heights (FCOS: Tian, Shen, Chen and He, ICCV 2019).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DistanceCoder;

impl DistanceCoder {
    /// `references` and `boxes` `[…, 4]` → distances to left, top, right, bottom `[…, 4]`.
    pub fn encode(self, references: &Tensor, boxes: &Tensor) -> Tensor {
        let Middle { x, y, size } = Middle::of(references);
        let [left, top, right, bottom] = sides(boxes);
        Tensor::stack(&[&x - left, &y - top, right - &x, bottom - &y], -1) / size
    }

    /// What [`encode`](Self::encode) undoes.
    pub fn decode(self, references: &Tensor, codes: &Tensor) -> Tensor {
        let Middle { x, y, size } = Middle::of(references);
        let [left, top, right, bottom] = sides(&(codes * size));
        Tensor::stack(&[&x - left, &y - top, &x + right, &y + bottom], -1)
    }
}

/// Shifts of the middle in widths and heights of the reference, and logarithms of the ratios of sides (Girshick et al., R-CNN, CVPR 2014), as RetinaNet
/// has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShiftCoder;

impl ShiftCoder {
    /// `references` and `boxes` `[…, 4]` → shifts and logarithms `[…, 4]`.
    pub fn encode(self, references: &Tensor, boxes: &Tensor) -> Tensor {
        let (from, to) = (Middle::of(references), Middle::of(boxes));
        let [width, height, ..] = sides(&from.size);
        let [their_width, their_height, ..] = sides(&to.size);
        Tensor::stack(
            &[
                (to.x - from.x) / &width,
                (to.y - from.y) / &height,
                (their_width / width).log(),
                (their_height / height).log(),
            ],
            -1,
        )
    }

    /// What [`encode`](Self::encode) undoes; no side becomes more than 62.5 times as long as the reference's, which keeps a young net's boxes finite.
    pub fn decode(self, references: &Tensor, codes: &Tensor) -> Tensor {
        let longest = (1000.0f64 / 16.0).ln();
        let Middle { x, y, size } = Middle::of(references);
        let [width, height, ..] = sides(&size);
        let [across, down, wider, higher] = sides(codes);
        let (x, y) = (across * &width + x, down * &height + y);
        let half_width = wider.clamp_max(longest).exp() * width * 0.5;
        let half_height = higher.clamp_max(longest).exp() * height * 0.5;
        Tensor::stack(
            &[
                &x - &half_width,
                &y - &half_height,
                x + half_width,
                y + half_height,
            ],
            -1,
        )
    }
}

/// The middle of boxes, and their width, height, width, height.
struct Middle {
    x: Tensor,
    y: Tensor,
    size: Tensor,
}

impl Middle {
    fn of(boxes: &Tensor) -> Self {
        let [left, top, right, bottom] = sides(boxes);
        let (width, height) = (&right - &left, &bottom - &top);
        Self {
            x: (left + right) * 0.5,
            y: (top + bottom) * 0.5,
            size: Tensor::stack(&[&width, &height, &width, &height], -1),
        }
    }
}
