//! How good it is, and how sure one can be of that.
//!
//! Measures take tensors as they come from a net: logits or probabilities `[N, C]`, labels `[N]`, on any device.
//! [`Summary`] and [`PairedDifference`] take one figure per seed.

mod accuracy;
mod calibration;
mod class_report;
mod confusion;
mod paired;
mod scores;
mod student;
mod summary;
mod top_losses;

pub use accuracy::{accuracy, top_k_accuracy};
pub use calibration::{Calibration, ReliabilityBin, fit_temperature};
pub use class_report::{ClassReport, Scores};
pub use confusion::ConfusionMatrix;
pub use paired::PairedDifference;
pub use summary::Summary;
pub use top_losses::{TopLoss, top_losses};
