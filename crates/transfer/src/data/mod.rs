//! Pictures with labels: where they come from, how they are split and shaped, and how they arrive in batches.
//!
//! [`Dataset`] is the one interface; [`ImageFolder`] reads class folders, [`synth`] draws pictures itself. A
//! [`Transform`] turns a picture into numbers, a [`DataLoader`] does so on all cores and hands out batches.

mod dataset;
mod decode;
mod folder_report;
mod folder_splits;
mod image_folder;
mod loader;
pub(crate) mod rng;
mod split;
pub mod synth;
mod transforms;

pub use dataset::{Dataset, Skipped, Splits, Subset};
pub use folder_report::FolderReport;
pub use image_folder::ImageFolder;
pub use loader::{Batch, Batches, DataLoader};
pub use split::{Amount, Split, stratified};
pub use transforms::{IMAGENET_MEAN, IMAGENET_STD, Transform, center_crop, resize};

pub use image::RgbImage;
