//! torchvision's weights for ResNet, Wide ResNet, ResNeXt and VGG: one table, from which the enums are made.
//!
//! Every number is torchvision 0.28's own; `tests/hub/torchvision_weights.txt` is its word, and a test compares.

use super::weights::{Weights, WeightsEntry};
use crate::data::{IMAGENET_MEAN, IMAGENET_STD, Preprocessing};

const TERMS: &str = "torchvision's code is BSD-3-Clause; the weights were trained on ImageNet, whose terms of access \
    are for non-commercial research and education";

const RESNET: &str = "https://github.com/pytorch/vision/tree/main/references/classification#resnet";
const RESNEXT: &str =
    "https://github.com/pytorch/vision/tree/main/references/classification#resnext";
const VGG: &str =
    "https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg";
const WIDE: &str = "https://github.com/pytorch/vision/pull/912#issue-445437439";
const NEW: &str = "https://github.com/pytorch/vision/issues/3995#new-recipe";
const NEW_FIXRES: &str = "https://github.com/pytorch/vision/issues/3995#new-recipe-with-fixres";

const fn imagenet(resize: u32) -> Preprocessing {
    Preprocessing {
        resize,
        crop: 224,
        mean: IMAGENET_MEAN,
        std: IMAGENET_STD,
    }
}

const IMAGENET_256: Preprocessing = imagenet(256);
const IMAGENET_232: Preprocessing = imagenet(232);
/// As the VGG paper did: the mean colour is subtracted, and a step is one grey level of 255.
const SSD: Preprocessing = Preprocessing {
    mean: [0.48235, 0.45882, 0.40784],
    std: [1.0 / 255.0; 3],
    ..IMAGENET_256
};

/// Makes an enum for each architecture, and the tables of all entries and of the default ones.
macro_rules! tables {
    ($($arch:literal, $weights:ident, default $default:ident {
        $($variant:ident = ($name:literal, $file:literal, $hash:literal, $megabytes:literal, $params:literal,
            $classes:expr, $acc1:expr, $acc5:expr, $recipe:expr, $preprocessing:expr),)+
    })+) => {
        $(
            #[doc = concat!("torchvision's weights for `", $arch, "`.")]
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub enum $weights {
                $(
                    #[doc = concat!("`", $name, "`, ", $megabytes, " MB.")]
                    $variant,
                )+
            }

            impl $weights {
                /// What torchvision takes when it is told no more than the architecture.
                pub const DEFAULT: Self = Self::$default;

                const fn known(self) -> &'static WeightsEntry {
                    match self {
                        $(Self::$variant => &WeightsEntry {
                            name: $name,
                            arch: $arch,
                            url: concat!("https://download.pytorch.org/models/", $file),
                            file_name: $file,
                            sha256_prefix: $hash,
                            megabytes: $megabytes,
                            num_params: $params,
                            num_classes: $classes,
                            acc1: $acc1,
                            acc5: $acc5,
                            licence: TERMS,
                            recipe: $recipe,
                            preprocessing: $preprocessing,
                        },)+
                    }
                }
            }

            impl Weights for $weights {
                fn entry(&self) -> &WeightsEntry {
                    self.known()
                }
            }
        )+

        /// Every entry.
        pub(super) const TABLE: &[&WeightsEntry] = &[$($($weights::$variant.known(),)+)+];
        /// The default entry of each architecture.
        pub(super) const DEFAULTS: &[&WeightsEntry] = &[$($weights::DEFAULT.known(),)+];
    };
}

