//! The lines of a YOLO text.

use super::super::bad::Note;
use super::super::draft::Found;
use super::super::{BoxFlaw, BoxLabel};

/// A share of a side above this is no share: most likely it is a number of pixels.
const MOST: f64 = 2.0;

/// Each line that is not blank.
pub(super) fn read(text: &str, classes: &[String]) -> Vec<Found> {
    let lines = (1..).zip(text.lines());
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    let found = lines.map(|(number, line)| Found {
        line: Some(number),
        what: String::new(),
        label: label(line, classes),
    });
    found.collect()
}

/// A box, and its bounds as shares of the picture's sides.
fn label(line: &str, classes: &[String]) -> Result<(BoxLabel, [f64; 4]), Note> {
    let unreadable = |reason: String| (BoxFlaw::Unreadable, reason);
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [class, numbers @ ..] = &fields[..] else {
        return Err(unreadable("expected five numbers, found none".into()));
    };
    let Ok(numbers) = <[&str; 4]>::try_from(numbers) else {
        let reason = format!(
            "expected five numbers (class, middle x, middle y, width, height), found {} fields",
            fields.len()
        );
        return Err(unreadable(reason));
    };
    let class: usize = class
        .parse()
        .map_err(|_| unreadable(format!("expected a class's number, found {class:?}")))?;
    let mut shares = [0.0_f64; 4];
    for (share, text) in shares.iter_mut().zip(numbers) {
        *share = text
            .parse()
            .map_err(|_| unreadable(format!("expected a number, found {text:?}")))?;
    }
    if class >= classes.len() {
        let count = classes.len();
        let reason =
            format!("expected a class below {count}, of which there are names, found {class}");
        return Err((BoxFlaw::UnknownClass, reason));
    }
    if shares
        .iter()
        .any(|share| share.is_finite() && share.abs() > MOST)
    {
        let reason = format!(
            "expected shares of the picture's width and height, from 0 to 1, found {}: are these pixels?",
            numbers.join(" ")
        );
        return Err((BoxFlaw::Outside, reason));
    }
    let [x, y, width, height] = shares;
    let bounds = [
        x - width / 2.0,
        y - height / 2.0,
        x + width / 2.0,
        y + height / 2.0,
    ];
    Ok((BoxLabel::new([0.0; 4], class), bounds))
}
