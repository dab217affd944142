//! Weights and data sets by name: found in the cache, or fetched, checked and put there.
//!
//! ```no_run
//! use transfer::hub::{Hub, ResNet50Weights};
//!
//! # fn main() -> transfer::Result<()> {
//! let hub: Hub = Hub::new()?;
//! let weights: std::path::PathBuf = hub.fetch(&ResNet50Weights::ImageNet1kV2)?;
//! let encoder: std::path::PathBuf = hub.text_encoder(transfer::hub::text_encoder("all-MiniLM-L6-v2")?)?;
//! let digits: std::path::PathBuf = hub.dataset(transfer::hub::dataset("mnist")?)?;
//! # Ok(())
//! # }
//! ```
//!
//! The entries are tables: [`all_weights`] has torchvision's names, addresses, accuracies and preprocessing,
//! [`all_detector_weights`] those of its detectors, [`all_text_encoders`] pretrained encoders of texts,
//! [`all_datasets`] the data sets whose SHA-256 a public source names. [`DrawnWeights`] need no network: they lie in
//! this crate. A [`Hub`] is where the files lie. It uses a file only if its hash is the one in the table, however the
//! file came there: from the network, from PyTorch's or Hugging Face's own cache, with a Python package, or put there
//! by hand.

mod cache;
mod cifar;
mod coco;
mod datasets;
mod detector_weights;
mod download;
mod drawn;
mod environment;
mod http;
mod locate;
mod obtain;
mod progress;
mod text_encoders;
mod text_folder;
mod torchvision;
mod torchvision_detectors;
mod unpack;
mod verify;
mod weights;

pub use cache::Hub;
pub use cifar::CifarResNetWeights;
pub use coco::COCO_CATEGORIES;
pub use datasets::{DatasetEntry, DatasetFile, all_datasets, dataset};
pub use detector_weights::{
    DetectorPreprocessing, DetectorWeights, DetectorWeightsEntry, all_detector_weights,
    detector_weights,
};
pub use drawn::DrawnWeights;
pub use locate::{Located, locate, locate_text_encoder};
pub use progress::{Progress, Stage};
pub use text_encoders::{
    TextEncoderEntry, TextEncoderFile, TextEncoderPackage, all_text_encoders, text_encoder,
};
pub use torchvision::{
    ResNeXt50_32X4DWeights, ResNeXt101_32X8DWeights, ResNeXt101_64X4DWeights, ResNet18Weights,
    ResNet34Weights, ResNet50Weights, ResNet101Weights, ResNet152Weights, VGG11BNWeights,
    VGG11Weights, VGG13BNWeights, VGG13Weights, VGG16BNWeights, VGG16Weights, VGG19BNWeights,
    VGG19Weights, WideResNet50_2Weights, WideResNet101_2Weights,
};
pub use torchvision_detectors::{FcosResNet50FpnWeights, RetinaNetResNet50FpnWeights};
pub use weights::{Weights, WeightsEntry, WeightsFile, all_weights, weights};
