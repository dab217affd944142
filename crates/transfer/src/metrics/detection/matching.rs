//! Which detection is of which object: the rules of COCO and of VOC.

use std::ops::RangeInclusive;

use super::boxes::falling;
use super::eval::Picture;
use super::{Detection, TrueBox};

/// What a detection turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is of an object that no surer detection is of.
    Right,
    /// It is of no object, or of one that was found already.
    Wrong,
    /// It is of something that nobody asked for, and counts neither way.
    Ignored,
}

/// A detection that was judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Judged {
    pub(super) score: f64,
    pub(super) outcome: Outcome,
}

/// One class in one picture.
pub(super) struct Encounter<'a> {
    truths: Vec<&'a TrueBox>,
    /// Surest first; of equal scores in the order in which they were added.
    found: Vec<&'a Detection>,
    /// For each detection, how much it overlaps each true box.
    overlaps: Vec<Vec<f64>>,
}

impl<'a> Encounter<'a> {
    /// One class in all pictures that have anything of it, at most `limit` detections in each.
    pub(super) fn all(
        pictures: &'a [Picture],
        class: usize,
        limit: usize,
        overlap: fn(&TrueBox, &Detection) -> f64,
    ) -> Vec<Self> {
        let of_picture = |picture: &'a Picture| {
            let truths: Vec<&TrueBox> = picture
                .truths
                .iter()
                .filter(|truth| truth.class == class)
                .collect();
            let mut found: Vec<&Detection> = picture
                .found
                .iter()
                .filter(|found| found.class == class)
                .collect();
            found.sort_by(|one, other| falling(one.score, other.score));
            found.truncate(limit);
            let row = |found: &&Detection| -> Vec<f64> {
                truths.iter().map(|truth| overlap(truth, found)).collect()
            };
            Self {
                overlaps: found.iter().map(row).collect(),
                truths,
                found,
            }
        };
        pictures
            .iter()
            .map(of_picture)
            .filter(|encounter| !encounter.truths.is_empty() || !encounter.found.is_empty())
            .collect()
    }

    /// How many true boxes there are, asked for or not.
    pub(super) fn num_truths(&self) -> usize {
        self.truths.len()
    }

    /// How many objects COCO asks for among those whose area is in a range.
    pub(super) fn asked_by_coco(&self, areas: &RangeInclusive<f64>) -> usize {
        let asked = self
            .truths
            .iter()
            .filter(|truth| !ignored_by_coco(truth, areas));
        asked.count()
    }

    /// How many objects VOC asks for.
    pub(super) fn asked_by_voc(&self) -> usize {
        let asked = self.truths.iter().filter(|truth| !ignored_by_voc(truth));
        asked.count()
    }

    /// COCO's rule, to the letter of `COCOeval.evaluateImg` (pycocotools). From the surest on, each detection takes
    /// the object that it overlaps most of those that are left (the last of equals), if by the threshold or more.
    /// An object that is asked for goes before one that is not, however much less it is overlapped; a crowd is
    /// never used up. A detection that takes nothing is wrong, unless its own area is outside of the range.
    pub(super) fn by_coco(&self, iou_threshold: f64, areas: &RangeInclusive<f64>) -> Vec<Judged> {
        let ignored: Vec<bool> = self
            .truths
            .iter()
            .map(|truth| ignored_by_coco(truth, areas))
            .collect();
        let mut order: Vec<usize> = (0..self.truths.len()).collect();
        order.sort_by_key(|&truth| ignored[truth]);
        let mut taken = vec![false; self.truths.len()];
        let judge = |(found, overlaps): (&&Detection, &Vec<f64>)| {
            let mut best: Option<usize> = None;
            // So that a perfect overlap reaches a threshold of 1 in spite of rounding.
            let mut least = iou_threshold.min(1.0 - 1e-10);
            for &truth in &order {
                if taken[truth] && !self.truths[truth].crowd {
                    continue;
                }
                // Only those follow that are not asked for.
                if ignored[truth] && best.is_some_and(|best| !ignored[best]) {
                    break;
                }
                if overlaps[truth] >= least {
                    least = overlaps[truth];
                    best = Some(truth);
                }
            }
            if let Some(truth) = best {
                taken[truth] = true;
            }
            let outcome = match best {
                Some(truth) if !ignored[truth] => Outcome::Right,
                None if areas.contains(&found.area()) => Outcome::Wrong,
                _ => Outcome::Ignored,
            };
            Judged {
                score: found.score,
                outcome,
            }
        };
        self.found.iter().zip(&self.overlaps).map(judge).collect()
    }

    /// VOC's rule, that of the development kit. From the surest on, each detection is of the object that it overlaps
    /// most (the first of equals), taken or not, if by the threshold or more; the second one of an object is wrong.
    pub(super) fn by_voc(&self, iou_threshold: f64) -> Vec<Judged> {
        let mut taken = vec![false; self.truths.len()];
        let judge = |(found, overlaps): (&&Detection, &Vec<f64>)| {
            let best = first_highest(overlaps.iter().copied().enumerate());
            let outcome = match best {
                Some((truth, overlap)) if overlap >= iou_threshold => {
                    if ignored_by_voc(self.truths[truth]) {
                        Outcome::Ignored
                    } else if std::mem::replace(&mut taken[truth], true) {
                        Outcome::Wrong
                    } else {
                        Outcome::Right
                    }
                }
                _ => Outcome::Wrong,
            };
            Judged {
                score: found.score,
                outcome,
            }
        };
        self.found.iter().zip(&self.overlaps).map(judge).collect()
    }
}

pub(super) fn ignored_by_coco(truth: &TrueBox, areas: &RangeInclusive<f64>) -> bool {
    truth.crowd || !areas.contains(&truth.object_area())
}

/// VOC has no crowds; they are no more asked for than what is difficult.
pub(super) fn ignored_by_voc(truth: &TrueBox) -> bool {
    truth.crowd || truth.difficult
}

/// The highest of some values, and its number; the first of equals.
pub(super) fn first_highest(values: impl Iterator<Item = (usize, f64)>) -> Option<(usize, f64)> {
    values.reduce(|best, next| if next.1 > best.1 { next } else { best })
}
