//! Precision against recall, and what is read off that curve.

use super::boxes::falling;
use super::matching::{Judged, Outcome};
use super::mean_of_known;

/// How precision falls while recall rises, the less sure the detections are that one believes: one class, in all
/// pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct PrecisionRecall {
    /// One for each detection that counts (those of crowds do not), from the highest score to the lowest. Of equal
    /// scores each has its own point, in the order in which they were added.
    pub points: Vec<PrecisionRecallPoint>,
    /// How many objects there are to find.
    pub objects: usize,
}

/// One detection and all that are surer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrecisionRecallPoint {
    /// The score of this detection.
    pub score: f64,
    /// Of these detections, the share that is right, in [0, 1].
    pub precision: f64,
    /// Of the objects, the share that was found, in [0, 1]; NaN where there are none.
    pub recall: f64,
}

impl PrecisionRecall {
    /// The curve of detections of all pictures, in their order, and of the number of objects that were asked for.
    pub(super) fn new(judged: impl IntoIterator<Item = Judged>, objects: usize) -> Self {
        let mut judged: Vec<Judged> = judged
            .into_iter()
            .filter(|judged| judged.outcome != Outcome::Ignored)
            .collect();
        judged.sort_by(|one, other| falling(one.score, other.score));
        let mut right = 0usize;
        let point = |(before, judged): (usize, &Judged)| {
            right += usize::from(judged.outcome == Outcome::Right);
            PrecisionRecallPoint {
                score: judged.score,
                precision: right as f64 / (before + 1) as f64,
                recall: right as f64 / objects as f64,
            }
        };
        Self {
            points: judged.iter().enumerate().map(point).collect(),
            objects,
        }
    }

    /// The mean of the precisions at these recalls, which rise: at each the highest precision of any point with
    /// that recall or more, 0 where there is no such point. NaN where there are no objects.
    pub(super) fn sampled(&self, recalls: impl IntoIterator<Item = f64>) -> f64 {
        if self.objects == 0 {
            return f64::NAN;
        }
        let best = self.best_from_each();
        let mut place = 0;
        mean_of_known(recalls.into_iter().map(|recall| {
            while self
                .points
                .get(place)
                .is_some_and(|point| point.recall < recall)
            {
                place += 1;
            }
            best.get(place).copied().unwrap_or(0.0)
        }))
    }

    /// The area under the curve, where the precision at each recall is the highest of any point with that recall
    /// or more. NaN where there are no objects.
    pub(super) fn area(&self) -> f64 {
        if self.objects == 0 {
            return f64::NAN;
        }
        let (mut area, mut reached) = (0.0, 0.0);
        for (point, best) in self.points.iter().zip(self.best_from_each()) {
            area += (point.recall - reached) * best;
            reached = point.recall;
        }
        area
    }

    /// For each point the highest precision of it and all that follow.
    fn best_from_each(&self) -> Vec<f64> {
        let mut best: Vec<f64> = self.points.iter().map(|point| point.precision).collect();
        for place in (1..best.len()).rev() {
            best[place - 1] = best[place - 1].max(best[place]);
        }
        best
    }
}
