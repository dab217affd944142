//! A picture with boxes, before it has a place on a sheet.

use image::RgbImage;

use super::font;
use crate::data::BoxLabel;
use crate::metrics::Detection;
use crate::{Error, Result};

/// The letters of a box's label.
pub(super) const LETTERS: f64 = 10.5;
/// What the name in a label may be wide; what is longer ends in "…".
const WIDEST: f64 = 110.0;

/// One picture of a [`box_grid`](super::box_grid()), with the boxes that are in it, those that were found, or both.
#[derive(Debug, Clone)]
pub struct BoxTile {
    pub(super) picture: RgbImage,
    pub(super) caption: String,
    truth: Option<Vec<BoxLabel>>,
    found: Option<Vec<Detection>>,
}

/// A box as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outline {
    /// Left, top, right and bottom edge in pixels of the picture.
    pub(super) bounds: [f64; 4],
    pub(super) class: usize,
    /// What its label says.
    pub(super) says: String,
    pub(super) dashed: bool,
}

impl BoxTile {
    /// A picture with a caption; a line break in it begins a new line.
    pub fn new(picture: RgbImage, caption: impl Into<String>) -> Self {
        Self {
            picture,
            caption: caption.into(),
            truth: None,
            found: None,
        }
    }

    /// With the boxes that are in it, of which there may be none. `bounds` are pixels of the picture.
    #[must_use]
    pub fn truth(mut self, boxes: &[BoxLabel]) -> Self {
        self.truth = Some(boxes.to_vec());
        self
    }

    /// With the boxes that a detector found, of which there may be none. All are drawn: leave away those that nobody
    /// would believe.
    #[must_use]
    pub fn found(mut self, boxes: &[Detection]) -> Self {
        self.found = Some(boxes.to_vec());
        self
    }

    /// Whether the picture is drawn twice.
    pub(super) fn is_pair(&self) -> bool {
        self.truth.is_some() && self.found.is_some()
    }

    /// The caption with the numbers of boxes, in words.
    pub(super) fn words(&self) -> String {
        let caption = self.caption.replace('\n', ", ");
        let truth = self.truth.iter().map(|boxes| (boxes.len(), "true"));
        let found = self.found.iter().map(|boxes| (boxes.len(), "found"));
        let counts: Vec<String> = truth
            .chain(found)
            .map(|(count, kind)| format!("{count} {kind}"))
            .collect();
        match (caption.is_empty(), counts.is_empty()) {
            (_, true) => caption,
            (true, false) => format!("boxes: {}", counts.join(", ")),
            (false, false) => format!("{caption} (boxes: {})", counts.join(", ")),
        }
    }

    /// The true boxes and those that were found, where there are lists of them, each with the one that is drawn on top
    /// first: the smallest true one, the surest one that was found. `number` is the tile's, for messages.
    pub(super) fn sides(
        &self,
        number: usize,
        classes: &[String],
    ) -> Result<[Option<Vec<Outline>>; 2]> {
        let truth = |(index, truth): (usize, &BoxLabel)| {
            let place = format!("true box {index} of tile {number} (both counted from 0)");
            let bounds = checked(truth.bounds.map(f64::from), &place)?;
            Ok(Outline {
                bounds,
                class: truth.class,
                says: named(truth.class, classes, &place)?,
                dashed: truth.crowd || truth.difficult,
            })
        };
        let found = |(index, found): (usize, &Detection)| {
            let place = format!("detection {index} of tile {number} (both counted from 0)");
            if !found.score.is_finite() {
                let score = format!("{} in {place}", found.score);
                let expected = "a finite number";
                return Err(Error::argument("score of a detection", expected, score));
            }
            let name = named(found.class, classes, &place)?;
            Ok(Outline {
                bounds: checked(found.bounds, &place)?,
                class: found.class,
                says: format!("{name} {:.2}", found.score),
                dashed: false,
            })
        };
        let small = |outline: &BoxLabel| outline.width() * outline.height();
        let truths = self.truth.as_ref().map(|boxes| {
            let mut boxes: Vec<_> = boxes.iter().enumerate().collect();
            boxes.sort_by(|one, other| small(one.1).total_cmp(&small(other.1)));
            boxes.into_iter().map(truth).collect::<Result<Vec<_>>>()
        });
        let founds = self.found.as_ref().map(|boxes| {
            let mut boxes: Vec<_> = boxes.iter().enumerate().collect();
            boxes.sort_by(|one, other| other.1.score.total_cmp(&one.1.score));
            boxes.into_iter().map(found).collect::<Result<Vec<_>>>()
        });
        Ok([truths.transpose()?, founds.transpose()?])
    }
}

/// The name of a class as its labels have it.
fn named(class: usize, classes: &[String], place: &str) -> Result<String> {
    let name = classes.get(class).ok_or_else(|| {
        let expected = format!("below {}, the number of names of classes", classes.len());
        Error::argument("class of a box", expected, format!("{class} in {place}"))
    })?;
    Ok(font::fitted(name, LETTERS, WIDEST))
}

fn checked(bounds: [f64; 4], place: &str) -> Result<[f64; 4]> {
    let [left, top, right, bottom] = bounds;
    if bounds.iter().all(|edge| edge.is_finite()) && left <= right && top <= bottom {
        return Ok(bounds);
    }
    let expected = "left, top, right, bottom: finite, left <= right and top <= bottom";
    Err(Error::argument(
        "box",
        expected,
        format!("{bounds:?} in {place}"),
    ))
}
