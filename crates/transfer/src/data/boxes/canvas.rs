//! The picture that boxes were drawn on: whether they fit, and where they lie when it is shown.

use image::metadata::Orientation;

use super::bad::Note;
use super::measured::{Measured, turned};
use super::{BoxFlaw, BoxFrame};

/// How far, in pixels, a box may reach over an edge before this is reported: shares of a side with six decimals, or
/// pixels with two, are that much off by rounding alone. It is cut there all the same.
const ROUNDING: f64 = 0.1;

/// The size that a file says its picture has.
#[derive(Debug, Clone)]
pub(super) struct Stated {
    /// The line on which it says so.
    pub(super) line: Option<usize>,
    /// As it is written.
    pub(super) text: String,
    /// `None`: it is no size.
    pub(super) size: Option<[u32; 2]>,
}

/// What boxes were drawn on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas {
    size: [u32; 2],
    /// What makes the picture that is shown of it.
    turn: Orientation,
}

impl Canvas {
    /// The stored pixels of a picture or the picture as it is shown; and what is wrong with the size that the file says
    /// or with not knowing which of the two it is.
    pub(super) fn of(
        picture: &Measured,
        stated: Option<&Stated>,
        asked: Option<BoxFrame>,
    ) -> (Self, Option<Note>) {
        let (stored, upright) = (picture.stored, picture.upright());
        let size = stated.and_then(|stated| stated.size);
        let is_turned = picture.orientation != Orientation::NoTransforms;
        let known = match asked {
            _ if !is_turned => Some(BoxFrame::Stored),
            Some(frame) => Some(frame),
            None if stored == upright => None,
            None if size == Some(upright) => Some(BoxFrame::Upright),
            None if size == Some(stored) => Some(BoxFrame::Stored),
            None => None,
        };
        let this = match known {
            Some(BoxFrame::Upright) => Self {
                size: upright,
                turn: Orientation::NoTransforms,
            },
            _ => Self {
                size: stored,
                turn: picture.orientation,
            },
        };
        let [width, height] = this.size;
        let other = stated.filter(|stated| stated.size != Some(this.size));
        let note = match other {
            Some(Stated { text, .. }) => Some((
                BoxFlaw::OtherSize,
                format!("expected the picture's size, {width} x {height}, found {text}"),
            )),
            None if known.is_none() => Some((
                BoxFlaw::Turned,
                format!(
                    "the picture's EXIF data turn it (orientation {}), and nothing says whether its boxes were drawn \
                     before or after that; they were taken as drawn on the stored {width} x {height} pixels. Say which: \
                     BoxOptions::frame",
                    picture.orientation.to_exif()
                ),
            )),
            None => None,
        };
        (this, note)
    }

    /// Bounds in pixels from shares of the sides.
    pub(super) fn scaled(&self, [left, top, right, bottom]: [f64; 4]) -> [f64; 4] {
        let [width, height] = self.size.map(f64::from);
        [left * width, top * height, right * width, bottom * height]
    }

    /// The bounds of a box on the picture as it is shown, and what was cut off; or why it cannot be used.
    pub(super) fn fit(&self, bounds: [f64; 4]) -> Result<([f32; 4], Option<Note>), Note> {
        let [left, top, right, bottom] = bounds;
        let [width, height] = self.size.map(f64::from);
        let found = text(bounds);
        if bounds.iter().any(|number| !number.is_finite()) {
            let reason = format!("expected four finite numbers, found {found}");
            return Err((BoxFlaw::NotFinite, reason));
        }
        if right < left || bottom < top {
            let reason = format!(
                "expected left < right and top < bottom, found [left, top, right, bottom] = {found}"
            );
            return Err((BoxFlaw::Inverted, reason));
        }
        let empty = || {
            let reason = format!(
                "expected a width and a height above 0, found {} x {} at {found}",
                number(right - left),
                number(bottom - top)
            );
            (BoxFlaw::Empty, reason)
        };
        if right == left || bottom == top {
            return Err(empty());
        }
        let expected = format!("expected a box in the picture of {width} x {height} pixels, found");
        if right <= 0.0 || bottom <= 0.0 || left >= width || top >= height {
            let reason = format!("{expected} {found}, which is wholly beside it");
            return Err((BoxFlaw::Outside, reason));
        }
        let cut = [
            left.max(0.0),
            top.max(0.0),
            right.min(width),
            bottom.min(height),
        ];
        let shown = turned(cut, self.size, self.turn).map(|number| number as f32);
        // What is thinner than the numbers can tell.
        if shown[2] <= shown[0] || shown[3] <= shown[1] {
            return Err(empty());
        }
        let lost = bounds
            .iter()
            .zip(&cut)
            .map(|(one, other)| (one - other).abs());
        let note = lost.fold(0.0, f64::max) > ROUNDING;
        let note = note.then(|| {
            let reason = format!("{expected} {found}; cut to {}", text(cut));
            (BoxFlaw::Clipped, reason)
        });
        Ok((shown, note))
    }
}

