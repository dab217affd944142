//! ResNet (He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016), as
//! `torchvision.models.resnet` builds it: parameter names and initialisation are torchvision's.
//!
//! Differences: `num_batches_tracked`, which PyTorch counts and does not use, is not kept. The net works on
//! pictures of any size from 32 × 32 (the last block then sees 1 × 1); torchvision's weights expect 224.

use tch::nn::init::{FanInOut, NonLinearity, NormalOrUniform};
use tch::nn::{self, Init, ModuleT};
use tch::{Device, Tensor};

use super::Backbone;

const STEM_WIDTH: i64 = 64;
const LAYERS: [&str; 7] = ["conv1", "bn1", "layer1", "layer2", "layer3", "layer4", "fc"];

/// The residual block that a ResNet repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// Two 3 × 3 convolutions (ResNet-18 and -34).
    Basic,
}

impl Block {
    /// How many times wider a block's output is than its inner convolutions.
    #[must_use]
    pub const fn expansion(self) -> i64 {
        match self {
            Block::Basic => 1,
        }
    }
}

/// The description of one ResNet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResNetConfig {
    /// Which block is repeated.
    pub block: Block,
    /// How many blocks each of the four layers has.
    pub blocks: [i64; 4],
}

impl ResNetConfig {
    /// ResNet-18: 11.7 million parameters with 1,000 classes.
    pub const RESNET18: Self = Self {
        block: Block::Basic,
        blocks: [2, 2, 2, 2],
    };
    /// ResNet-34: 21.8 million parameters with 1,000 classes.
    pub const RESNET34: Self = Self {
        block: Block::Basic,
        blocks: [3, 4, 6, 3],
    };
}

/// A ResNet that owns its variables.
#[derive(Debug)]
pub struct ResNet {
    vs: nn::VarStore,
    conv1: nn::Conv2D,
    bn1: nn::BatchNorm,
    layers: [Vec<BasicBlock>; 4],
    fc: nn::Linear,
    feature_dim: i64,
}

impl ResNet {
    /// A net with new weights drawn from `seed` (He initialisation, as torchvision's). Seeds libtorch.
    #[must_use]
    pub fn new(config: ResNetConfig, num_classes: i64, device: Device, seed: u64) -> Self {
        crate::set_seed(seed);
        let vs = nn::VarStore::new(device);
        let root = vs.root();
        let conv1 = conv(&root / "conv1", 3, STEM_WIDTH, 7, 2);
        let bn1 = batch_norm(&root / "bn1", STEM_WIDTH);
        let mut width_in = STEM_WIDTH;
        let layers = std::array::from_fn(|index| {
            let width = STEM_WIDTH << index;
            let path = &root / LAYERS[2 + index];
            let blocks = (0..config.blocks[index]).map(|number| {
                let stride = if number == 0 && index > 0 { 2 } else { 1 };
                let block = BasicBlock::new(&path / number, width_in, width, stride);
                width_in = width * config.block.expansion();
                block
            });
            blocks.collect()
        });
        let fc = nn::linear(
            &root / "fc",
            width_in,
            num_classes,
            nn::LinearConfig::default(),
        );
        Self {
            vs,
            conv1,
            bn1,
            layers,
            fc,
            feature_dim: width_in,
        }
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
}

impl Backbone for ResNet {
    fn var_store(&self) -> &nn::VarStore {
        &self.vs
    }

    fn layer_names(&self) -> &'static [&'static str] {
        &LAYERS
    }

    fn feature_dim(&self) -> i64 {
        self.feature_dim
    }

    fn features(&self, xs: &Tensor, train: bool) -> Tensor {
        let xs = xs.apply(&self.conv1).apply_t(&self.bn1, train).relu();
        let mut xs = xs.max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false);
        for block in self.layers.iter().flatten() {
            xs = block.forward_t(&xs, train);
        }
        xs.adaptive_avg_pool2d([1, 1]).flatten(1, -1)
    }

    fn replace_head(&mut self, num_classes: i64) {
        let head = self.head_name();
        forget(&self.vs, head);
        self.fc = nn::linear(
            self.vs.root() / head,
            self.feature_dim,
            num_classes,
            nn::LinearConfig::default(),
        );
    }
}

