//! The worst predictions, with their pictures.

use image::RgbImage;

use super::{Figure, Tile, grid};
use crate::metrics::TopLoss;
use crate::{Error, Result};

/// A grid of predictions with their pictures, in the order of `losses`: the truth and the prediction where they
/// differ, then the loss and the confidence in the prediction. `picture` delivers the picture of a
/// [`TopLoss::index`]: a row of the logits, which is not yet a position in the data set.
///
/// # Errors
///
/// `picture` fails, or a label or prediction is not a position in `classes`.
///
/// ```no_run
/// use transfer::prelude::*;
///
/// # fn show(learner: &Learner, test: &DataLoader) -> transfer::Result<Figure> {
/// let said: Predictions = learner.predict(test)?;
/// let worst: Vec<TopLoss> = top_losses(&said.logits, &said.labels, 12)?;
/// let pictures = test.dataset();
/// let figure = loss_grid(&worst, pictures.classes(), 6, |row| pictures.picture(said.indices[row]))?;
/// # Ok(figure)
/// # }
/// ```
pub fn loss_grid(
    losses: &[TopLoss],
    classes: &[String],
    columns: u32,
    picture: impl Fn(usize) -> Result<RgbImage>,
) -> Result<Figure> {
    let name = |class: usize| {
        let missing = || {
            Error::argument(
                "class",
                format!("below the number of classes, {}", classes.len()),
                class,
            )
        };
        classes.get(class).ok_or_else(missing)
    };
    let tile = |entry: &TopLoss| {
        let (truth, found) = (name(entry.label)?, name(entry.prediction)?);
        let right = entry.label == entry.prediction;
        let first = if right {
            truth.clone()
        } else {
            format!("{truth} → {found}")
        };
        let caption = format!(
            "{first}\nloss {:.2} · {:.0} %",
            entry.loss,
            100.0 * entry.confidence
        );
        Ok(Tile::new(picture(entry.index)?, caption).marked(right))
    };
    grid(
        &losses.iter().map(tile).collect::<Result<Vec<_>>>()?,
        columns,
    )
}
