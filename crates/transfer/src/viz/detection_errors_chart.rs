//! What a detector does wrong, as bars.

use plotters::style::text_anchor::HPos;

use super::pen::{self, rect, text};
use super::scale::{counted, short};
use super::{Figure, font, legend, theme};
use crate::Result;
use crate::metrics::{DetectionErrors, ErrorCounts};

type Kind = (&'static str, fn(&ErrorCounts) -> usize);

/// What became of the objects: adds up to all that are asked for.
const OBJECTS: [Kind; 3] = [
    ("found", |counts| counts.right),
    ("nearly found", |counts| counts.nearly_found),
    ("missed", |counts| counts.missed),
];
/// What the detections are: adds up to all that are believed and count.
const DETECTIONS: [Kind; 6] = [
    ("right", |counts| counts.right),
    ("badly placed", |counts| counts.badly_placed),
    ("wrong class", |counts| counts.confused),
    ("wrong class and badly placed", |counts| {
        counts.confused_and_badly_placed
    }),
    ("found twice", |counts| counts.doubled),
    ("background", |counts| counts.background),
];
const WIDTH: f64 = 680.0;
const LABEL: f64 = 13.0;
const BAR: f64 = 13.0;
const BETWEEN: f64 = 10.0;
/// What the line above the bars of one sort takes.
const HEADING: f64 = 30.0;

/// The kinds of [`DetectionErrors`] as bars, above what became of the objects, below what the detections are. Up to six
/// classes, each has its own bars, in the colours of [`box_grid`](super::box_grid()); of more classes, one bar for all.
/// Kinds are called what they mean: a `confused` detection has the wrong class, a `doubled` one is of an object that was
/// found twice. Below the bars stands how many detections are left out: those under the threshold of scores, and those
/// of crowds and difficult objects.
///
/// # Errors
///
/// The markup cannot be made, which it has no reason to.
///
/// ```
/// use transfer::metrics::{Detection, DetectionEval, TrueBox};
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let mut eval = DetectionEval::new(&["ant", "bee"].map(String::from));
/// let truth = [TrueBox::new([10.0, 10.0, 50.0, 50.0], 0), TrueBox::new([60.0, 60.0, 90.0, 80.0], 1)];
/// let found = [Detection::new([12.0, 10.0, 52.0, 50.0], 0, 0.9)];
/// eval.add(&truth, &found)?;
/// let chart = detection_errors_chart("Ants and bees", &eval.errors(0.5)?)?;
/// assert!(chart.alt().contains("2 objects: 1 found, 0 nearly found, 1 missed"));
/// # Ok(())
/// # }
/// ```
pub fn detection_errors_chart(title: &str, errors: &DetectionErrors) -> Result<Figure> {
    let own = (1..=theme::SERIES.len()).contains(&errors.classes.len());
    let series: Vec<&ErrorCounts> = if own {
        errors.classes.iter().map(|(_, counts)| counts).collect()
    } else {
        vec![&errors.total]
    };
    let names: Vec<String> = if own {
        errors
            .classes
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    } else {
        vec![format!("all {}", counted(errors.classes.len(), "class"))]
    };
    let key = legend::places(&names, WIDTH);
    let begin = 64.0 + key.last().map_or(0.0, |(_, (_, y))| *y);
    let row = series.len() as f64 * BAR + BETWEEN;
    let kinds = || OBJECTS.iter().chain(&DETECTIONS);
    let left = kinds()
        .map(|(name, _)| font::width(name, LABEL))
        .fold(0.0, f64::max)
        + 28.0;
    let counts = || kinds().flat_map(|(_, of)| series.iter().map(move |counts| of(counts)));
    let most = counts().max().unwrap_or(0).max(1);
    let room = WIDTH - left - 24.0 - font::width(&most.to_string(), LABEL);
    let groups = [
        group("object", &OBJECTS, &errors.total),
        group("detection", &DETECTIONS, &errors.total),
    ];
    let outside = left_out(errors);
    let alt = format!("{title}. {}; {}. {outside}", groups[0].1, groups[1].1);
    let height = begin + kinds().count() as f64 * row + 2.0 * HEADING + 32.0;
    Figure::fine((WIDTH, height), &alt, |area| {
        pen::title(area, title)?;
        legend::draw(area, &key, 46.0)?;
        let mut y = begin;
        for ((heading, _), kinds) in groups.iter().zip([&OBJECTS[..], &DETECTIONS[..]]) {
            text(area, heading, LABEL, HPos::Left, (12.0, y + 12.0))?;
            y += HEADING;
            for (name, of) in kinds {
                let middle = y + (row - BETWEEN) / 2.0;
                text(area, name, LABEL, HPos::Right, (left - 8.0, middle))?;
                for (index, counts) in series.iter().enumerate() {
                    let count = of(counts);
                    let top = y + index as f64 * BAR;
                    let end = left + room * count as f64 / most as f64;
                    if count > 0 {
                        for style in legend::styles(index) {
                            rect(area, (left, top + 0.5), (end, top + BAR - 0.5), style)?;
                        }
                    }
                    let at = (end + 5.0, top + BAR / 2.0);
                    text(area, &count.to_string(), 11.0, HPos::Left, at)?;
                }
                y += row;
            }
        }
        text(area, &outside, 12.0, HPos::Left, (12.0, y + 14.0))
    })
}

/// A heading, and it with the counts of all classes.
fn group(what: &str, kinds: &[Kind], total: &ErrorCounts) -> (String, String) {
    let all = kinds.iter().map(|(_, of)| of(total)).sum();
    let heading = counted(all, what);
    let counts: Vec<String> = kinds
        .iter()
        .map(|(name, of)| format!("{} {name}", of(total)))
        .collect();
    let words = format!("{heading}: {}", counts.join(", "));
    (heading, words)
}

fn left_out(errors: &DetectionErrors) -> String {
    let total = &errors.total;
    format!(
        "Left out: {} with scores below {}, {} of crowds or difficult objects",
        counted(total.below_threshold, "detection"),
        short(errors.score_threshold),
        total.ignored
    )
}
