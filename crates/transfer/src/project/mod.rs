//! From many dimensions to two, to look at: linearly ([`pca()`]), and by who is near to whom ([`tsne()`]).
//!
//! ```
//! use transfer::prelude::*;
//!
//! # fn main() -> transfer::Result<()> {
//! // Two groups of 20 in 64 dimensions, as features of pictures might be.
//! let labels: Vec<usize> = (0..40).map(|row| row / 20).collect();
//! let centres: Vec<f32> = labels.iter().map(|&label| 9.0 * label as f32).collect();
//! let noise = Tensor::randn([40, 64], (Kind::Float, Device::Cpu));
//! let features = noise + Tensor::from_slice(&centres).view([40, 1]);
//! let flat = pca(&features, 2)?;
//! assert!(flat.explained[0] > 0.9); // nearly all variance lies between the groups
//! // Fewer points than that have few neighbours.
//! let config = TsneConfig { perplexity: 10.0, ..Default::default() };
//! let layout: Tensor = tsne(&features, &config)?;
//! assert_eq!(layout.size(), [40, 2]);
//! let chart = scatter("Two groups", &layout, &labels, &["ants", "bees"].map(String::from))?;
//! # Ok(())
//! # }
//! ```

mod affinity;
mod layout;
mod pca;
mod tsne;

pub use pca::{Pca, pca};
pub use tsne::{TsneConfig, tsne};
