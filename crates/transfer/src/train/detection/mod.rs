//! Detectors: pictures with their boxes in batches, training, judging.

mod find;
mod fit;
mod history;
mod judge;
mod learner;
mod loader;

pub use find::{FoundIn, detect, detect_in};
pub use history::{DetectionEpoch, DetectionHistory, DetectionStep};
pub use judge::{JudgedDetector, evaluate_detector};
pub use learner::DetectionLearner;
pub use loader::{BoxBatch, BoxLoader};