// Columns: name, file, the SHA-256's first digits, MB, parameters, classes, top-1 and top-5 in percent, recipe,
// preprocessing. VGG16_Weights.IMAGENET1K_FEATURES lacks values in its classifier, says torchvision: for feature
// extraction only.
tables! {
    "resnet18", ResNet18Weights, default ImageNet1kV1 {
        ImageNet1kV1 = ("ResNet18_Weights.IMAGENET1K_V1", "resnet18-f37072fd.pth", "f37072fd", 44.661, 11_689_512, Some(1000), Some(69.758), Some(89.078), RESNET, IMAGENET_256),
    }
    "resnet34", ResNet34Weights, default ImageNet1kV1 {
        ImageNet1kV1 = ("ResNet34_Weights.IMAGENET1K_V1", "resnet34-b627a593.pth", "b627a593", 83.275, 21_797_672, Some(1000), Some(73.314), Some(91.42), RESNET, IMAGENET_256),
    }
    "resnet50", ResNet50Weights, default ImageNet1kV2 {
        ImageNet1kV1 = ("ResNet50_Weights.IMAGENET1K_V1", "resnet50-0676ba61.pth", "0676ba61", 97.781, 25_557_032, Some(1000), Some(76.13), Some(92.862), RESNET, IMAGENET_256),
        ImageNet1kV2 = ("ResNet50_Weights.IMAGENET1K_V2", "resnet50-11ad3fa6.pth", "11ad3fa6", 97.79, 25_557_032, Some(1000), Some(80.858), Some(95.434), "https://github.com/pytorch/vision/issues/3995#issuecomment-1013906621", IMAGENET_232),
    }
    "resnet101", ResNet101Weights, default ImageNet1kV2 {
        ImageNet1kV1 = ("ResNet101_Weights.IMAGENET1K_V1", "resnet101-63fe2227.pth", "63fe2227", 170.511, 44_549_160, Some(1000), Some(77.374), Some(93.546), RESNET, IMAGENET_256),
        ImageNet1kV2 = ("ResNet101_Weights.IMAGENET1K_V2", "resnet101-cd907fc2.pth", "cd907fc2", 170.53, 44_549_160, Some(1000), Some(81.886), Some(95.78), NEW, IMAGENET_232),
    }
    "resnet152", ResNet152Weights, default ImageNet1kV2 {
        ImageNet1kV1 = ("ResNet152_Weights.IMAGENET1K_V1", "resnet152-394f9c45.pth", "394f9c45", 230.434, 60_192_808, Some(1000), Some(78.312), Some(94.046), RESNET, IMAGENET_256),
        ImageNet1kV2 = ("ResNet152_Weights.IMAGENET1K_V2", "resnet152-f82ba261.pth", "f82ba261", 230.474, 60_192_808, Some(1000), Some(82.284), Some(96.002), NEW, IMAGENET_232),
    }
    "wide_resnet50_2", WideResNet50_2Weights, default ImageNet1kV2 {
        ImageNet1kV1 = ("Wide_ResNet50_2_Weights.IMAGENET1K_V1", "wide_resnet50_2-95faca4d.pth", "95faca4d", 131.82, 68_883_240, Some(1000), Some(78.468), Some(94.086), WIDE, IMAGENET_256),
        ImageNet1kV2 = ("Wide_ResNet50_2_Weights.IMAGENET1K_V2", "wide_resnet50_2-9ba9bcbe.pth", "9ba9bcbe", 263.124, 68_883_240, Some(1000), Some(81.602), Some(95.758), NEW_FIXRES, IMAGENET_232),
    }
    "wide_resnet101_2", WideResNet101_2Weights, default ImageNet1kV2 {
        ImageNet1kV1 = ("Wide_ResNet101_2_Weights.IMAGENET1K_V1", "wide_resnet101_2-32ee1156.pth", "32ee1156", 242.896, 126_886_696, Some(1000), Some(78.848), Some(94.284), WIDE, IMAGENET_256),
        ImageNet1kV2 = ("Wide_ResNet101_2_Weights.IMAGENET1K_V2", "wide_resnet101_2-d733dc28.pth", "d733dc28", 484.747, 126_886_696, Some(1000), Some(82.51), Some(96.02), NEW, IMAGENET_232),
    }
    "resnext50_32x4d", ResNeXt50_32X4DWeights, default ImageNet1kV2 {
        ImageNet1kV1 = ("ResNeXt50_32X4D_Weights.IMAGENET1K_V1", "resnext50_32x4d-7cdf4587.pth", "7cdf4587", 95.789, 25_028_904, Some(1000), Some(77.618), Some(93.698), RESNEXT, IMAGENET_256),
        ImageNet1kV2 = ("ResNeXt50_32X4D_Weights.IMAGENET1K_V2", "resnext50_32x4d-1a0047aa.pth", "1a0047aa", 95.833, 25_028_904, Some(1000), Some(81.198), Some(95.34), NEW, IMAGENET_232),
    }
    "resnext101_32x8d", ResNeXt101_32X8DWeights, default ImageNet1kV2 {
        ImageNet1kV1 = ("ResNeXt101_32X8D_Weights.IMAGENET1K_V1", "resnext101_32x8d-8ba56ff5.pth", "8ba56ff5", 339.586, 88_791_336, Some(1000), Some(79.312), Some(94.526), RESNEXT, IMAGENET_256),
        ImageNet1kV2 = ("ResNeXt101_32X8D_Weights.IMAGENET1K_V2", "resnext101_32x8d-110c445d.pth", "110c445d", 339.673, 88_791_336, Some(1000), Some(82.834), Some(96.228), NEW_FIXRES, IMAGENET_232),
    }
    "resnext101_64x4d", ResNeXt101_64X4DWeights, default ImageNet1kV1 {
        ImageNet1kV1 = ("ResNeXt101_64X4D_Weights.IMAGENET1K_V1", "resnext101_64x4d-173b62eb.pth", "173b62eb", 319.318, 83_455_272, Some(1000), Some(83.246), Some(96.454), "https://github.com/pytorch/vision/pull/5935", IMAGENET_232),
    }
    "vgg11", VGG11Weights, default ImageNet1kV1 {
        ImageNet1kV1 = ("VGG11_Weights.IMAGENET1K_V1", "vgg11-8a719046.pth", "8a719046", 506.84, 132_863_336, Some(1000), Some(69.02), Some(88.628), VGG, IMAGENET_256),
    }
    "vgg11_bn", VGG11BNWeights, default ImageNet1kV1 {
        ImageNet1kV1 = ("VGG11_BN_Weights.IMAGENET1K_V1", "vgg11_bn-6002323d.pth", "6002323d", 506.881, 132_868_840, Some(1000), Some(70.37), Some(89.81), VGG, IMAGENET_256),
    }
    "vgg13", VGG13Weights, default ImageNet1kV1 {
        ImageNet1kV1 = ("VGG13_Weights.IMAGENET1K_V1", "vgg13-19584684.pth", "19584684", 507.545, 133_047_848, Some(1000), Some(69.928), Some(89.246), VGG, IMAGENET_256),
    }
    "vgg13_bn", VGG13BNWeights, default ImageNet1kV1 {
        ImageNet1kV1 = ("VGG13_BN_Weights.IMAGENET1K_V1", "vgg13_bn-abd245e5.pth", "abd245e5", 507.59, 133_053_736, Some(1000), Some(71.586), Some(90.374), VGG, IMAGENET_256),
    }
    "vgg16", VGG16Weights, default ImageNet1kV1 {
        ImageNet1kV1 = ("VGG16_Weights.IMAGENET1K_V1", "vgg16-397923af.pth", "397923af", 527.796, 138_357_544, Some(1000), Some(71.592), Some(90.382), VGG, IMAGENET_256),
        ImageNet1kFeatures = ("VGG16_Weights.IMAGENET1K_FEATURES", "vgg16_features-amdegroot-88682ab5.pth", "88682ab5", 527.802, 138_357_544, None, None, None, "https://github.com/amdegroot/ssd.pytorch#training-ssd", SSD),
    }
    "vgg16_bn", VGG16BNWeights, default ImageNet1kV1 {
        ImageNet1kV1 = ("VGG16_BN_Weights.IMAGENET1K_V1", "vgg16_bn-6c64b313.pth", "6c64b313", 527.866, 138_365_992, Some(1000), Some(73.36), Some(91.516), VGG, IMAGENET_256),
    }
    "vgg19", VGG19Weights, default ImageNet1kV1 {
        ImageNet1kV1 = ("VGG19_Weights.IMAGENET1K_V1", "vgg19-dcbb9e9d.pth", "dcbb9e9d", 548.051, 143_667_240, Some(1000), Some(72.376), Some(90.876), VGG, IMAGENET_256),
    }
    "vgg19_bn", VGG19BNWeights, default ImageNet1kV1 {
        ImageNet1kV1 = ("VGG19_BN_Weights.IMAGENET1K_V1", "vgg19_bn-c79401a0.pth", "c79401a0", 548.143, 143_678_248, Some(1000), Some(74.218), Some(91.842), VGG, IMAGENET_256),
    }
}