impl ModuleT for ResNet {
    /// Pictures `[N, 3, H, W]` → logits `[N, num_classes]`.
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        self.features(xs, train).apply(&self.fc)
    }
}

#[derive(Debug)]
struct BasicBlock {
    conv1: nn::Conv2D,
    bn1: nn::BatchNorm,
    conv2: nn::Conv2D,
    bn2: nn::BatchNorm,
    downsample: Option<(nn::Conv2D, nn::BatchNorm)>,
}

impl BasicBlock {
    fn new(path: nn::Path<'_>, width_in: i64, width: i64, stride: i64) -> Self {
        let downsample = (stride != 1 || width_in != width).then(|| {
            let path = &path / "downsample";
            (
                conv(&path / 0, width_in, width, 1, stride),
                batch_norm(&path / 1, width),
            )
        });
        Self {
            conv1: conv(&path / "conv1", width_in, width, 3, stride),
            bn1: batch_norm(&path / "bn1", width),
            conv2: conv(&path / "conv2", width, width, 3, 1),
            bn2: batch_norm(&path / "bn2", width),
            downsample,
        }
    }
}

impl ModuleT for BasicBlock {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        let ys = xs
            .apply(&self.conv1)
            .apply_t(&self.bn1, train)
            .relu()
            .apply(&self.conv2)
            .apply_t(&self.bn2, train);
        match &self.downsample {
            Some((conv, bn)) => (ys + xs.apply(conv).apply_t(bn, train)).relu(),
            None => (ys + xs).relu(),
        }
    }
}

/// A square convolution without bias, padded so that only the stride changes the size.
fn conv(path: nn::Path<'_>, width_in: i64, width: i64, kernel: i64, stride: i64) -> nn::Conv2D {
    let ws_init = Init::Kaiming {
        dist: NormalOrUniform::Normal,
        fan: FanInOut::FanOut,
        non_linearity: NonLinearity::ReLU,
    };
    let config = nn::ConvConfig {
        stride,
        padding: kernel / 2,
        bias: false,
        ws_init,
        ..Default::default()
    };
    nn::conv2d(path, width_in, width, kernel, config)
}

/// tch draws the scale from (0, 1); torchvision starts it at 1.
fn batch_norm(path: nn::Path<'_>, width: i64) -> nn::BatchNorm {
    let config = nn::BatchNormConfig {
        ws_init: Init::Const(1.0),
        ..Default::default()
    };
    nn::batch_norm2d(path, width, config)
}

/// Takes a layer's variables out of the store, so that new ones can have their names.
fn forget(vs: &nn::VarStore, layer: &str) {
    let mut variables = vs
        .variables_
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let prefix = format!("{layer}.");
    let names: Vec<String> = variables
        .named_variables
        .keys()
        .filter(|name| name.starts_with(&prefix))
        .cloned()
        .collect();
    for name in names {
        if let Some(old) = variables.named_variables.remove(&name) {
            variables
                .trainable_variables
                .retain(|variable| variable.tensor.data_ptr() != old.data_ptr());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_and_counts_are_torchvisions() {
        let mut net = ResNet::resnet18(1000, Device::Cpu, 0);
        assert_eq!(net.parameter_counts(), (11_689_512, 11_689_512));
        let xs = Tensor::zeros([2, 3, 64, 64], tch::kind::FLOAT_CPU);
        assert_eq!(net.features(&xs, false).size(), [2, 512]);
        net.replace_head(5);
        assert_eq!(net.forward_t(&xs, false).size(), [2, 5]);
        assert_eq!(net.parameter_counts().1, 11_689_512 - 1000 * 513 + 5 * 513);
        assert_eq!(
            ResNet::resnet34(1000, Device::Cpu, 0).parameter_counts().1,
            21_797_672
        );
    }
}
