//! Which of a detector's answers count.

use tch::{IndexOp, Kind, Tensor};

use super::{Answers, DetectorKind, batched_nms, clip_boxes};
use crate::{Error, Result};

/// What an answer must be to count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Its score is above this.
    pub score: f64,
    /// It overlaps a surer one of its class by at most this (IoU).
    pub overlap: f64,
    /// It is among so many of the surest of its level.
    pub per_level: i64,
    /// And among so many of its picture.
    pub per_picture: i64,
}

impl Thresholds {
    /// torchvision's for each kind.
    #[must_use]
    pub fn of(kind: DetectorKind) -> Self {
        let (score, overlap, per_picture) = match kind {
            DetectorKind::Fcos => (0.2, 0.6, 100),
            DetectorKind::RetinaNet => (0.05, 0.5, 300),
        };
        Self {
            score,
            overlap,
            per_level: 1000,
            per_picture,
        }
    }

    /// For average precision, which wants unsure answers too.
    #[must_use]
    pub fn for_judging(kind: DetectorKind) -> Self {
        Self {
            score: 0.05,
            ..Self::of(kind)
        }
    }
}

/// What was found in a picture, surest first.
#[derive(Debug)]
pub struct Found {
    /// `[M, 4]`: left, top, right, bottom in pixels of the batch, inside the picture.
    pub boxes: Tensor,
    /// `[M]`.
    pub classes: Tensor,
    /// `[M]`: from 0 to 1.
    pub scores: Tensor,
}

/// The answers that count, picture by picture, as torchvision chooses them. `sizes` are the rows and columns of each picture without padding.
///
/// # Errors
///
/// There are not as many sizes as pictures; or an answer is not finite.
pub fn detections(
    answers: &Answers,
    sizes: &[[i64; 2]],
    thresholds: &Thresholds,
) -> Result<Vec<Found>> {
    let (pictures, classes) = (answers.logits.size()[0], answers.logits.size()[2]);
    if sizes.len() as i64 != pictures {
        return Err(Error::argument(
            "sizes",
            format!("one for each of {pictures} pictures"),
            sizes.len(),
        ));
    }
    let all = [
        Some(&answers.logits),
        Some(&answers.codes),
        answers.centreness.as_ref(),
    ];
    for of in all.into_iter().flatten() {
        if !bool::try_from(of.isfinite().all())? {
            let found = "infinite ones, or none: has the net diverged?";
            return Err(Error::argument("answers", "finite numbers", found));
        }
    }
    let lengths: Vec<i64> = answers
        .anchors
        .iter()
        .map(|level| level.size()[0])
        .collect();
    let one = |picture: usize| {
        let picture_of = |all: &Tensor| all.i(picture as i64).split_with_sizes(&lengths, 0);
        let (logits, codes) = (picture_of(&answers.logits), picture_of(&answers.codes));
        let centreness = answers.centreness.as_ref().map(picture_of);
        let (mut boxes, mut scores, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for (level, anchors) in answers.anchors.iter().enumerate() {
            let sure = logits[level].sigmoid();
            let sure = match &centreness {
                Some(central) => (sure * central[level].sigmoid().unsqueeze(-1)).sqrt(),
                None => sure,
            };
            let sure = sure.flatten(0, -1);
            let above = sure.gt(thresholds.score).nonzero().squeeze_dim(1);
            let count = above.size()[0].min(thresholds.per_level);
            let (best, order) = sure.index_select(0, &above).topk(count, 0, true, true);
            let above = above.index_select(0, &order);
            let places = above
                .divide_scalar_mode(classes, "floor")
                .to_kind(Kind::Int64);
            let references = anchors.index_select(0, &places);
            let said = answers
                .kind
                .decode(&references, &codes[level].index_select(0, &places));
            boxes.push(clip_boxes(&said, sizes[picture]));
            scores.push(best);
            labels.push(above.remainder(classes));
        }
        let [boxes, scores, labels] = [boxes, scores, labels].map(|of| Tensor::cat(&of, 0));
        let kept = batched_nms(&boxes, &scores, &labels, thresholds.overlap)?;
        let kept = kept.narrow(0, 0, kept.size()[0].min(thresholds.per_picture));
        let [boxes, scores, classes] = [boxes, scores, labels].map(|of| of.index_select(0, &kept));
        Ok(Found {
            boxes,
            classes,
            scores,
        })
    };
    tch::no_grad(|| (0..sizes.len()).map(one).collect())
}
