//! A training's chart that grows while it trains.

use super::{Curve, Figure, Live, Panel, panels};
use crate::Result;
use crate::train::{Callback, Epoch, Flow, State, Step};

/// The most points of the line of steps: more cannot be told apart.
const POINTS: usize = 200;

/// Loss and accuracy while a net is trained: the loss of the steps, averaged where there are many, and what each epoch
/// came to, in training and on the pictures for validation. A callback for a [`Learner`](crate::train::Learner):
/// `learner.callback(LiveChart::new("Fine-tuning"))`. [`history_chart()`](super::history_chart()) is the chart of a
/// training that is over.
#[derive(Debug)]
pub struct LiveChart {
    title: String,
    live: Live,
}

impl LiveChart {
    /// A chart that appears with the first step.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            live: Live::new(),
        }
    }

    fn draw(&mut self, state: &State<'_>) {
        // A chart that cannot be drawn is no reason to stop a training.
        if let Ok(figure) = figure(&self.title, state) {
            self.live.show(&figure);
        }
    }
}

impl Callback for LiveChart {
    fn train_begin(&mut self, _: &State<'_>) -> Flow {
        self.live = Live::new();
        Flow::Continue
    }

    fn step_end(&mut self, state: &State<'_>) -> Flow {
        if self.live.is_due() {
            self.draw(state);
        }
        Flow::Continue
    }

    fn train_end(&mut self, state: &State<'_>) {
        self.draw(state);
        self.live.finish();
    }
}

fn figure(title: &str, state: &State<'_>) -> Result<Figure> {
    let (steps, epochs) = (&state.history.steps, &state.history.epochs);
    let all = (0.0, state.epochs as f64);
    let of_epochs = |value: &dyn Fn(&Epoch) -> Option<f64>| -> Vec<(f64, f64)> {
        let point = |epoch: &Epoch| Some((epoch.epoch as f64, value(epoch)?));
        epochs.iter().filter_map(point).collect()
    };
    let per_epoch = state.steps as f64 / state.epochs.max(1) as f64;
    let mut losses = vec![Curve::xy("training", averaged(steps, per_epoch))];
    let judged = of_epochs(&|epoch| epoch.valid_loss);
    if !judged.is_empty() {
        losses.push(Curve::xy("validation", judged));
    }
    let percent = |share: f64| (!share.is_nan()).then_some(100.0 * share);
    let learned = of_epochs(&|epoch| percent(epoch.accuracy));
    let mut accuracies = vec![Curve::xy("training", learned)];
    let judged = of_epochs(&|epoch| epoch.valid_accuracy.and_then(percent));
    if !judged.is_empty() {
        accuracies.push(Curve::xy("validation", judged));
    }
    let mut drawn = vec![Panel::new("epoch", "loss", &losses).x_from_to(all)];
    // Other things than classes have no accuracy.
    if epochs.is_empty() || !accuracies[0].points.is_empty() {
        drawn.push(
            Panel::new("epoch", "accuracy, %", &accuracies)
                .x_from_to(all)
                .y_from_to((0.0, 100.0)),
        );
    }
    panels(title, &drawn)
}

/// The losses of the steps over the epochs that they are in, as the means of at most [`POINTS`] stretches.
fn averaged(steps: &[Step], per_epoch: f64) -> Vec<(f64, f64)> {
    let stretch = steps.len().div_ceil(POINTS).max(1);
    let mean = |stretch: &[Step]| {
        let n = stretch.len() as f64;
        let sum = |value: fn(&Step) -> f64| stretch.iter().map(value).sum::<f64>() / n;
        (
            sum(|step| step.step as f64) / per_epoch,
            sum(|step| step.loss),
        )
    };
    steps.chunks(stretch).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(step: usize) -> Step {
        Step {
            step,
            epoch: 1,
            loss: step as f64,
            lr: 0.1,
            grad_norm: 1.0,
            pictures: 4,
            seconds: 0.1,
        }
    }

    #[test]
    fn many_steps_become_few_points_with_the_same_mean() {
        let steps: Vec<Step> = (1..=1000).map(step).collect();
        let points = averaged(&steps, 100.0);
        assert_eq!(points.len(), POINTS);
        assert_eq!(points[0], (0.03, 3.0));
        let mean = points.iter().map(|point| point.1).sum::<f64>() / POINTS as f64;
        assert!((mean - 500.5).abs() < 1e-9);
        assert_eq!(averaged(&steps[..3], 100.0)[2], (0.03, 3.0));
        assert!(averaged(&[], 1.0).is_empty());
    }
}
