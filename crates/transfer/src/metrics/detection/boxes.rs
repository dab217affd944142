//! Boxes as they are judged: what a picture shows, and what was found in it.

use std::cmp::Ordering;

/// An object that is in a picture, and the box around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrueBox {
    /// Left, top, right and bottom edge in pixels, continuous: a box from 10 to 20 is 10 wide.
    pub bounds: [f64; 4],
    /// Its class, a position in the list of classes.
    pub class: usize,
    /// How many pixels the object itself covers (COCO's `area`), by which COCO calls it small, medium or large;
    /// the area of the box where `None`.
    pub area: Option<f64>,
    /// Whether it is a group that was not taken apart (COCO's `iscrowd`). It need not be found, and any number of
    /// detections may lie in it.
    pub crowd: bool,
    /// Whether it is too hard to be asked for (VOC's `difficult`). It need not be found.
    pub difficult: bool,
}

impl TrueBox {
    /// An ordinary object: left, top, right, bottom in pixels, and a position in the list of classes. For others,
    /// `TrueBox { crowd: true, ..TrueBox::new(bounds, class) }`.
    #[must_use]
    pub const fn new(bounds: [f64; 4], class: usize) -> Self {
        Self {
            bounds,
            class,
            area: None,
            crowd: false,
            difficult: false,
        }
    }

    /// Intersection over union with a detection, in [0, 1].
    pub(super) fn iou(&self, found: &Detection) -> f64 {
        let shared = self.shared(found);
        share(shared, found.area() + area_of(self.bounds) - shared)
    }

    /// What COCO compares with its thresholds: intersection over union; of a crowd, the share of the detection that
    /// is in it.
    pub(super) fn coco_overlap(&self, found: &Detection) -> f64 {
        if self.crowd {
            share(self.shared(found), found.area())
        } else {
            self.iou(found)
        }
    }

    /// The area that says how large the object is.
    pub(super) fn object_area(&self) -> f64 {
        self.area.unwrap_or(area_of(self.bounds))
    }

    fn shared(&self, found: &Detection) -> f64 {
        let [left, top, right, bottom] = self.bounds;
        let [its_left, its_top, its_right, its_bottom] = found.bounds;
        let width = right.min(its_right) - left.max(its_left);
        let height = bottom.min(its_bottom) - top.max(its_top);
        width.max(0.0) * height.max(0.0)
    }
}

/// A box that a detector found, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Left, top, right and bottom edge in pixels, continuous.
    pub bounds: [f64; 4],
    /// What it is said to be, a position in the list of classes.
    pub class: usize,
    /// How sure the detector is; only the order counts.
    pub score: f64,
}

impl Detection {
    /// Left, top, right, bottom in pixels; a position in the list of classes; how sure.
    #[must_use]
    pub const fn new(bounds: [f64; 4], class: usize, score: f64) -> Self {
        Self {
            bounds,
            class,
            score,
        }
    }

    pub(super) fn area(&self) -> f64 {
        area_of(self.bounds)
    }
}

/// Width × height.
pub(super) fn area_of([left, top, right, bottom]: [f64; 4]) -> f64 {
    (right - left) * (bottom - top)
}

/// The order of scores from high to low; 0 and -0 are the same. To be used with a stable sort: what came first stays
/// first among equals.
pub(super) fn falling(one: f64, other: f64) -> Ordering {
    other.partial_cmp(&one).unwrap_or(Ordering::Equal)
}

/// 0 of boxes that only touch, also where both have no area.
fn share(part: f64, whole: f64) -> f64 {
    if part > 0.0 { part / whole } else { 0.0 }
}
