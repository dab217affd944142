//! Lines over a common axis: losses, accuracies, learning rates.

use super::{Figure, Panel, pen};
use crate::Result;
use crate::metrics::Summary;

/// One line: a name, its points, and a band around it where it is a mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What the line stands for.
    pub name: String,
    /// `(x, y)`, with growing `x`. Where one is not finite, the line has a gap.
    pub points: Vec<(f64, f64)>,
    /// The lower and upper edge of the band at each point; empty for none.
    pub band: Vec<(f64, f64)>,
}

impl Curve {
    /// A line through values at 1, 2, 3, …: one per epoch, for example.
    pub fn new(name: impl Into<String>, values: &[f64]) -> Self {
        Self::xy(
            name,
            values
                .iter()
                .enumerate()
                .map(|(i, &y)| (i as f64 + 1.0, y))
                .collect(),
        )
    }

    /// A line through points.
    pub fn xy(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self {
            name: name.into(),
            points,
            band: Vec::new(),
        }
    }

    /// The mean of several runs, one per seed, with a band of one standard deviation to either side. A run may be
    /// shorter than others; values that are not finite are left out.
    pub fn over_seeds(name: impl Into<String>, runs: &[Vec<f64>]) -> Self {
        let longest = runs.iter().map(Vec::len).max().unwrap_or(0);
        let at = |step: usize| {
            let values = runs.iter().filter_map(|run| run.get(step).copied());
            Summary::of(&values.filter(|value| value.is_finite()).collect::<Vec<_>>())
        };
        let steps: Vec<Summary> = (0..longest).map(at).collect();
        let mean = |step: &Summary| if step.n == 0 { f64::NAN } else { step.mean };
        let band = steps
            .iter()
            .map(|step| (mean(step) - step.std, mean(step) + step.std))
            .collect();
        Self {
            band,
            ..Self::new(name, &steps.iter().map(mean).collect::<Vec<_>>())
        }
    }
}

/// A line chart. Names stand at the end of their lines. After six lines, colours come back with dashes. A line of which
/// nothing can be shown (every value is not finite, say) is named with "no values".
///
/// # Errors
///
/// The markup cannot be made, which it has no reason to.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// // One list per seed, one value per epoch.
/// let lines = [
///     Curve::over_seeds("fine-tuned", &[vec![61.0, 80.5, 88.0], vec![58.0, 82.0, 89.5]]),
///     Curve::new("from scratch", &[20.0, 35.0, 48.0]),
/// ];
/// let chart: Figure = curves("Fine-tuning", "epoch", "test accuracy, %", &lines)?;
/// assert!(chart.alt().contains("from scratch from 20 to 48"));
/// # Ok(())
/// # }
/// ```
pub fn curves(title: &str, x_unit: &str, y_unit: &str, curves: &[Curve]) -> Result<Figure> {
    panels(title, &[Panel::new(x_unit, y_unit, curves)])
}

/// Up to three line charts side by side under one title, such as loss and accuracy of the same epochs; more go
/// to further rows.
///
/// # Errors
///
/// As [`curves`].
pub fn panels(title: &str, panels: &[Panel]) -> Result<Figure> {
    let columns = panels.len().clamp(1, 3);
    let rows = panels.len().div_ceil(columns);
    let most = panels
        .iter()
        .map(|panel| panel.curves.len())
        .max()
        .unwrap_or(0);
    // Three fit into a notebook's width without being made smaller.
    let width = [680.0, 420.0, 320.0][columns - 1];
    let height = (most as f64 * 14.0 + 50.0).max(if columns == 1 { 290.0 } else { 260.0 });
    let said: Vec<String> = panels.iter().map(Panel::words).collect();
    let alt = format!("{title}. {}", said.join(" "));
    let sheet = (width * columns as f64, height * rows as f64 + 40.0);
    Figure::fine(sheet, &alt, |area| {
        pen::title(area, title)?;
        for (index, panel) in panels.iter().enumerate() {
            let corner = (
                (index % columns) as f64 * width,
                42.0 + (index / columns) as f64 * height,
            );
            panel.draw(area, corner, (corner.0 + width, corner.1 + height - 4.0))?;
        }
        Ok(())
    })
}
