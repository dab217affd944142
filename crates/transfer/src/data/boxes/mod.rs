//! Pictures with boxes: what a detector learns from, from the three layouts that most such data come in.
//!
//! [`BoxDataset`] is the one interface; [`PascalVoc`], [`CocoJson`] and [`YoloFolder`] read files, each with a list of
//! what is wrong in them ([`BadBox`]), and [`BoxSplits`] what a folder has to learn from and to be judged by; [`BoxesInMemory`] keeps
//! pictures, [`BoxSubset`] chooses some,
//! [`BoxPictures`] leaves the boxes away.

mod bad;
mod box_files;
mod canvas;
mod coco;
mod coco_layout;
mod dataset;
mod draft;
mod files;
mod in_memory;
mod label;
mod measured;
mod options;
mod part;
mod pictures;
mod splits;
mod voc;
mod yolo;

pub use bad::{BadBox, BoxFlaw};
pub use coco::CocoJson;
pub use dataset::{BoxDataset, BoxSubset};
pub use in_memory::BoxesInMemory;
pub use label::BoxLabel;
pub use options::{BoxFrame, BoxOptions};
pub use pictures::BoxPictures;
pub use splits::{BoxSource, BoxSplits};
pub use voc::PascalVoc;
pub use yolo::YoloFolder;
