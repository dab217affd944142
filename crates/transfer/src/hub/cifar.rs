//! The ResNets for CIFAR-10 of He et al. (2015, section 4.2), as Idelbayev trained and published them (BSD-2-Clause).
//!
//! The links in the second list of that repository's README lead nowhere: the files carry their hash in the name.
//! The files are state dicts of a `DataParallel`, below `state_dict`, their names with `module.` before them.

use super::weights::{Weights, WeightsEntry};
use crate::data::{IMAGENET_MEAN, IMAGENET_STD, Preprocessing};

/// Makes the enum and the table.
macro_rules! table {
    ($($variant:ident = ($arch:literal, $file:literal, $hash:literal, $megabytes:literal, $params:literal, $acc1:literal),)+) => {
        /// Idelbayev's ResNets for the pictures of CIFAR-10, 32 x 32 pixels in ten classes. The whole picture goes
        /// in, normalised as ImageNet's are.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CifarResNetWeights {
            $(
                #[doc = concat!("`", $arch, "`: ", $params, " parameters, ", $acc1, " % right on the test set.")]
                $variant,
            )+
        }

        impl CifarResNetWeights {
            /// The smallest one.
            pub const DEFAULT: Self = Self::ResNet20;

            const fn known(self) -> &'static WeightsEntry {
                match self {
                    $(Self::$variant => &WeightsEntry {
                        name: concat!("CifarResNet_Weights.", stringify!($variant)),
                        arch: $arch,
                        url: concat!(
                            "https://raw.githubusercontent.com/akamaster/pytorch_resnet_cifar10/master/pretrained_models/",
                            $file
                        ),
                        file_name: $file,
                        sha256_prefix: $hash,
                        megabytes: $megabytes,
                        num_params: $params,
                        num_classes: Some(10),
                        acc1: Some($acc1),
                        acc5: None,
                        licence: "BSD-2-Clause (Yerlan Idelbayev, 2018); trained on CIFAR-10",
                        recipe: "https://github.com/akamaster/pytorch_resnet_cifar10",
                        preprocessing: Preprocessing {
                            resize: 32,
                            crop: 32,
                            mean: IMAGENET_MEAN,
                            std: IMAGENET_STD,
                        },
                    },)+
                }
            }
        }

        impl Weights for CifarResNetWeights {
            fn entry(&self) -> &WeightsEntry {
                self.known()
            }
        }

        /// Every entry; each is its architecture's default.
        pub(super) const TABLE: &[&WeightsEntry] = &[$(CifarResNetWeights::$variant.known(),)+];
    };
}

// Sizes and full hashes are those of the files in the repository; of resnet110 only the hash's first digits and the
// parameters are known here, so its size is worked out from them.
table! {
    ResNet20 = ("resnet20_cifar", "resnet20-12fca82f.th", "12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8", 1.048, 269_722, 91.73),
    ResNet32 = ("resnet32_cifar", "resnet32-d509ac18.th", "d509ac1820d7f25398913559d7e81a13229b1e7adc5648e3bfa5e22dc137f850", 1.802, 464_154, 92.63),
    ResNet44 = ("resnet44_cifar", "resnet44-014dd654.th", "014dd6541728a1c700b1642ab640e211dc6eb8ed507d70697458dc8f8a0ae2e4", 2.557, 658_586, 93.1),
    ResNet56 = ("resnet56_cifar", "resnet56-4bfd9763.th", "4bfd97631478d6b638d2764fd2baff3edb1d7d82252d54439343b6596b9b5367", 3.311, 853_018, 93.39),
    ResNet110 = ("resnet110_cifar", "resnet110-1d1ed7c2.th", "1d1ed7c2", 6.705, 1_727_962, 93.68),
}
