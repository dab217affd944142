//! What happened in the training of a detector.

use super::{Curve, Figure, Panel, panels};
use crate::Result;
use crate::train::{DetectionHistory, DetectionStep};

/// One of the losses of a step.
type Loss = fn(&DetectionStep) -> Option<f64>;

/// How many steps a point of a loss is the mean of.
const STEPS: usize = 10;

/// The losses over the steps, of what is there, where it is and how central places are, each the mean of the last ten; and, with pictures for
/// validation, average precision over the epochs.
///
/// ```
/// use transfer::train::{DetectionHistory, DetectionStep};
/// use transfer::viz::detection_history_chart;
///
/// # fn main() -> transfer::Result<()> {
/// let mut history = DetectionHistory::default();
/// for step in 1..=20 {
///     history.steps.push(DetectionStep {
///         step,
///         epoch: 1,
///         lr: 1e-3,
///         classification: 1.0 / step as f64,
///         boxes: 0.8,
///         centreness: Some(0.7),
///         grad_norm: 1.0,
///         pictures: 8,
///         seconds: 0.1,
///     });
/// }
/// let chart = detection_history_chart("Fine-tuning", &history)?;
/// # assert!(chart.svg().contains("what is there"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// A figure cannot be drawn. Without a step the chart says that there are no values.
pub fn detection_history_chart(title: &str, history: &DetectionHistory) -> Result<Figure> {
    let losses: [(&str, Loss); 3] = [
        ("what is there", |step| Some(step.classification)),
        ("where it is", |step| Some(step.boxes)),
        ("how central", |step| step.centreness),
    ];
    let losses = losses.into_iter().filter_map(|(name, of)| {
        let points: Option<Vec<(f64, f64)>> = history
            .steps
            .iter()
            .map(|step| Some((step.step as f64, of(step)?)))
            .collect();
        points.map(|points| Curve::xy(name, smoothed(&points)))
    });
    let losses: Vec<Curve> = losses.collect();
    let precision = |place: usize| {
        let known = history.epochs.iter();
        known
            .filter_map(|epoch| Some((epoch.epoch as f64, 100.0 * epoch.valid?[place])))
            .collect::<Vec<_>>()
    };
    let precisions = [("AP at 0.5", precision(1)), ("AP", precision(0))];
    let precisions: Vec<Curve> = precisions
        .into_iter()
        .filter(|(_, points)| !points.is_empty())
        .map(|(name, points)| Curve::xy(name, points))
        .collect();
    let losses = Panel::new("step", "loss", &losses).without_dots();
    match precisions.is_empty() {
        true => panels(title, &[losses]),
        false => {
            let precisions = Panel::new("epoch", "average precision on validation, %", &precisions);
            panels(title, &[losses, precisions])
        }
    }
}

/// The mean of the last points at each point.
fn smoothed(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mean = |end: usize| {
        let last = &points[(end + 1).saturating_sub(STEPS)..=end];
        let sum: f64 = last.iter().map(|(_, value)| value).sum();
        (points[end].0, sum / last.len() as f64)
    };
    (0..points.len()).map(mean).collect()
}
