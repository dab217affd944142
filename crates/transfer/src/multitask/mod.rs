//! Multi-task learning: several things to be learned of a picture, one net for all.
//!
//! Tensors in, gradients out; training with a loader, judging and comparing is [`train::MultiTaskLearner`](crate::train::MultiTaskLearner)'s and
//! [`train::MultiTaskStudy`](crate::train::MultiTaskStudy)'s. Three things are apart and can be combined at will:
//!
//! | | |
//! |---|---|
//! | what is learned: a [`Task`] | [`Classification`], [`Regression`], [`Direction`], [`Segmentation`] |
//! | how the net is shared: an [`Architecture`] | [`HardSharing`], [`CrossStitch`], [`Mtan`], [`Experts`] (MMoE, CGC and PLE) |
//! | what each task counts in a step: a [`Weighting`] | of losses: [`Equal`], [`Fixed`], [`Uncertainty`], [`Dwa`], [`Rlw`], [`Famo`]; of gradients: [`GradNorm`], [`Mgda`], [`PcGrad`], [`CaGrad`], [`ImtlG`], [`NashMtl`] |
//!
//! [`backward`] is one step of it: pictures and targets in, and every variable has its gradient. A rule of gradients needs no more of them than
//! their [`Products`]. [`affinity()`] and [`best_groups`] say which tasks to learn together.
//!
//! ```
//! use transfer::multitask::*;
//! use transfer::prelude::*;
//!
//! # fn main() -> transfer::Result<()> {
//! // Two gradients, one of them longer, at an obtuse angle.
//! let gradients = [vec![Tensor::from_slice(&[1f32, 0.0])], vec![Tensor::from_slice(&[-2f32, 2.0])]];
//! let products = Products::of(&gradients)?;
//! assert!(products.cosine(0, 1) < -0.7);
//! // A step along the sum would make the first task worse, one along PCGrad's direction neither.
//! assert!(products.times(&[1.0, 1.0])[0] < 0.0);
//! let weights: Vec<f64> = projected(&products, &[vec![1], vec![0]]);
//! assert!(products.times(&weights).iter().all(|gain| *gain >= 0.0));
//! # Ok(())
//! # }
//! ```

mod affinity;
mod architecture;
mod net;
mod products;
mod representation;
mod step;
mod task;
mod trunk;
mod weighting;

pub use affinity::{affinity, best_groups};
pub use architecture::{
    ARCHITECTURES, Architecture, CrossStitch, Cut, Experts, HardSharing, Mtan, Represented,
    architecture,
};
pub use net::MultiTaskNet;
pub use products::Products;
pub use representation::{Representation, Widths};
pub use step::{Weighed, backward};
pub use task::{
    Classification, Direction, Head, Metric, Regression, Segmentation, Tally, Task, UNLABELLED,
};
pub use trunk::Trunk;
pub use weighting::{
    CaGrad, Dwa, Equal, Famo, Fixed, GradNorm, ImtlG, Level, Mgda, NashMtl, Normalisation, PcGrad,
    Rlw, Seen, Uncertainty, WEIGHTINGS, Weighting, projected, weighting,
};
