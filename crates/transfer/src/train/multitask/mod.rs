//! Several tasks: their targets in batches, training, and comparison with nets of one task.

mod learner;
mod loader;
mod maps;
mod study;

pub use learner::{Measured, MultiTaskHistory, MultiTaskLearner, MultiTaskStep};
pub use loader::{Target, TaskBatch, TaskLoader};
pub use maps::Maps;
pub use study::{MultiTaskStanding, MultiTaskStudy, MultiTaskTrial, Recipe};
