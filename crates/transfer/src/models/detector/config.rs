//! Which detector.

use crate::detection::{Anchors, DetectorKind};
use crate::{Error, Result};

/// The description of one detector on any backbone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DetectorConfig {
    /// How boxes are said.
    pub kind: DetectorKind,
    /// How many classes there are; nothing is no class.
    pub num_classes: i64,
    /// How many channels the pyramid's maps have.
    pub width: i64,
    /// How many convolutions lie between them and an answer.
    pub convs: usize,
}

impl DetectorConfig {
    /// torchvision's `fcos_resnet50_fpn`, beside the backbone.
    #[must_use]
    pub fn fcos(num_classes: i64) -> Self {
        Self {
            kind: DetectorKind::Fcos,
            num_classes,
            width: 256,
            convs: 4,
        }
    }

    /// torchvision's `retinanet_resnet50_fpn`, beside the backbone.
    #[must_use]
    pub fn retinanet(num_classes: i64) -> Self {
        Self {
            kind: DetectorKind::RetinaNet,
            ..Self::fcos(num_classes)
        }
    }

    /// The same, a quarter as wide and half as deep: on a ResNet-18 and small pictures it learns on a CPU.
    #[must_use]
    pub fn small(self) -> Self {
        Self {
            width: 64,
            convs: 2,
            ..self
        }
    }

    pub(super) fn anchors(&self, strides: &[i64]) -> Anchors {
        match self.kind {
            DetectorKind::Fcos => Anchors::squares(strides),
            DetectorKind::RetinaNet => Anchors::retinanet(strides.len() as u32),
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        match self.num_classes < 1 || self.width < 1 {
            true => Err(Error::argument(
                "detector",
                "one class or more, and one channel",
                format!("{self:?}"),
            )),
            false => Ok(()),
        }
    }
}
