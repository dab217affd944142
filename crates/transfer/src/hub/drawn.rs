//! The weights that lie in this crate: made by its own program `pretrain`, from pictures that it draws.

use std::path::{Path, PathBuf};

use super::progress::Meter;
use super::verify;
use super::weights::{Weights, WeightsEntry, WeightsFile};
use crate::data::{IMAGENET_MEAN, IMAGENET_STD, Preprocessing};
use crate::{Error, Result};

/// Weights that are here before anything is fetched, made without a photograph: `pretrain` (a program of this crate)
/// makes them again from a seed.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let mut net: ResNet = ResNet::resnet18(1000, Device::Cpu, 0);
/// let path = Hub::new()?.fetch(&hub::DrawnWeights::ResNet18V1)?;
/// // The file has a trunk and no head.
/// net.load(path, &LoadOptions::new().without("fc"))?;
/// net.replace_head(12);
/// # Ok(())
/// # }
/// ```
///
#[cfg_attr(doc, doc = include_str!("../../weights/README.md"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DrawnWeights {
    /// `ResNet18_Weights.DRAWN_V1`, 21.3 MB: torchvision's `resnet18` without its head.
    ResNet18V1,
}

impl DrawnWeights {
    const fn known(self) -> &'static WeightsEntry {
        match self {
            Self::ResNet18V1 => &WeightsEntry {
                name: "ResNet18_Weights.DRAWN_V1",
                arch: "resnet18",
                url: "",
                file_name: "resnet18_drawn-fc1e7518.safetensors",
                sha256_prefix: "fc1e75182d119b8835b95f3718316df54d0f0299866d6146b366590db5d69d3e",
                megabytes: 21.3,
                num_params: 11_176_512,
                num_classes: None,
                acc1: None,
                acc5: None,
                licence: "MIT, as the crate",
                recipe: "cargo run --release -p transfer --bin pretrain -- --out FILE",
                preprocessing: Preprocessing {
                    resize: 64,
                    crop: 64,
                    mean: IMAGENET_MEAN,
                    std: IMAGENET_STD,
                },
            },
        }
    }
}

impl Weights for DrawnWeights {
    fn entry(&self) -> &WeightsEntry {
        self.known()
    }
}

/// Every entry.
pub(super) const TABLE: &[&WeightsEntry] = &[DrawnWeights::ResNet18V1.known()];

/// Whether it is of this table: a file that somebody else wrote is not, whatever its address.
pub(super) fn has(file: &WeightsFile) -> bool {
    TABLE.iter().any(|known| known.file_name == file.file_name)
}

/// Where a file of the table lies: among the sources that this crate was compiled from.
pub(super) fn path_of(file: &WeightsFile) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("weights")
        .join(file.file_name)
}

/// The file, if it is the one that it should be. Nothing is written: its hash takes less time than its loading.
pub(super) fn open(file: &WeightsFile, meter: &mut Meter) -> Result<PathBuf> {
    let path = path_of(file);
    let found = match path.exists() {
        true => verify::sha256(&path, meter)?,
        false => "that of no file: it is not there".to_owned(),
    };
    if verify::begins(&found, file.sha256_prefix) {
        return Ok(path);
    }
    Err(Error::WrongHash {
        expected: file.sha256_prefix.to_owned(),
        found,
        advice:
            "It is part of this project: `git checkout -- crates/transfer/weights` brings it back."
                .to_owned(),
        path,
    })
}
