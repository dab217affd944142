//! COCO's figures.

use std::ops::RangeInclusive;

use super::eval::Picture;
use super::matching::{Encounter, Judged, Outcome, ignored_by_coco};
use super::{PrecisionRecall, TrueBox, mean_of_known};

/// COCO counts at most so many detections of a class in a picture.
const MOST_DETECTIONS: usize = 100;
/// The limits for which recall is given.
const LIMITS: [usize; 3] = [1, 10, MOST_DETECTIONS];
/// 0.5, 0.55, …, 0.95; the numbers below are positions in it.
const THRESHOLDS: usize = 10;
const AT_50: usize = 0;
const AT_75: usize = 5;

/// Objects of all sizes.
const ALL_AREAS: RangeInclusive<f64> = 0.0..=1e10;
/// All, small, medium, large; both ends belong to each.
const AREAS: [RangeInclusive<f64>; 4] = [ALL_AREAS, 0.0..=1024.0, 1024.0..=9216.0, 9216.0..=1e10];

/// The twelve figures of the COCO challenge, all in [0, 1], and NaN where there is no object to judge by (pycocotools
/// says -1).
///
/// Average precision (AP) is the mean of the precisions at recalls of 0, 0.01, …, 1, then of all classes that have
/// objects, then of the thresholds of intersection over union. Average recall (AR) is the mean of the highest recalls
/// at 0.50, 0.55, …, 0.95 over classes and thresholds.
///
/// The figures are those of pycocotools 2.0.11, `COCOeval` with `iouType='bbox'`. At most 100 detections of each class
/// in each picture are looked at. A [`crowd`](TrueBox::crowd) need not be found, nor an object outside of the range of
/// areas, and detections of them count neither way: those that lie in a crowd by a share of the threshold or more.
/// COCO has nothing [`difficult`](TrueBox::difficult): such boxes are ordinary ones here.
///
/// Source: Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014, and
/// <https://cocodataset.org/#detection-eval>.
#[derive(Debug, Clone, PartialEq)]
pub struct CocoSummary {
    /// COCO's first figure: average precision, the mean of ten thresholds from 0.50 to 0.95.
    pub ap: f64,
    /// Average precision where an intersection over union of 0.50 is enough.
    pub ap50: f64,
    /// The same with 0.75.
    pub ap75: f64,
    /// Average precision for objects of up to 32² pixels.
    pub ap_small: f64,
    /// For objects from 32² to 96² pixels.
    pub ap_medium: f64,
    /// For objects from 96² pixels on.
    pub ap_large: f64,
    /// Average recall, of each class only the surest detection in each picture.
    pub ar_1: f64,
    /// The same of the surest ten.
    pub ar_10: f64,
    /// The same of the surest hundred.
    pub ar_100: f64,
    /// Average recall of the surest hundred for objects of up to 32² pixels.
    pub ar_small: f64,
    /// For objects from 32² to 96² pixels.
    pub ar_medium: f64,
    /// For objects from 96² pixels on.
    pub ar_large: f64,
    /// Class by class, in the order of the classes.
    pub classes: Vec<CocoClass>,
}

/// One class in COCO's figures.
#[derive(Debug, Clone, PartialEq)]
pub struct CocoClass {
    /// Its name.
    pub name: String,
    /// Average precision, the mean of the thresholds from 0.50 to 0.95; NaN without objects.
    pub ap: f64,
    /// Average precision with 0.50; NaN without objects.
    pub ap50: f64,
    /// How many objects there are to find.
    pub objects: usize,
    /// How many true boxes need not be found: crowds, and objects of more than 10¹⁰ pixels.
    pub ignored: usize,
    /// How many detections there are.
    pub detections: usize,
    /// How many of those were not looked at, because a picture has a hundred of this class that are surer.
    pub beyond_limit: usize,
}

/// One class at one threshold, objects of one range of areas.
struct Figures {
    ap: f64,
    /// For each of the limits.
    recalls: [f64; 3],
}

