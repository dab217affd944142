//! Adaptation to another domain: in a training's steps, from beginning to end, and compared.

mod domains;
mod outcome;
mod steps;
mod study;
mod watch;

pub use domains::{Domains, Technique};
pub use outcome::{Outcome, Verdict};
pub use steps::Adaptation;
pub use study::{AdaptationStudy, Standing, Trial};
