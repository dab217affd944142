//! torchvision's weights for FCOS and RetinaNet, trained on COCO: one table, from which the enums are made.
//!
//! Every number is torchvision 0.28's own; `tests/hub/detector_weights.txt` is its word, and a test compares.

use super::coco::COCO_CATEGORIES;
use super::detector_weights::{DetectorPreprocessing, DetectorWeights, DetectorWeightsEntry};
use super::weights::WeightsFile;
use crate::data::{IMAGENET_MEAN, IMAGENET_STD};
use crate::detection::DetectorKind;

const TERMS: &str = "torchvision's code is BSD-3-Clause; the weights were trained on COCO, whose annotations are CC BY 4.0 \
    and whose pictures are Flickr's, each under its own terms, from a backbone trained on ImageNet, whose terms of access \
    are for non-commercial research and education";

const COCO: DetectorPreprocessing = DetectorPreprocessing {
    shorter: 800,
    longer: 1333,
    divisor: 32,
    mean: IMAGENET_MEAN,
    std: IMAGENET_STD,
};

/// Makes an enum for each architecture, and the table.
macro_rules! table {
    ($($arch:literal, $weights:ident = ($name:literal, $file:literal, $hash:literal, $megabytes:literal, $params:literal,
        $map:literal, $recipe:literal, $kind:ident, $eps:literal),)+) => {
        $(
            #[doc = concat!("torchvision's weights for `", $arch, "`.")]
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub enum $weights {
                #[doc = concat!("`", $name, "`, ", $megabytes, " MB, box mAP ", $map, " % on COCO's val2017.")]
                CocoV1,
            }

            impl $weights {
                /// What torchvision takes when it is told no more than the architecture.
                pub const DEFAULT: Self = Self::CocoV1;

                const fn known(self) -> &'static DetectorWeightsEntry {
                    match self {
                        Self::CocoV1 => &DetectorWeightsEntry {
                            name: $name,
                            arch: $arch,
                            kind: DetectorKind::$kind,
                            backbone: "resnet50",
                            url: concat!("https://download.pytorch.org/models/", $file),
                            file_name: $file,
                            sha256_prefix: $hash,
                            megabytes: $megabytes,
                            num_params: $params,
                            categories: &COCO_CATEGORIES,
                            box_map: Some($map),
                            norm_eps: $eps,
                            licence: TERMS,
                            recipe: $recipe,
                            preprocessing: COCO,
                        },
                    }
                }

                /// The names of the classes by number: [`COCO_CATEGORIES`].
                #[must_use]
                pub const fn categories(self) -> &'static [&'static str] {
                    self.known().categories
                }
            }

            impl DetectorWeights for $weights {
                fn entry(&self) -> &DetectorWeightsEntry {
                    self.known()
                }
            }

            impl From<&$weights> for WeightsFile {
                fn from(weights: &$weights) -> Self {
                    weights.known().into()
                }
            }
        )+

        /// Every entry; each is its architecture's default.
        pub(super) const TABLE: &[&DetectorWeightsEntry] = &[$($weights::CocoV1.known(),)+];
    };
}

// Columns: name, file, the SHA-256's first digits, MB, parameters, box mAP in percent, recipe, kind, what is added to
// variances. RetinaNet's file is older than pytorch/vision#2933, before which frozen batch normalisation added nothing;
// torchvision, when it loads this file and not FCOS's, goes back to that with `overwrite_eps(model, 0.0)`.
table! {
    "fcos_resnet50_fpn", FcosResNet50FpnWeights = ("FCOS_ResNet50_FPN_Weights.COCO_V1", "fcos_resnet50_fpn_coco-99b0c9b7.pth", "99b0c9b7", 123.608,
        32_269_600, 39.2, "https://github.com/pytorch/vision/tree/main/references/detection#fcos-resnet-50-fpn", Fcos, 1e-5),
    "retinanet_resnet50_fpn", RetinaNetResNet50FpnWeights = ("RetinaNet_ResNet50_FPN_Weights.COCO_V1", "retinanet_resnet50_fpn_coco-eeacb38b.pth",
        "eeacb38b", 130.267, 34_014_999, 36.4, "https://github.com/pytorch/vision/tree/main/references/detection#retinanet", RetinaNet, 0.0),
}
