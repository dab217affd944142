//! The ways from a pretrained net to a classifier of other pictures, side by side: what each learns, what it costs, how soon it is
//! there.

mod learn;
mod run;
mod technique;
mod trial;

pub use run::StrategyRun;
pub use technique::Strategy;
pub use trial::{StrategyTask, StrategyTrial};
