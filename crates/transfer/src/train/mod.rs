//! Learning: on stored features of a frozen net, or of a whole net.
//!
//! From little work to much:
//!
//! * [`features_of`] and [`LinearHead`]: a frozen net looks at each picture once, then a linear classifier learns in a
//!   second. A [`FeatureStore`] keeps the features on disk.
//! * [`Learner::fine_tune`] and [`FineTune`]: the head first, then the whole net, early layers slowly.
//! * [`Learner::fit`]: any plan. What it does is in a [`TrainConfig`]; what happened is a [`History`]; a [`Callback`] is
//!   told, and nothing is printed. It can be interrupted and [resumed](Learner::resume).
//! * [`Learner::adapt_to`]: the labelled pictures are of one domain, those that matter of another. [`Domains`] does it from
//!   beginning to end without a look at the target's labels, an [`AdaptationStudy`] compares the methods.
//! * [`MultiTaskLearner`]: several tasks at once, by a rule of what each counts; a [`MultiTaskStudy`] compares rules with nets of one
//!   task.
//! * [`DetectionLearner`]: objects and their boxes, from a [`BoxLoader`]; [`detect`] finds them, [`evaluate_detector`] judges.
//! * [`embeddings_of`] texts, and the same [`LinearHead`]; a [`TextLearner`] trains a classifier of texts, [`SetFit`] an encoder by a
//!   handful of them; [`TextTechnique`] is all of it side by side.
//! * A [`Strategy`] is a whole recipe under its name, to be compared with others.
//! * [`fit()`]: a whole net in one call, with few choices.
//!
//! ```
//! use transfer::prelude::*;
//!
//! # fn main() -> transfer::Result<()> {
//! let loader = |seed: u64| {
//!     let pictures: Arc<dyn Dataset> = Arc::new(Leaves::new(SpeciesSet::Novel, 2, 16, seed));
//!     DataLoader::new(pictures, Transform::square(16), 8)
//! };
//! let net = CifarResNet::new(CifarResNetConfig { blocks: 1 }, 12, Device::Cpu, 0);
//! // Computed once; as many heads as wanted learn from them.
//! let train: Features = features_of(&net, &loader(0))?;
//! let test: Features = features_of(&net, &loader(1))?;
//! assert_eq!(train.xs.size(), [24, net.feature_dim()]); // [N, C]
//! let head: LinearHead = LinearHead::fit(&train, &HeadConfig::default())?;
//! println!("linear head {:.0} %", 100.0 * accuracy(&head.predict(&test.xs), &test.labels));
//! // The whole net: one epoch of the head, one of everything.
//! let mut learner = Learner::new(Box::new(net), loader(0).shuffled(0)).validate_on(loader(1));
//! let history: History = learner.fine_tune(1)?;
//! println!("fine-tuned {:.0} %", 100.0 * history.epochs[1].valid_accuracy.unwrap_or_default());
//! # Ok(())
//! # }
//! ```

mod adaptation;
mod batch_loss;
mod callback;
mod checkpoints;
mod config;
mod detection;
mod distillation;
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
mod image_classifier;
mod l2_sp;
mod learner;
mod learner_judges;
mod learning_rate;
mod linear_head;
mod loss;
mod lr_find;
mod multitask;
mod optimizer;
mod optimizer_config;
mod out_of_fold;
mod plan;
mod precision;
mod predictions;
mod predictions_csv;
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
mod spectral;
mod strategy;
mod text;
mod train_state;

pub use adaptation::{
    Adaptation, AdaptationStudy, Domains, Outcome, Standing, Technique, Trial, Verdict,
};
pub use batch_loss::BatchLoss;
pub use callback::{Callback, Flow, State};
pub use checkpoints::Every;
pub use config::TrainConfig;
pub use detection::{
    BoxBatch, BoxLoader, DetectionEpoch, DetectionHistory, DetectionLearner, DetectionStep,
    FoundIn, JudgedDetector, detect, detect_in, evaluate_detector,
};
pub use distillation::Distillation;
pub use early_stopping::{EarlyStopping, Monitor};
pub use ema::Ema;
pub use feature_store::FeatureStore;
pub use features::{Features, features_at, features_at_each, features_of, pixels_of};
pub use fit::{FitConfig, fit};
pub use groups::freeze_only;
pub use history::{Epoch, History, Step, Stopped};
pub use image_classifier::ImageClassifier;
pub use l2_sp::L2Sp;
pub use learner::{Learner, Resumed};
pub use learning_rate::LearningRate;
pub use linear_head::{HeadConfig, LinearHead};
pub use loss::{CrossEntropy, LossSum};
pub use lr_find::{LrFind, LrRange, suggest_steep, suggest_valley};
pub use multitask::{
    Maps, Measured, MultiTaskHistory, MultiTaskLearner, MultiTaskStanding, MultiTaskStep,
    MultiTaskStudy, MultiTaskTrial, Recipe, Target, TaskBatch, TaskLoader,
};
pub use optimizer::Optimizer;
pub use optimizer_config::{OptimizerConfig, Rule};
pub use out_of_fold::out_of_fold;
pub use precision::Precision;
pub use predictions::{Evaluation, Predictions, evaluate, predict, predict_flipped};
pub use recipes::FineTune;
pub use schedule::{CycleShape, OneCycle, Rate, Schedule, Span, Timeline};
pub use snapshot::Snapshot;
pub use spectral::BatchSpectralShrinkage;
pub use strategy::{Strategy, StrategyRun, StrategyTask, StrategyTrial};
pub use text::{
    NearestNeighbors, Neighbors, SetFit, SetFitStep, TextBudget, TextLearner, TextTechnique,
    TextTrial, TrainedText, classify_texts, embed, embeddings_of, evaluate_texts, predict_texts,
};
