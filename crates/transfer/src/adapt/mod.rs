//! Unsupervised domain adaptation: labelled pictures of one domain (the source), unlabelled ones of another (the target), one net
//! for both.
//!
//! Tensors in, a loss out: add it to the source's cross-entropy, with a weight. Every file is one method: the loss, where it is
//! from, and a [`Method`] ([`method()`] makes one from its name) that brings the loss, its constants and what learns beside the net
//! into the steps of a [`Learner`](crate::train::Learner::adapt_to). [`Domains`](crate::train::Domains) trains with it from
//! beginning to end, and [`AdaptationStudy`](crate::train::AdaptationStudy) compares methods by the rules.
//!
//! | idea | |
//! |---|---|
//! | the target's own statistics, without any learning | [`adapt_batch_norm`] (AdaBN) |
//! | the same statistics in both domains | [`coral()`], [`mmd()`] (DAN), [`joint_mmd`] (JAN) |
//! | features by which a discriminator can't tell the domains apart | [`dann()`], [`cdan()`], [`adda_discriminator`] and [`adda_trunk`] |
//! | two heads that must agree on the target | [`classifier_discrepancy`] (MCD), [`margin_disparity`] (MDD) |
//! | sure, diverse, unconfused predictions on the target | [`information_maximisation`] and [`centroid_labels`] (SHOT), [`class_confusion`] (MCC) |
//! | longer features | [`stepwise_feature_norm`], [`hard_feature_norm`] (AFN) |
//! | the net's own predictions as labels | [`pseudo_label()`] |
//!
//! How far apart the domains are for a net says [`proxy_a_distance`]; which epoch to take, without labels of the target, a
//! [`Criterion`].
//!
//! ```
//! use transfer::adapt::{coral, dann, reversal_schedule, Discriminator};
//! use transfer::prelude::*;
//!
//! # fn main() -> transfer::Result<()> {
//! let net: Box<dyn Backbone> = models::build("resnet18", 12, Device::Cpu, 0)?;
//! let discriminator = Discriminator::new(net.feature_dim(), 256, Device::Cpu, 0);
//! let pictures = || Tensor::rand([4, 3, 32, 32], (Kind::Float, Device::Cpu)); // [N, 3, H, W]
//! let (source, target) = (net.features(&pictures(), true), net.features(&pictures(), true));
//! let aligned: Tensor = coral(&source, &target)?;
//! let fooled: Tensor = dann(&discriminator, &source, &target, reversal_schedule(0.5))?;
//! (aligned + fooled).backward();
//! # Ok(())
//! # }
//! ```

mod adabn;
mod adda;
mod afn;
mod cdan;
mod check;
mod coral;
mod dann;
mod discriminator;
mod gap;
mod mcc;
mod mcd;
mod mdd;
mod method;
mod mmd;
mod pseudo_label;
mod reversal;
pub(crate) mod select;
mod shot;
mod side_net;
mod statistics;

pub use adabn::adapt_batch_norm;
pub use adda::{Adda, adda_discriminator, adda_trunk};
pub use afn::{Afn, hard_feature_norm, stepwise_feature_norm};
pub use cdan::{Cdan, DomainOutputs, cdan, multilinear_map};
pub use coral::{Coral, coral};
pub use dann::{Dann, dann};
pub use discriminator::Discriminator;
pub use gap::proxy_a_distance;
pub use mcc::{Mcc, class_confusion};
pub use mcd::{Mcd, classifier_discrepancy};
pub use mdd::{Mdd, TwoHeads, margin_disparity};
pub use method::{METHODS, Method, SourceUse, Views, method};
pub use mmd::{Dan, Jan, Kernels, joint_mmd, mmd};
pub use pseudo_label::{PseudoLabels, pseudo_label};
pub use reversal::{reversal_schedule, reverse_gradient};
pub use select::{
    Criterion, SND_TEMPERATURE, deep_embedded_validation, density_ratios, mean_entropy,
    soft_neighbourhood_density,
};
pub use shot::{Shot, centroid_labels, information_maximisation};
pub use side_net::SideNet;
pub(crate) use statistics::BatchNormStatistics;