impl CocoSummary {
    pub(super) fn of(classes: &[String], pictures: &[Picture]) -> Self {
        // For each class and range of areas, all thresholds.
        let table: Vec<[Vec<Figures>; 4]> = (0..classes.len())
            .map(|class| {
                let encounters = encounters(pictures, class);
                AREAS.map(|areas| {
                    let figures = |threshold| Figures::of(&encounters, threshold, &areas);
                    (0..THRESHOLDS).map(iou_threshold).map(figures).collect()
                })
            })
            .collect();
        let mean = |areas: usize, of: &dyn Fn(&Figures) -> f64| {
            mean_of_known(table.iter().flat_map(|class| class[areas].iter().map(of)))
        };
        let ap = |areas| mean(areas, &|figures| figures.ap);
        let ap_at =
            |threshold: usize| mean_of_known(table.iter().map(|class| class[0][threshold].ap));
        let ar = |areas, limit: usize| mean(areas, &|figures| figures.recalls[limit]);
        Self {
            ap: ap(0),
            ap50: ap_at(AT_50),
            ap75: ap_at(AT_75),
            ap_small: ap(1),
            ap_medium: ap(2),
            ap_large: ap(3),
            ar_1: ar(0, 0),
            ar_10: ar(0, 1),
            ar_100: ar(0, 2),
            ar_small: ar(1, 2),
            ar_medium: ar(2, 2),
            ar_large: ar(3, 2),
            classes: classes
                .iter()
                .zip(&table)
                .enumerate()
                .map(|(class, (name, table))| CocoClass::of(class, name, &table[0], pictures))
                .collect(),
        }
    }
}

impl CocoClass {
    fn of(class: usize, name: &str, figures: &[Figures], pictures: &[Picture]) -> Self {
        let truths = pictures
            .iter()
            .flat_map(|picture| &picture.truths)
            .filter(|truth| truth.class == class);
        let (ignored, objects): (Vec<&TrueBox>, Vec<&TrueBox>) =
            truths.partition(|truth| ignored_by_coco(truth, &ALL_AREAS));
        let found = |picture: &Picture| {
            let of_class = picture.found.iter().filter(|found| found.class == class);
            of_class.count()
        };
        Self {
            name: name.to_owned(),
            ap: mean_of_known(figures.iter().map(|figures| figures.ap)),
            ap50: figures[AT_50].ap,
            objects: objects.len(),
            ignored: ignored.len(),
            detections: pictures.iter().map(found).sum(),
            beyond_limit: pictures
                .iter()
                .map(|picture| found(picture).saturating_sub(MOST_DETECTIONS))
                .sum(),
        }
    }
}

impl Figures {
    fn of(encounters: &[Encounter], iou_threshold: f64, areas: &RangeInclusive<f64>) -> Self {
        let (judged, objects) = judge(encounters, iou_threshold, areas);
        // Who is surer is judged first: a limit changes nothing for those within it.
        let recalls = LIMITS.map(|limit| {
            let within = judged.iter().flat_map(|judged| judged.iter().take(limit));
            let right = within.filter(|judged| judged.outcome == Outcome::Right);
            right.count() as f64 / objects as f64
        });
        let curve = PrecisionRecall::new(judged.into_iter().flatten(), objects);
        Self {
            ap: curve.sampled((0..=100).map(|hundredth| f64::from(hundredth) * 0.01)),
            recalls,
        }
    }
}

/// The detections of each picture, and how many objects of all pictures are asked for.
fn judge(
    encounters: &[Encounter],
    iou_threshold: f64,
    areas: &RangeInclusive<f64>,
) -> (Vec<Vec<Judged>>, usize) {
    let judged = encounters
        .iter()
        .map(|encounter| encounter.by_coco(iou_threshold, areas));
    let asked = encounters
        .iter()
        .map(|encounter| encounter.asked_by_coco(areas));
    (judged.collect(), asked.sum())
}

/// The curve of one class, objects of all sizes.
pub(super) fn coco_curve(
    pictures: &[Picture],
    class: usize,
    iou_threshold: f64,
) -> PrecisionRecall {
    let (judged, objects) = judge(&encounters(pictures, class), iou_threshold, &ALL_AREAS);
    PrecisionRecall::new(judged.into_iter().flatten(), objects)
}

/// One class in all pictures.
fn encounters(pictures: &[Picture], class: usize) -> Vec<Encounter<'_>> {
    Encounter::all(pictures, class, MOST_DETECTIONS, TrueBox::coco_overlap)
}

/// The thresholds as numpy's `linspace(.5, .95, 10)` rounds them; one of them is a little below 0.9.
fn iou_threshold(number: usize) -> f64 {
    0.5 + number as f64 * ((0.95 - 0.5) / 9.0)
}
