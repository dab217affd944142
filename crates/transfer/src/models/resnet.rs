//! ResNet (He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016), Wide ResNet
//! (Zagoruyko and Komodakis, "Wide Residual Networks", BMVC 2016) and ResNeXt (Xie et al., "Aggregated Residual
//! Transformations for Deep Neural Networks", CVPR 2017), as `torchvision.models.resnet` builds them: parameter
//! names and initialisation are torchvision's, and so is the bottleneck with its stride in the 3 × 3 convolution
//! (known as version 1.5; the paper has it in the first 1 × 1).
//!
//! Differences: `num_batches_tracked`, which PyTorch counts and does not use, is not kept. The net works on
//! pictures of any size from 32 × 32 (the last block then sees 1 × 1); torchvision's weights expect 224.

use tch::nn::init::FanInOut;
use tch::nn::{self, ModuleT};
use tch::{Device, Tensor};

use super::layers::{Conv, Conv2d, Linear, Maker, MaxPool, Start, torch_linear};
use super::residual::{self, ResidualBlock, Widening};
use super::{Backbone, Step, Variables};

const STEM_WIDTH: i64 = 64;
const STAGES: [&str; 4] = ["layer1", "layer2", "layer3", "layer4"];
const MAX_POOL: MaxPool = MaxPool {
    kernel: 3,
    stride: 2,
    padding: 1,
};

/// The residual block that a ResNet repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// Two 3 × 3 convolutions (ResNet-18 and -34).
    Basic,
    /// 1 × 1, 3 × 3 and 1 × 1 convolutions, the last four times as wide (ResNet-50 and deeper).
    Bottleneck,
}

impl Block {
    /// How many times wider a block's output is than the layer's nominal width.
    #[must_use]
    pub const fn expansion(self) -> i64 {
        match self {
            Block::Basic => 1,
            Block::Bottleneck => 4,
        }
    }
}

/// The description of one ResNet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResNetConfig {
    /// Which block is repeated.
    pub block: Block,
    /// How many blocks each of the four layers has.
    pub blocks: [usize; 4],
    /// Into how many groups a bottleneck's 3 × 3 convolution is cut (ResNeXt's cardinality). A basic block has one.
    pub groups: i64,
    /// The width of each group in `layer1`; 64 where there is one group and no widening. A basic block has 64.
    pub width_per_group: i64,
}

impl ResNetConfig {
    /// ResNet-18: 11.7 million parameters with 1,000 classes.
    pub const RESNET18: Self = Self::of(Block::Basic, [2, 2, 2, 2]);
    /// ResNet-34: 21.8 million parameters.
    pub const RESNET34: Self = Self::of(Block::Basic, [3, 4, 6, 3]);
    /// ResNet-50: 25.6 million parameters.
    pub const RESNET50: Self = Self::of(Block::Bottleneck, [3, 4, 6, 3]);
    /// ResNet-101: 44.5 million parameters.
    pub const RESNET101: Self = Self::of(Block::Bottleneck, [3, 4, 23, 3]);
    /// ResNet-152: 60.2 million parameters.
    pub const RESNET152: Self = Self::of(Block::Bottleneck, [3, 8, 36, 3]);
    /// ResNeXt-50 of 32 groups of 4: 25.0 million parameters.
    pub const RESNEXT50_32X4D: Self = Self::RESNET50.grouped(32, 4);
    /// ResNeXt-101 of 32 groups of 8: 88.8 million parameters.
    pub const RESNEXT101_32X8D: Self = Self::RESNET101.grouped(32, 8);
    /// ResNeXt-101 of 64 groups of 4: 83.5 million parameters.
    pub const RESNEXT101_64X4D: Self = Self::RESNET101.grouped(64, 4);
    /// Wide ResNet-50, twice as wide inside its blocks: 68.9 million parameters.
    pub const WIDE_RESNET50_2: Self = Self::RESNET50.grouped(1, 128);
    /// Wide ResNet-101, twice as wide inside its blocks: 126.9 million parameters.
    pub const WIDE_RESNET101_2: Self = Self::RESNET101.grouped(1, 128);

    const fn of(block: Block, blocks: [usize; 4]) -> Self {
        Self {
            block,
            blocks,
            groups: 1,
            width_per_group: 64,
        }
    }

    const fn grouped(self, groups: i64, width_per_group: i64) -> Self {
        Self {
            groups,
            width_per_group,
            ..self
        }
    }

