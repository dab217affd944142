//! From many dimensions to two, to look at: linearly, and by who is near to whom.

mod affinity;
mod layout;
mod pca;
mod tsne;

pub use pca::{Pca, pca};
pub use tsne::{TsneConfig, tsne};
