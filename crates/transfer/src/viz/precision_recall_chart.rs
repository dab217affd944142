//! Precision against recall, class by class.

use plotters::style::text_anchor::HPos;

use super::pen::{self, text};
use super::scale::short;
use super::{Curve, Figure, Panel};
use crate::Result;
use crate::metrics::{DetectionEval, PrecisionRecall};

/// How precision falls while recall rises: a line per class, named with the class's average precision at this overlap,
/// in [0, 1]; at 0.5 that is [`CocoClass::ap50`](crate::metrics::CocoClass::ap50).
///
/// Drawn is what average precision is read off: at each recall the highest precision of any point with that recall or
/// more. A line ends at the highest recall that the detector reaches with all that it found. A class without objects
/// has no line and no average precision.
///
/// # Errors
///
/// `iou_threshold` is not above 0 and at most 1.
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
/// let chart = precision_recall_chart("Ants and bees", &eval, 0.5)?;
/// assert!(chart.alt().contains("mean average precision 0.50"));
/// # Ok(())
/// # }
/// ```
pub fn precision_recall_chart(
    title: &str,
    eval: &DetectionEval,
    iou_threshold: f64,
) -> Result<Figure> {
    let (mut lines, mut known) = (Vec::new(), Vec::new());
    for (class, name) in eval.classes().iter().enumerate() {
        let (points, ap) = stairs(&eval.precision_recall(class, iou_threshold)?);
        known.extend(ap);
        let name = ap.map_or_else(|| name.clone(), |ap| format!("{name} {ap:.2}"));
        lines.push(Curve::xy(name, points));
    }
    let mean = if known.is_empty() {
        "no objects".into()
    } else {
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        format!("mean average precision {mean:.2}")
    };
    let said = format!("{mean}, at an IoU of {} or more", short(iou_threshold));
    let panel = Panel::new("recall", "precision", &lines)
        .x_from_to((0.0, 1.0))
        .y_from_to((0.0, 1.0))
        .without_dots();
    let alt = format!("{title}. {said}. {}", panel.words());
    let sheet = (640.0, (14.0 * lines.len() as f64 + 110.0).max(400.0));
    Figure::fine(sheet, &alt, |area| {
        pen::title(area, title)?;
        text(area, &said, 12.0, HPos::Left, (10.0, 38.0))?;
        panel.draw(area, (0.0, 58.0), (sheet.0, sheet.1 - 4.0))
    })
}

/// The highest precision at each recall or more, as the steps that it falls by, and the mean of it at COCO's recalls of
/// 0, 0.01, …, 1; `None` where there are no objects.
fn stairs(curve: &PrecisionRecall) -> (Vec<(f64, f64)>, Option<f64>) {
    if curve.objects == 0 {
        return (Vec::new(), None);
    }
    // From the end: each stair is at least as high as the one after it.
    let mut stairs: Vec<(f64, f64)> = Vec::new();
    for point in curve.points.iter().rev() {
        match stairs.last_mut() {
            Some(stair) if point.precision <= stair.1 => {}
            Some(stair) if point.recall == stair.0 => stair.1 = point.precision,
            _ => stairs.push((point.recall, point.precision)),
        }
    }
    stairs.reverse();
    let at = |recall: f64| stairs.iter().find(|stair| stair.0 >= recall);
    let sum: f64 = (0..=100)
        .map(|hundredth| at(f64::from(hundredth) * 0.01).map_or(0.0, |stair| stair.1))
        .sum();
    let begins = std::iter::once(0.0).chain(stairs.iter().map(|stair| stair.0));
    let corners = begins
        .zip(&stairs)
        .flat_map(|(begin, &(end, height))| [(begin, height), (end, height)]);
    (corners.collect(), Some(sum / 101.0))
}