    /// The convolutions of one block in a layer of that nominal width.
    fn convs(self, width: i64, stride: i64) -> Vec<Conv> {
        match self.block {
            Block::Basic => ResidualBlock::basic(width, stride, FanInOut::FanOut),
            Block::Bottleneck => {
                let inner = width * self.width_per_group / STEM_WIDTH * self.groups;
                let middle = Conv {
                    groups: self.groups,
                    ..Conv::new(inner, 3, stride)
                };
                let outer = width * self.block.expansion();
                vec![Conv::new(inner, 1, 1), middle, Conv::new(outer, 1, 1)]
            }
        }
    }
}

/// A ResNet that owns its variables.
#[derive(Debug)]
pub struct ResNet {
    variables: Variables,
    conv1: Conv2d,
    bn1: nn::BatchNorm,
    layers: [Vec<ResidualBlock>; 4],
    fc: Linear,
    feature_dim: i64,
}

impl ResNet {
    /// A net with new weights drawn from `seed` (He initialisation, as torchvision's). Seeds libtorch.
    #[must_use]
    pub fn new(config: ResNetConfig, num_classes: i64, device: Device, seed: u64) -> Self {
        crate::set_seed(seed);
        Self::make(config, num_classes, device, Start::Drawn)
    }

    /// A net whose weights are all 0 until they are loaded, which saves the time to draw them.
    #[must_use]
    pub fn undrawn(config: ResNetConfig, num_classes: i64, device: Device) -> Self {
        Self::make(config, num_classes, device, Start::Zero)
    }

    /// ResNet-18 with new weights.
    #[must_use]
    pub fn resnet18(num_classes: i64, device: Device, seed: u64) -> Self {
        Self::new(ResNetConfig::RESNET18, num_classes, device, seed)
    }

    /// ResNet-34 with new weights.
    #[must_use]
    pub fn resnet34(num_classes: i64, device: Device, seed: u64) -> Self {
        Self::new(ResNetConfig::RESNET34, num_classes, device, seed)
    }

    /// ResNet-50 with new weights.
    #[must_use]
    pub fn resnet50(num_classes: i64, device: Device, seed: u64) -> Self {
        Self::new(ResNetConfig::RESNET50, num_classes, device, seed)
    }

    fn make(config: ResNetConfig, num_classes: i64, device: Device, start: Start) -> Self {
        let variables = Variables::new(device);
        let root = Maker::of_net(&variables, start);
        let conv1 = root.sub("conv1").conv(3, Conv::new(STEM_WIDTH, 7, 2));
        let bn1 = root.sub("bn1").batch_norm(STEM_WIDTH);
        let mut width_in = STEM_WIDTH;
        let layers = std::array::from_fn(|index| {
            let width = STEM_WIDTH << index;
            let layer = root.sub(STAGES[index]);
            let blocks = (0..config.blocks[index]).map(|number| {
                let stride = if number == 0 && index > 0 { 2 } else { 1 };
                let convs = config.convs(width, stride);
                let block =
                    ResidualBlock::new(&layer.sub(number), width_in, &convs, Widening::Projection);
                width_in = width * config.block.expansion();
                block
            });
            blocks.collect()
        });
        let fc = root
            .sub("fc")
            .linear(width_in, num_classes, torch_linear(width_in));
        Self {
            variables,
            conv1,
            bn1,
            layers,
            fc,
            feature_dim: width_in,
        }
    }
}

impl Backbone for ResNet {
    fn variables(&self) -> &Variables {
        &self.variables
    }

    fn variables_mut(&mut self) -> &mut Variables {
        &mut self.variables
    }

    fn steps(&self) -> Vec<Step<'_>> {
        residual::steps(
            (&self.conv1, &self.bn1),
            Some(Step::new("maxpool", &MAX_POOL)),
            STAGES.iter().zip(&self.layers),
            Step::new(self.head_name(), &self.fc),
        )
    }

    fn layer_names(&self) -> Vec<String> {
        residual::layer_names(&STAGES, self.head_name())
    }

    fn head_name(&self) -> &'static str {
        "fc"
    }

    fn feature_dim(&self) -> i64 {
        self.feature_dim
    }

    fn replace_head(&mut self, num_classes: i64) {
        self.fc = self
            .variables
            .renew_linear("fc", self.feature_dim, num_classes);
    }
}

impl ModuleT for ResNet {
    /// Pictures `[N, 3, H, W]` → logits `[N, num_classes]`.
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        self.logits(xs, train)
    }
}
