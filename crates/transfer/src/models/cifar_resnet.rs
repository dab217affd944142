//! The ResNets for CIFAR's pictures of 32 × 32 (He, Zhang, Ren and Sun, "Deep Residual Learning for Image
//! Recognition", CVPR 2016, section 4.2): three layers of 16, 32 and 64 channels, and shortcuts without variables
//! (option A). torchvision has none; the parameter names are those of Yerlan Idelbayev's
//! `pytorch_resnet_cifar10`, whose trained weights load (the prefix `module.` of their names is found out).
//!
//! New weights of convolutions and of the head are normal with He's variance by fan-in, as in that project.
//! `num_batches_tracked`, which PyTorch counts and does not use, is not kept.

use tch::nn::init::FanInOut;
use tch::nn::{self, ModuleT};
use tch::{Device, Tensor};

use super::layers::{Conv, Conv2d, Linear, Maker, Start, he_normal, torch_linear};
use super::residual::{self, ResidualBlock, Widening};
use super::{Backbone, Step, Variables};

const WIDTHS: [i64; 3] = [16, 32, 64];
const FEATURE_DIM: i64 = WIDTHS[2];
const STAGES: [&str; 3] = ["layer1", "layer2", "layer3"];

/// The description of one of the paper's nets of `6 n + 2` layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CifarResNetConfig {
    /// How many blocks each of the three layers has: the paper's `n`.
    pub blocks: usize,
}

impl CifarResNetConfig {
    /// ResNet-20: 0.27 million parameters with 10 classes.
    pub const RESNET20: Self = Self { blocks: 3 };
    /// ResNet-32: 0.46 million parameters.
    pub const RESNET32: Self = Self { blocks: 5 };
    /// ResNet-44: 0.66 million parameters.
    pub const RESNET44: Self = Self { blocks: 7 };
    /// ResNet-56: 0.85 million parameters.
    pub const RESNET56: Self = Self { blocks: 9 };
    /// ResNet-110: 1.7 million parameters.
    pub const RESNET110: Self = Self { blocks: 18 };
}

/// A CIFAR ResNet that owns its variables.
#[derive(Debug)]
pub struct CifarResNet {
    variables: Variables,
    conv1: Conv2d,
    bn1: nn::BatchNorm,
    layers: [Vec<ResidualBlock>; 3],
    linear: Linear,
}

impl CifarResNet {
    /// A net with new weights drawn from `seed`. Seeds libtorch.
    #[must_use]
    pub fn new(config: CifarResNetConfig, num_classes: i64, device: Device, seed: u64) -> Self {
        crate::set_seed(seed);
        Self::make(config, num_classes, device, Start::Drawn)
    }

    /// A net whose weights are all 0 until they are loaded, which saves the time to draw them.
    #[must_use]
    pub fn undrawn(config: CifarResNetConfig, num_classes: i64, device: Device) -> Self {
        Self::make(config, num_classes, device, Start::Zero)
    }

    /// ResNet-20 with new weights.
    #[must_use]
    pub fn resnet20(num_classes: i64, device: Device, seed: u64) -> Self {
        Self::new(CifarResNetConfig::RESNET20, num_classes, device, seed)
    }

    fn make(config: CifarResNetConfig, num_classes: i64, device: Device, start: Start) -> Self {
        let variables = Variables::new(device);
        let root = Maker::of_net(&variables, start);
        let fan = FanInOut::FanIn;
        let mut width_in = WIDTHS[0];
        let stem = Conv {
            fan,
            ..Conv::new(width_in, 3, 1)
        };
        let conv1 = root.sub("conv1").conv(3, stem);
        let bn1 = root.sub("bn1").batch_norm(width_in);
        let layers = std::array::from_fn(|index| {
            let layer = root.sub(STAGES[index]);
            let blocks = (0..config.blocks).map(|number| {
                let stride = if number == 0 && index > 0 { 2 } else { 1 };
                let convs = ResidualBlock::basic(WIDTHS[index], stride, fan);
                let block =
                    ResidualBlock::new(&layer.sub(number), width_in, &convs, Widening::Zeros);
                width_in = WIDTHS[index];
                block
            });
            blocks.collect()
        });
        let inits = (he_normal(fan), torch_linear(FEATURE_DIM).1);
        let linear = root.sub("linear").linear(FEATURE_DIM, num_classes, inits);
        Self {
            variables,
            conv1,
            bn1,
            layers,
            linear,
        }
    }
}

impl Backbone for CifarResNet {
    fn variables(&self) -> &Variables {
        &self.variables
    }

    fn variables_mut(&mut self) -> &mut Variables {
        &mut self.variables
    }

    fn steps(&self) -> Vec<Step<'_>> {
        residual::steps(
            (&self.conv1, &self.bn1),
            None,
            STAGES.iter().zip(&self.layers),
            Step::new(self.head_name(), &self.linear),
        )
    }

    fn layer_names(&self) -> Vec<String> {
        residual::layer_names(&STAGES, self.head_name())
    }

    fn head_name(&self) -> &'static str {
        "linear"
    }

    fn feature_dim(&self) -> i64 {
        FEATURE_DIM
    }

    fn replace_head(&mut self, num_classes: i64) {
        self.linear = self
            .variables
            .renew_linear("linear", FEATURE_DIM, num_classes);
    }
}

impl ModuleT for CifarResNet {
    /// Pictures `[N, 3, 32, 32]` → logits `[N, num_classes]`.
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        self.logits(xs, train)
    }
}
