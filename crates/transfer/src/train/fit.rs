//! Supervised training of a whole net in one call.

use super::callback::OnEpoch;
use super::plan::Phase;
use super::session::Session;
use super::{
    CrossEntropy, Epoch, History, LearningRate, OptimizerConfig, Schedule, Span, TrainConfig,
};
use crate::Result;
use crate::data::DataLoader;
use crate::models::Backbone;

/// How a net is trained: AdamW with one cycle of the learning rate (a linear rise in the first fifth of the
/// steps, then a cosine to 0). For more, see [`Learner`](super::Learner).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitConfig {
    /// Passes over the data.
    pub epochs: usize,
    /// The learning rate at its highest.
    pub lr: f64,
    /// AdamW's decoupled weight decay.
    pub weight_decay: f64,
    /// How much of the target is spread evenly over all classes, in [0, 1).
    pub label_smoothing: f64,
}

impl Default for FitConfig {
    fn default() -> Self {
        Self {
            epochs: 5,
            lr: 2e-3,
            weight_decay: 1e-2,
            label_smoothing: 0.1,
        }
    }
}

/// Trains all variables of `net` that require gradients. `on_epoch` is called after each epoch with what came
/// of it; a cell prints it there: `|epoch| println!("{epoch}")`. A picture alone in its batch is not trained on,
/// and counted in [`History::too_small`]. Seeds libtorch.
///
/// # Errors
///
/// The loader fails, a label has no place in the net's head, an epoch has no batch of two or more pictures, or the
/// training diverges.
pub fn fit(
    net: &mut dyn Backbone,
    loader: &DataLoader,
    config: &FitConfig,
    on_epoch: impl FnMut(&Epoch),
) -> Result<History> {
    let phase = Phase {
        epochs: config.epochs,
        lr: LearningRate::Same(config.lr),
        schedule: Schedule::WarmUp {
            over: Span::Share(0.2),
            from: 0.05,
            then: Box::new(Schedule::Cosine { end: 0.0 }),
        },
        frozen: None,
    };
    let train_config = TrainConfig {
        optimizer: OptimizerConfig::adamw().weight_decay(config.weight_decay),
        loss: CrossEntropy {
            label_smoothing: config.label_smoothing,
            class_weights: None,
        },
        ..TrainConfig::default()
    };
    let session = Session {
        net,
        train: loader,
        valid: None,
        config: &train_config,
        phases: &[phase],
        callback: &mut OnEpoch(on_epoch),
        checkpoints: None,
        adaptation: None,
        earlier_epochs: 0,
    };
    let (history, outcome) = session.run()?;
    outcome.map(|()| history)
}
