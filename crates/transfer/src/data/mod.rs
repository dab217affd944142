//! Pictures with labels: where they come from, how they are split and shaped, and how they arrive in batches.
//!
//! [`Dataset`] is the one interface; [`ImageFolder`] reads class folders, [`CsvManifest`] tables that name files,
//! [`mnist`], [`cifar10`] and [`cifar100`] their archives, and [`synth`] draws pictures itself. A [`Transform`] turns a
//! picture into numbers, a [`DataLoader`] does so on all cores and hands out batches, [`Mix`] mixes those.
//!
//! ```
//! use transfer::prelude::*;
//!
//! # fn main() -> transfer::Result<()> {
//! // Six drawn pictures of each class; your own would be `ImageFolder::open("flowers")?`.
//! let pictures: Arc<dyn Dataset> = Arc::new(Leaves::new(SpeciesSet::Novel, 6, 32, 0));
//! // Two of each class to learn from, the other four to be judged by.
//! let split: Split = stratified(&pictures.labels(), Amount::PerClass(2), 0)?;
//! let train: Arc<dyn Dataset> = Arc::new(Subset::new(pictures.clone(), split.chosen));
//! // Another part of each picture in every epoch, normalised, in batches of eight in random order.
//! let loader = DataLoader::new(train, Transform::train(32), 8).shuffled(0);
//! for batch in loader.batches(1) {
//!     let batch: Batch = batch?;
//!     assert_eq!(batch.xs.size(), [8, 3, 32, 32]); // [N, C, H, W]
//!     assert_eq!(batch.labels.size(), [8]); // positions in `pictures.classes()`
//!     assert!(batch.skipped.is_empty()); // what could not be decoded
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Pictures with boxes are a [`BoxDataset`]: [`BoxSplits`] opens a folder of [`PascalVoc`], [`CocoJson`] or [`YoloFolder`] files, and
//! [`BoxLoader`](crate::train::BoxLoader) delivers them. Pictures whose labels are not to be seen: [`Unlabelled`]. Few pictures and many epochs: [`InMemory`] reads each of them once.
//! Folders that have `train/` and `val/` above their classes, or are to be split: [`ImageFolder::open_splits`].

mod audit;
mod boxes;
mod cifar;
mod dataset;
mod decode;
mod folder_report;
mod folder_splits;
mod idx;
mod image_folder;
mod in_memory;
mod jpeg_end;
mod loader;
mod manifest;
mod mix;
mod packed;
mod parallel;
pub(crate) mod rng;
mod split;
mod stamp;
pub mod synth;
mod transforms;
mod unlabelled;

pub use audit::{
    Audit, AuditedPicture, NearPair, PictureHeader, PictureParts, connected_groups,
    near_duplicates, open_parts, stratified_groups,
};
pub use boxes::{
    BadBox, BoxDataset, BoxFlaw, BoxFrame, BoxLabel, BoxOptions, BoxPictures, BoxSource, BoxSplits,
    BoxSubset, BoxesInMemory, CocoJson, PascalVoc, YoloFolder,
};
pub use cifar::{cifar10, cifar100};
pub use dataset::{Dataset, Skipped, Splits, Subset};
pub use folder_report::FolderReport;
pub use idx::{idx, mnist};
pub use image_folder::{ImageFolder, open_picture};
pub use in_memory::InMemory;
pub use loader::{Batch, Batches, DataLoader};
pub(crate) use manifest::complaint;
pub use manifest::{BadRow, CsvManifest, CsvOptions};
pub use mix::Mix;
pub use packed::PackedImages;
pub use split::{Amount, Split, stratified};
pub use transforms::functional::{self, Interpolation, Size, center_crop, resize};
pub use transforms::{
    ColorJitter, Draw, IMAGENET_MEAN, IMAGENET_STD, Layout, PlacedBox, Placement, Preprocessing,
    Transform,
};
pub use unlabelled::Unlabelled;

pub use image::RgbImage;
