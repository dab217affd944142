//! What happened in each epoch, as charts side by side.

use super::{Curve, Figure, Panel, panels};
use crate::Result;
use crate::train::{Epoch, History};

/// Loss, accuracy and learning rate of each epoch; in training, and on the pictures for validation where there are any.
///
/// # Errors
///
/// The markup cannot be made, which it has no reason to.
pub fn history_chart(title: &str, history: &History) -> Result<Figure> {
    let curve = |name: &str, value: &dyn Fn(&Epoch) -> Option<f64>| {
        // What is no number was not measured: there is no accuracy of a regression.
        let value = |epoch: &Epoch| value(epoch).filter(|value| !value.is_nan());
        let point = |epoch: &Epoch| Some((epoch.epoch as f64, value(epoch)?));
        Curve::xy(name, history.epochs.iter().filter_map(point).collect())
    };
    let column = |name: &str, curves: [Curve; 2]| {
        let [training, validation] = curves;
        if validation.points.is_empty() {
            return Panel::new("epoch", format!("training {name}"), &[training]);
        }
        Panel::new("epoch", name, &[training, validation])
    };
    let percent = |share: f64| 100.0 * share;
    panels(
        title,
        &[
            column(
                "loss",
                [
                    curve("training", &|epoch| Some(epoch.loss)),
                    curve("validation", &|epoch| epoch.valid_loss),
                ],
            ),
            column(
                "accuracy, %",
                [
                    curve("training", &|epoch| Some(percent(epoch.accuracy))),
                    curve("validation", &|epoch| epoch.valid_accuracy.map(percent)),
                ],
            ),
            Panel::new(
                "epoch",
                "learning rate",
                &[curve("learning rate", &|epoch| Some(epoch.lr))],
            ),
        ],
    )
}
