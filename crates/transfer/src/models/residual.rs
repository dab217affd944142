//! The residual block: a chain of convolutions, and a shortcut around it; and the order of a net that is made of them.

use tch::Tensor;
use tch::nn::init::FanInOut;
use tch::nn::{self, ModuleT};

use super::Step;
use super::layers::{AveragePool, Conv, Conv2d, Flatten, Maker, Relu};

/// How a block's input reaches its sum where the block changes width or size (He et al. 2016, section 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Widening {
    /// Option A: every second pixel, and zeros for the channels that are new. Has no variables.
    Zeros,
    /// Option B: a 1 × 1 convolution with batch normalisation, `downsample`.
    Projection,
}

/// `relu(chain(x) + shortcut(x))`; the chain is `conv1`, `bn1`, ReLU, `conv2`, `bn2`, …, without a last ReLU.
#[derive(Debug)]
pub(super) struct ResidualBlock {
    chain: Vec<(Conv2d, nn::BatchNorm)>,
    shortcut: Shortcut,
}

#[derive(Debug)]
enum Shortcut {
    Identity,
    Zeros { stride: i64, channels: i64 },
    Projection(Box<(Conv2d, nn::BatchNorm)>),
}

impl ResidualBlock {
    /// A block with these convolutions.
    pub(super) fn new(
        maker: &Maker<'_>,
        width_in: i64,
        chain: &[Conv],
        widening: Widening,
    ) -> Self {
        let stride = chain.iter().map(|conv| conv.stride).product();
        let width = chain.last().map_or(width_in, |conv| conv.width);
        let shortcut = match widening {
            _ if stride == 1 && width == width_in => Shortcut::Identity,
            Widening::Zeros => Shortcut::Zeros {
                stride,
                channels: width - width_in,
            },
            Widening::Projection => {
                let maker = maker.sub("downsample");
                Shortcut::Projection(Box::new((
                    maker.sub(0).conv(width_in, Conv::new(width, 1, stride)),
                    maker.sub(1).batch_norm(width),
                )))
            }
        };
        let mut width_in = width_in;
        let layers = chain.iter().zip(1..).map(|(&conv, number)| {
            let layer = (
                maker.sub(format!("conv{number}")).conv(width_in, conv),
                maker.sub(format!("bn{number}")).batch_norm(conv.width),
            );
            width_in = conv.width;
            layer
        });
        Self {
            chain: layers.collect(),
            shortcut,
        }
    }

    /// Two 3 × 3 convolutions.
    pub(super) fn basic(width: i64, stride: i64, fan: FanInOut) -> Vec<Conv> {
        [stride, 1]
            .map(|stride| Conv {
                fan,
                ..Conv::new(width, 3, stride)
            })
            .to_vec()
    }
}

/// What a net of residual blocks computes: its first convolution, perhaps a pooling, the stages, the average of the last
/// map, the head.
pub(super) fn steps<'a>(
    (conv1, bn1): (&'a Conv2d, &'a nn::BatchNorm),
    pooling: Option<Step<'a>>,
    stages: impl Iterator<Item = (&'a &'static str, &'a Vec<ResidualBlock>)>,
    head: Step<'a>,
) -> Vec<Step<'a>> {
    let mut steps = vec![
        Step::new("conv1", conv1),
        Step::new("bn1", bn1),
        Step::new("relu", &Relu),
    ];
    steps.extend(pooling);
    for (name, blocks) in stages {
        steps.extend(Step::numbered(name, blocks.iter().map(|block| block as _)));
    }
    steps.extend([
        Step::new("avgpool", &AveragePool(1)),
        Step::new("flatten", &Flatten),
        head,
    ]);
    steps
}

/// The layers of such a net.
pub(super) fn layer_names(stages: &[&str], head: &str) -> Vec<String> {
    let names = ["conv1", "bn1"].iter().chain(stages).chain([&head]);
    names.map(ToString::to_string).collect()
}

impl ModuleT for ResidualBlock {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        let mut ys = xs.shallow_clone();
        for (number, (conv, bn)) in self.chain.iter().enumerate() {
            let input = if number == 0 { ys } else { ys.relu() };
            ys = input.apply(conv).apply_t(bn, train);
        }
        (ys + self.shortcut.forward_t(xs, train)).relu()
    }
}

impl ModuleT for Shortcut {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        match self {
            Shortcut::Identity => xs.shallow_clone(),
            Shortcut::Zeros { stride, channels } => {
                let picked = xs
                    .slice(2, None, None, *stride)
                    .slice(3, None, None, *stride);
                // Half of the new channels before the old ones, half behind them.
                let before = channels / 2;
                picked.constant_pad_nd([0, 0, 0, 0, before, channels - before])
            }
            Shortcut::Projection(layers) => xs.apply(&layers.0).apply_t(&layers.1, train),
        }
    }
}
