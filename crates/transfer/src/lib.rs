//! Transfer learning in Rust: what the notebooks of this repository stand on.
//!
//! Everything is a plain [`tch`] tensor or module underneath; this crate adds what a lesson would otherwise
//! have to write again: reading pretrained weights, opening a folder of pictures, training on stored
//! features, and charts. The modules, in the order in which data flows through them:
//!
//! | module | what it holds |
//! |---|---|
//! | [`data`] | pictures and labels: class folders and other sources, splits, transforms, the loader, and a world that it draws itself |
//! | [`hub`] | weights and data sets by name: found in the cache or fetched, always checked |
//! | [`checkpoint`] | a state dict from bytes, and the report of what fitted |
//! | [`models`] | ResNets and VGGs with torchvision's names, so that torchvision's weights drop in |
//! | [`train`] | the Learner and what it is made of; features, kept on disk if wanted, and the linear head on them |
//! | [`metrics`] | accuracy, confusion, calibration, worst predictions; means over seeds and how sure they are |
//! | [`project`] | many dimensions as two: PCA, t-SNE |
//! | [`viz`] | charts, grids of pictures, tables: the only way out of a notebook cell |
//!
//! ```no_run
//! use std::sync::Arc;
//! use transfer::prelude::*;
//!
//! # fn main() -> transfer::Result<()> {
//! let mut net: ResNet = ResNet::resnet18(1000, Device::Cpu, 0);
//! net.load("resnet18.safetensors", &LoadOptions::new())?;
//! let splits: Splits = ImageFolder::open_splits("flowers", 0.3, 0)?;
//! let loader = |pictures: &Arc<dyn Dataset>| DataLoader::new(pictures.clone(), Transform::imagenet(224), 32);
//! let train: Features = features_of(&net, &loader(&splits.train))?;
//! let test: Features = features_of(&net, &loader(&splits.test))?;
//! let head: LinearHead = LinearHead::fit(&train, &HeadConfig::default())?;
//! println!("accuracy {:.1} %", 100.0 * accuracy(&head.predict(&test.xs), &test.labels));
//! # Ok(())
//! # }
//! ```

pub mod data;

pub mod checkpoint;
pub mod hub;
pub mod models;

pub mod metrics;
pub mod project;
pub mod train;

pub mod viz;

mod device;
mod error;
mod names;
pub mod prelude;

pub use device::{best_device, device, set_seed};
pub use error::{Error, Result};
