//! Several tasks: their targets in batches, training, and comparison with nets of one task.

mod evaluate;
mod fit;
mod history;
mod learner;
mod loader;
mod maps;
mod recipe;
mod study;

pub use evaluate::Measured;
pub use history::{MultiTaskHistory, MultiTaskStep};
pub use learner::MultiTaskLearner;
pub use loader::{Target, TaskBatch, TaskLoader};
pub use maps::Maps;
pub use recipe::Recipe;
pub use study::{MultiTaskStanding, MultiTaskStudy, MultiTaskTrial};
