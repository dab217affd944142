//! Learning: on stored features of a frozen net, or of a whole net.
//!
//! [`Learner`] trains a net and says what came of it; [`fit()`] is its shortest form. What it does is in a
//! [`TrainConfig`]; what happened is a [`History`]. Nothing is printed: a [`Callback`] is told.

mod batch_loss;
mod callback;
mod checkpoints;
mod config;
mod early_stopping;
mod ema;
mod feature_source;
mod feature_store;
mod features;
mod fingerprint;
mod fit;
mod gradients;
mod groups;
mod history;
mod history_csv;
mod learner;
mod learner_judges;
mod learning_rate;
mod linear_head;
mod loss;
mod lr_find;
mod optimizer;
mod optimizer_config;
mod plan;
mod precision;
mod predictions;
mod progress;
mod recipes;
mod resources;
mod run;
mod run_epoch;
mod run_step;
mod schedule;
mod session;
mod slot;
mod snapshot;
mod source;
mod train_state;

pub use batch_loss::BatchLoss;
pub use callback::{Callback, Flow, State};
pub use checkpoints::Every;
pub use config::TrainConfig;
pub use early_stopping::{EarlyStopping, Monitor};
pub use ema::Ema;
pub use feature_store::FeatureStore;
pub use features::{Features, features_at, features_of, pixels_of};
pub use fit::{FitConfig, fit};
pub use groups::freeze_only;
pub use history::{Epoch, History, Step, Stopped};
pub use learner::{Learner, Resumed};
pub use learning_rate::LearningRate;
pub use linear_head::{HeadConfig, LinearHead};
pub use loss::{CrossEntropy, LossSum};
pub use lr_find::{LrFind, suggest_steep, suggest_valley};
pub use optimizer::Optimizer;
pub use optimizer_config::{OptimizerConfig, Rule};
pub use precision::Precision;
pub use predictions::{Evaluation, Predictions, evaluate, predict};
pub use recipes::FineTune;
pub use schedule::{CycleShape, OneCycle, Rate, Schedule, Span, Timeline};
pub use snapshot::Snapshot;
