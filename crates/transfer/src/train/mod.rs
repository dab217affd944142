//! Learning: on stored features of a frozen net, or of a whole net.

mod features;
mod fit;
mod history;
mod linear_head;

pub use features::{Features, features_of, pixels_of};
pub use fit::{FitConfig, Predictions, fit, predict};
pub use history::{Epoch, History};
pub use linear_head::{HeadConfig, LinearHead};
