//! How good it is, and how sure one can be of that.

mod classification;

pub use classification::{ConfusionMatrix, Summary, accuracy};
