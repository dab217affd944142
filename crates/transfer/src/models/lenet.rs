//! A small net for digits: two convolutions and two linear layers, after LeNet-5 (LeCun, Bottou, Bengio and Haffner,
//! "Gradient-Based Learning Applied to Document Recognition", 1998). [`LeNetConfig::DIGITS`] has the convolutions of the one
//! that DANN (Ganin et al., "Domain-Adversarial Training of Neural Networks", JMLR 2016, figure 4a) reads MNIST-M with, and batch
//! normalisation behind each layer; [`LeNetConfig::without_batch_norm`] takes that away. torchvision has none.

use tch::nn::init::FanInOut;
use tch::nn::{self, ModuleT};
use tch::{Device, Tensor};

use super::layers::{
    Conv, Conv2d, Flatten, Linear, Maker, MaxPool, Relu, Start, he_normal, torch_linear,
};
use super::{Backbone, Step, Variables};

/// The side of both convolutions' kernels.
const KERNEL: i64 = 5;
const HALVED: MaxPool = MaxPool {
    kernel: 2,
    stride: 2,
    padding: 0,
};

/// The description of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeNetConfig {
    /// The side of its pictures, in pixels: 28 for MNIST.
    pub side: u32,
    /// The channels of the two convolutions.
    pub channels: [i64; 2],
    /// How many numbers describe a picture, before the head.
    pub features: i64,
    /// Whether there is batch normalisation.
    pub batch_norm: bool,
}

impl LeNetConfig {
    /// MNIST's size; 32 and 48 channels, 128 features: 0.14 million parameters with 10 classes.
    pub const DIGITS: Self = Self {
        side: 28,
        channels: [32, 48],
        features: 128,
        batch_norm: true,
    };

    /// The same without batch normalisation; the convolutions have biases then.
    #[must_use]
    pub const fn without_batch_norm(self) -> Self {
        Self {
            batch_norm: false,
            ..self
        }
    }

    /// The side of the maps behind the second pooling.
    fn last_side(self) -> i64 {
        let convolved = |side: i64| (side - KERNEL + 1) / 2;
        convolved(convolved(i64::from(self.side)))
    }
}

/// Such a net, which owns its variables.
#[derive(Debug)]
pub struct LeNet {
    variables: Variables,
    config: LeNetConfig,
    conv1: Conv2d,
    bn1: Option<nn::BatchNorm>,
    conv2: Conv2d,
    bn2: Option<nn::BatchNorm>,
    fc1: Linear,
    bn3: Option<nn::BatchNorm>,
    fc2: Linear,
}

impl LeNet {
    /// A net with new weights drawn from `seed`. Seeds libtorch.
    ///
    /// # Panics
    ///
    /// The pictures are smaller than 16 pixels a side.
    #[must_use]
    pub fn new(config: LeNetConfig, num_classes: i64, device: Device, seed: u64) -> Self {
        crate::set_seed(seed);
        Self::make(config, num_classes, device, Start::Drawn)
    }

    /// A net whose weights are all 0 until they are loaded.
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new).
    #[must_use]
    pub fn undrawn(config: LeNetConfig, num_classes: i64, device: Device) -> Self {
        Self::make(config, num_classes, device, Start::Zero)
    }

    fn make(config: LeNetConfig, num_classes: i64, device: Device, start: Start) -> Self {
        assert!(
            config.side >= 16,
            "two convolutions and poolings need 16 pixels a side"
        );
        let variables = Variables::new(device);
        let root = Maker::of_net(&variables, start);
        let conv = |name: &str, width_in: i64, width: i64| {
            let unpadded = Conv {
                padding: 0,
                bias: !config.batch_norm,
                fan: FanInOut::FanIn,
                ..Conv::new(width, KERNEL, 1)
            };
            root.sub(name).conv(width_in, unpadded)
        };
        let [first, second] = config.channels;
        let flat = second * config.last_side() * config.last_side();
        let hidden = (he_normal(FanInOut::FanIn), torch_linear(flat).1);
        Self {
            conv1: conv("conv1", 3, first),
            bn1: config.batch_norm.then(|| root.sub("bn1").batch_norm(first)),
            conv2: conv("conv2", first, second),
            bn2: config
                .batch_norm
                .then(|| root.sub("bn2").batch_norm(second)),
            fc1: root.sub("fc1").linear(flat, config.features, hidden),
            bn3: config
                .batch_norm
                .then(|| root.sub("bn3").batch_norm_of_rows(config.features)),
            fc2: root.sub("fc2").linear(
                config.features,
                num_classes,
                torch_linear(config.features),
            ),
            config,
            variables,
        }
    }
}

impl Backbone for LeNet {
    fn variables(&self) -> &Variables {
        &self.variables
    }

    fn variables_mut(&mut self) -> &mut Variables {
        &mut self.variables
    }

    fn steps(&self) -> Vec<Step<'_>> {
        let mut steps: Vec<Step<'_>> = vec![Step::new("conv1", &self.conv1)];
        steps.extend(norm("bn1", &self.bn1));
        steps.extend([
            Step::new("relu1", &Relu),
            Step::new("pool1", &HALVED),
            Step::new("conv2", &self.conv2),
        ]);
        steps.extend(norm("bn2", &self.bn2));
        steps.extend([
            Step::new("relu2", &Relu),
            Step::new("pool2", &HALVED),
            Step::new("flatten", &Flatten),
            Step::new("fc1", &self.fc1),
        ]);
        steps.extend(norm("bn3", &self.bn3));
        steps.extend([
            Step::new("relu3", &Relu),
            Step::new(self.head_name(), &self.fc2),
        ]);
        steps
    }

    fn layer_names(&self) -> Vec<String> {
        let names = [
            "conv1",
            "bn1",
            "conv2",
            "bn2",
            "fc1",
            "bn3",
            self.head_name(),
        ];
        let has = |name: &&str| self.config.batch_norm || !name.starts_with("bn");
        names.into_iter().filter(has).map(String::from).collect()
    }

    fn head_name(&self) -> &'static str {
        "fc2"
    }

    fn feature_dim(&self) -> i64 {
        self.config.features
    }

    fn replace_head(&mut self, num_classes: i64) {
        self.fc2 = self
            .variables
            .renew_linear("fc2", self.config.features, num_classes);
    }
}

impl ModuleT for LeNet {
    /// Pictures `[N, 3, side, side]` → logits `[N, num_classes]`.
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        self.logits(xs, train)
    }
}

/// The step of a normalisation, if there is one.
fn norm<'a>(name: &str, norm: &'a Option<nn::BatchNorm>) -> Option<Step<'a>> {
    norm.as_ref().map(|norm| Step::new(name, norm))
}
