//! What is known of one file of weights, and the look-up by name.

use super::detector_weights::detector_weights;
use super::{cifar, drawn, torchvision};
use crate::data::{Preprocessing, Transform};
use crate::names::unknown;
use crate::{Error, Result};

/// One file of pretrained weights: where it comes from, what it is, and what to expect of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightsEntry {
    /// The name, as torchvision prints it: `ResNet50_Weights.IMAGENET1K_V2`.
    pub name: &'static str,
    /// The architecture, as torchvision's `get_model` takes it: `resnet50`.
    pub arch: &'static str,
    /// Where the file is fetched from; empty where it comes with this crate.
    pub url: &'static str,
    /// The file's name, in the cache or in this crate.
    pub file_name: &'static str,
    /// The SHA-256 in hexadecimal, or its first digits (PyTorch's file names carry eight).
    pub sha256_prefix: &'static str,
    /// The size in MB of 2²⁰ bytes, as torchvision's `_file_size` counts them.
    pub megabytes: f64,
    /// How many parameters the net has; those of the trunk where the file has no head.
    pub num_params: u64,
    /// How many classes the classifier tells apart; `None` where the file has no classifier that can be used.
    pub num_classes: Option<usize>,
    /// Top-1 accuracy in percent, as published.
    pub acc1: Option<f64>,
    /// Top-5 accuracy in percent, as published.
    pub acc5: Option<f64>,
    /// Under which terms the file may be used. Read the source before anything commercial.
    pub licence: &'static str,
    /// How the weights were trained.
    pub recipe: &'static str,
    /// What the net expects of a picture.
    pub preprocessing: Preprocessing,
}

/// Something that names a file of pretrained weights: a variant such as
/// [`ResNet50Weights::ImageNet1kV2`](super::ResNet50Weights), or a [`WeightsEntry`] itself.
pub trait Weights {
    /// All that is known of the file.
    fn entry(&self) -> &WeightsEntry;

    /// The transform that the net was trained for; pictures become `[3, crop, crop]`.
    fn transform(&self) -> Transform {
        self.transform_at(self.entry().preprocessing.crop)
    }

    /// The same for another size: pictures become `[3, size, size]`, and the central crop keeps the same share.
    fn transform_at(&self, size: u32) -> Transform {
        self.entry().preprocessing.at(size).transform()
    }
}

impl Weights for WeightsEntry {
    fn entry(&self) -> &WeightsEntry {
        self
    }
}

/// What a [`Hub`](super::Hub) has to know of a file of weights to fetch it: made from `&` of any [`Weights`] or
/// [`DetectorWeights`](super::DetectorWeights) of this crate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightsFile {
    /// Where the file is fetched from; empty where it comes with this crate.
    pub url: &'static str,
    /// The file's name, in the cache or in this crate.
    pub file_name: &'static str,
    /// The SHA-256 in hexadecimal, or its first eight digits or more.
    pub sha256_prefix: &'static str,
    /// The size in MB of 2²⁰ bytes, rounded.
    pub megabytes: f64,
}

impl<W: Weights + ?Sized> From<&W> for WeightsFile {
    fn from(weights: &W) -> Self {
        let entry = weights.entry();
        Self {
            url: entry.url,
            file_name: entry.file_name,
            sha256_prefix: entry.sha256_prefix,
            megabytes: entry.megabytes,
        }
    }
}

/// All weights of classifiers that are known by name: torchvision's, of which each architecture's default is last, this
/// crate's own, and Idelbayev's. Detectors' are [others](super::all_detector_weights).
#[must_use]
pub fn all_weights() -> Vec<&'static WeightsEntry> {
    torchvision::TABLE
        .iter()
        .chain(drawn::TABLE)
        .chain(cifar::TABLE)
        .copied()
        .collect()
}

/// The weights of this name: `ResNet50_Weights.IMAGENET1K_V2`, or an architecture (`resnet50`) for its default ones.
///
/// # Errors
///
/// No entry has the name, and the message lists the nearest ones; or it is [a detector's](super::detector_weights()).
pub fn weights(name: &str) -> Result<&'static WeightsEntry> {
    let wanted = name.to_lowercase();
    let all = all_weights();
    let named = all.iter().find(|entry| entry.name.to_lowercase() == wanted);
    let mut defaults = torchvision::DEFAULTS.iter().chain(cifar::TABLE);
    named
        .or_else(|| defaults.find(|entry| entry.arch == wanted))
        .copied()
        .ok_or_else(|| {
            if detector_weights(name).is_ok() {
                let found = format!("{name:?}, a detector's (hub::detector_weights)");
                return Error::argument("weights", "those of a classifier", found);
            }
            let names = all.iter().flat_map(|entry| [entry.arch, entry.name]);
            unknown("weights", "hub::all_weights()", name, names)
        })
}
