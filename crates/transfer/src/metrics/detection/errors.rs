//! What a detector does wrong.

use super::boxes::falling;
use super::eval::Picture;
use super::matching::{first_highest, ignored_by_voc};
use super::{Detection, TrueBox};

/// From this intersection over union on, a box is in the right place.
const RIGHT: f64 = 0.5;
/// From this one on, it is near an object.
const NEAR: f64 = 0.1;

/// What a detector did with the detections from a score on: the kinds of error of TIDE.
///
/// First, detections that are right are found: from the surest on, each takes the object of its class that it overlaps
/// most of those that are left (the first of equals), if by 0.5 or more. Of those that take nothing, one is ignored if
/// more than half of it lies in a [`crowd`](TrueBox::crowd) of its class, or if it overlaps a
/// [`difficult`](TrueBox::difficult) box of its class by more than 0.5. The others are of the first of these kinds that
/// fits, where taken objects count, too:
///
/// 1. badly placed: the object of its class that it overlaps most, it overlaps by 0.1 or more but less than 0.5;
/// 2. confused: it overlaps an object of another class by 0.5 or more;
/// 3. doubled: it overlaps an object of its class by 0.5 or more, which a surer detection has taken;
/// 4. background: it overlaps no object by more than 0.1;
/// 5. confused and badly placed: all others.
///
/// An object that no detection took is nearly found if it is the object that a badly placed or a confused detection
/// overlaps most, and missed otherwise.
///
/// Of equal scores those go first that were added first. Two differences from TIDE's program: it calls an overlap of
/// exactly 0.5 with a taken object badly placed, not doubled; and it looks at no more than 100 detections in a picture.
///
/// Source: Bolya, Foley, Hays and Hoffman, "TIDE: A General Toolbox for Identifying Object Detection Errors", ECCV 2020.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectionErrors {
    /// Detections with lower scores were left out.
    pub score_threshold: f64,
    /// All classes together.
    pub total: ErrorCounts,
    /// Names and counts, in the order of the classes. A detection counts for the class that it is said to be, an
    /// object for the class that it is.
    pub classes: Vec<(String, ErrorCounts)>,
}

/// How many detections are of each kind, and what became of the objects.
///
/// The detections from `right` to `below_threshold` add up to all of them. `right`, `nearly_found` and `missed` add up
/// to all objects but crowds and difficult ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErrorCounts {
    /// Detections of the right class in the right place.
    pub right: usize,
    /// In the right place, of the wrong class.
    pub confused: usize,
    /// Of the right class, near an object.
    pub badly_placed: usize,
    /// Of the wrong class, near an object.
    pub confused_and_badly_placed: usize,
    /// Of an object that a surer detection has found already.
    pub doubled: usize,
    /// Where there is nothing.
    pub background: usize,
    /// Of a crowd or of something difficult; neither right nor wrong.
    pub ignored: usize,
    /// Not looked at, because their score is below the threshold.
    pub below_threshold: usize,
    /// Objects that would have been found if a detection were of another class or in a better place.
    pub nearly_found: usize,
    /// Objects that nothing points to.
    pub missed: usize,
}

impl DetectionErrors {
    pub(super) fn of(classes: &[String], pictures: &[Picture], score_threshold: f64) -> Self {
        let mut counts = vec![ErrorCounts::default(); classes.len()];
        for picture in pictures {
            count(picture, score_threshold, &mut counts);
        }
        Self {
            score_threshold,
            total: counts
                .iter()
                .fold(ErrorCounts::default(), ErrorCounts::plus),
            classes: classes.iter().cloned().zip(counts).collect(),
        }
    }
}

impl ErrorCounts {
    fn plus(self, other: &Self) -> Self {
        Self {
            right: self.right + other.right,
            confused: self.confused + other.confused,
            badly_placed: self.badly_placed + other.badly_placed,
            confused_and_badly_placed: self.confused_and_badly_placed
                + other.confused_and_badly_placed,
            doubled: self.doubled + other.doubled,
            background: self.background + other.background,
            ignored: self.ignored + other.ignored,
            below_threshold: self.below_threshold + other.below_threshold,
            nearly_found: self.nearly_found + other.nearly_found,
            missed: self.missed + other.missed,
        }
    }
}

/// What became of an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Missed,
    NearlyFound,
    Taken,
}

/// Adds one picture to the counts of the classes.
fn count(picture: &Picture, score_threshold: f64, counts: &mut [ErrorCounts]) {
    let (ignored, objects): (Vec<&TrueBox>, Vec<&TrueBox>) = picture
        .truths
        .iter()
        .partition(|truth| ignored_by_voc(truth));
    let (mut found, below): (Vec<&Detection>, Vec<&Detection>) = picture
        .found
        .iter()
        .partition(|found| found.score >= score_threshold);
    for below in below {
        counts[below.class].below_threshold += 1;
    }
    found.sort_by(|one, other| falling(one.score, other.score));

    // The object that is overlapped most of those that may be, and by how much.
    let nearest = |found: &Detection, may: &dyn Fn(usize) -> bool| {
        let of_some = (0..objects.len()).filter(|&object| may(object));
        first_highest(of_some.map(|object| (object, objects[object].iou(found))))
    };
    let mut fates = vec![Fate::Missed; objects.len()];
    found.retain(|found| {
        let free =
            |object: usize| fates[object] != Fate::Taken && objects[object].class == found.class;
        match nearest(found, &free) {
            Some((object, overlap)) if overlap >= RIGHT => {
                fates[object] = Fate::Taken;
                counts[found.class].right += 1;
                false
            }
            _ => true,
        }
    });
    for found in found {
        let counts = &mut counts[found.class];
        let covers =
            |truth: &&TrueBox| truth.class == found.class && truth.coco_overlap(found) > RIGHT;
        if ignored.iter().any(covers) {
            counts.ignored += 1;
            continue;
        }
        let own = nearest(found, &|object| objects[object].class == found.class);
        let other = nearest(found, &|object| objects[object].class != found.class);
        let by = |nearest: Option<(usize, f64)>| nearest.map_or(0.0, |(_, overlap)| overlap);
        let hint = if (NEAR..RIGHT).contains(&by(own)) {
            counts.badly_placed += 1;
            own
        } else if by(other) >= RIGHT {
            counts.confused += 1;
            other
        } else if by(own) >= RIGHT {
            counts.doubled += 1;
            None
        } else if by(own).max(by(other)) <= NEAR {
            counts.background += 1;
            None
        } else {
            counts.confused_and_badly_placed += 1;
            None
        };
        if let Some((object, _)) = hint
            && fates[object] == Fate::Missed
        {
            fates[object] = Fate::NearlyFound;
        }
    }
    for (object, fate) in objects.iter().zip(fates) {
        match fate {
            Fate::Missed => counts[object.class].missed += 1,
            Fate::NearlyFound => counts[object.class].nearly_found += 1,
            Fate::Taken => {}
        }
    }
}