fn text(bounds: [f64; 4]) -> String {
    format!("[{}]", bounds.map(number).join(", "))
}

/// To a hundredth of a pixel.
fn number(number: f64) -> String {
    match number.abs() < 1e7 {
        true => format!("{}", (number * 100.0).round() / 100.0),
        false => format!("{number:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(exif: u8) -> Measured {
        Measured {
            stored: [20, 10],
            orientation: Orientation::from_exif(exif).unwrap(),
        }
    }

    fn stated(size: [u32; 2]) -> Stated {
        Stated {
            line: None,
            text: format!("{size:?}"),
            size: Some(size),
        }
    }

    #[test]
    fn rounding_is_no_flaw_and_a_tenth_of_a_pixel_is() {
        let (canvas, note) = Canvas::of(&picture(1), None, None);
        assert!(note.is_none());
        let whole = [0.0, 0.0, 20.0, 10.0];
        assert_eq!(canvas.fit([-0.09, 0.0, 20.05, 10.0]), Ok((whole, None)));
        let (bounds, note) = canvas.fit([0.0, 0.0, 20.2, 10.0]).unwrap();
        assert_eq!((bounds, note.unwrap().0), (whole, BoxFlaw::Clipped));
        assert_eq!(
            canvas.fit([-2.0, 0.0, 0.0, 3.0]).unwrap_err().0,
            BoxFlaw::Outside
        );
        assert_eq!(
            canvas.fit([19.0, 1.0, 19.0 + 1e-9, 2.0]).unwrap_err().0,
            BoxFlaw::Empty
        );
        assert_eq!(
            canvas.fit([0.0, f64::NAN, 1.0, 1.0]).unwrap_err().0,
            BoxFlaw::NotFinite
        );
        let far = canvas.fit([0.0, 0.0, 1e300, 10.0]).unwrap();
        assert_eq!(far.0, whole);
        assert!(far.1.unwrap().1.contains("1e300"));
    }

    #[test]
    fn the_stated_size_tells_which_picture_was_drawn_on() {
        let bounds = [1.0, 2.0, 5.0, 4.0];
        // Turned right by 90 degrees it is 10 x 20.
        let right = [6.0, 1.0, 8.0, 5.0];
        let as_shown = Ok((bounds.map(|number| number as f32), None));
        let (canvas, note) = Canvas::of(&picture(6), Some(&stated([10, 20])), None);
        assert_eq!((canvas.fit(bounds), note), (as_shown.clone(), None));
        let (canvas, note) = Canvas::of(&picture(6), Some(&stated([20, 10])), None);
        assert_eq!((canvas.fit(bounds), note), (Ok((right, None)), None));
        let (canvas, note) = Canvas::of(&picture(6), None, None);
        assert_eq!(canvas.fit(bounds), Ok((right, None)));
        assert_eq!(note.unwrap().0, BoxFlaw::Turned);
        let (canvas, note) = Canvas::of(&picture(6), None, Some(BoxFrame::Upright));
        assert_eq!((canvas.fit(bounds), note), (as_shown, None));
        // Upside down has the same size: nothing can be told from it.
        let (_, note) = Canvas::of(&picture(3), Some(&stated([20, 10])), None);
        assert_eq!(note.unwrap().0, BoxFlaw::Turned);
        let (_, note) = Canvas::of(&picture(1), Some(&stated([10, 20])), None);
        assert_eq!(note.unwrap().0, BoxFlaw::OtherSize);
    }
}
