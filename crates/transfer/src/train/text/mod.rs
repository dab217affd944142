//! Learning to read: vectors of texts, classifiers on them, and encoders that learn.

mod embed;
mod fit;
mod learner;
mod nearest;
mod setfit;
mod technique;

pub use embed::{classify_texts, embed, embeddings_of, evaluate_texts, predict_texts};
pub use learner::TextLearner;
pub use nearest::{NearestNeighbors, Neighbors};
pub use setfit::{SetFit, SetFitStep};
pub use technique::{TextBudget, TextTechnique, TextTrial, TrainedText};
