//! The modules that the families are made of: those with variables, made by a [`Maker`] under their names, and
//! those without.

use tch::nn::init::{FanInOut, NonLinearity, NormalOrUniform};
use tch::nn::{self, Init};
use tch::{Tensor, nn::Module, nn::ModuleT};

use super::Variables;
use super::conv_lora::{Beside, Convolution, Convolutions};

/// A convolution that computes in the kind of its input: where that is bfloat16, so is a copy of the weights.
#[derive(Debug)]
pub(super) struct Conv2d {
    ws: Tensor,
    bs: Option<Tensor>,
    stride: i64,
    padding: i64,
    groups: i64,
    /// What LoRA adds, if anything.
    beside: Beside,
}

/// A fully connected layer that computes in the kind of its input, as [`Conv2d`] does.
#[derive(Debug)]
pub(super) struct Linear(nn::Linear);

impl Conv2d {
    /// Sets all biases, if it has any.
    pub(super) fn fill_bias(&self, value: f64) {
        if let Some(bias) = &self.bs {
            let mut bias = bias.shallow_clone();
            let _same_tensor = tch::no_grad(|| bias.fill_(value));
        }
    }

    fn convolve(&self, xs: &Tensor, ws: &Tensor, bs: Option<Tensor>) -> Tensor {
        xs.conv2d(
            &ws.to_kind(xs.kind()),
            bs,
            [self.stride, self.stride],
            [self.padding, self.padding],
            [1, 1],
            self.groups,
        )
    }
}

impl Linear {
    /// How wide its outputs and its inputs are.
    pub(super) fn shape(&self) -> [i64; 2] {
        [0, 1].map(|axis| self.0.ws.size()[axis])
    }

    /// Adds to its weight, in the kind of what is added.
    pub(super) fn add(&self, to_weight: &Tensor) {
        let mut weight = self.0.ws.shallow_clone();
        tch::no_grad(|| weight.copy_(&(weight.to_kind(to_weight.kind()) + to_weight)));
    }
}

impl Module for Conv2d {
    fn forward(&self, xs: &Tensor) -> Tensor {
        let kind = xs.kind();
        let bias = self.bs.as_ref().map(|bs| bs.to_kind(kind));
        self.beside.add_to(self.convolve(xs, &self.ws, bias), |a| {
            self.convolve(xs, a, None)
        })
    }
}

impl Module for Linear {
    fn forward(&self, xs: &Tensor) -> Tensor {
        let nn::Linear { ws, bs } = &self.0;
        let kind = xs.kind();
        xs.linear(&ws.to_kind(kind), bs.as_ref().map(|bs| bs.to_kind(kind)))
    }
}

/// Makes layers at one place of a variable store.
#[derive(Debug, Clone)]
pub(super) struct Maker<'a> {
    pub(super) path: nn::Path<'a>,
    start: Start,
    /// Where its convolutions are written down, for LoRA.
    convolutions: Convolutions,
}

/// How new weights start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// Drawn from libtorch's generator.
    Drawn,
    /// As zeros, which cost nothing: they are to be loaded.
    Zero,
}

/// A square convolution; unless said otherwise, padded so that only the stride changes the size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conv {
    pub(super) width: i64,
    pub(super) kernel: i64,
    pub(super) stride: i64,
    pub(super) padding: i64,
    pub(super) groups: i64,
    pub(super) bias: bool,
    /// What He initialisation keeps the size of: activations (`FanIn`) or gradients (`FanOut`).
    pub(super) fan: FanInOut,
}

impl Conv {
    /// As torchvision's nets have it: one group, no bias, He initialisation by fan-out.
    pub(super) fn new(width: i64, kernel: i64, stride: i64) -> Self {
        Self {
            width,
            kernel,
            stride,
            padding: kernel / 2,
            groups: 1,
            bias: false,
            fan: FanInOut::FanOut,
        }
    }
}

impl<'a> Maker<'a> {
    /// At the root of a store.
    pub(super) fn new(store: &'a nn::VarStore, start: Start) -> Self {
        Self {
            path: store.root(),
            start,
            convolutions: Convolutions::default(),
        }
    }

    /// At the root of a net whose convolutions can have LoRA beside them.
    pub(super) fn of_net(variables: &'a Variables, start: Start) -> Self {
        Self {
            convolutions: variables.convolutions.clone(),
            ..Self::new(&variables.store, start)
        }
    }

    /// The place `name` below this one.
    pub(super) fn sub(&self, name: impl ToString) -> Self {
        Self {
            path: self.path.sub(name),
            start: self.start,
            convolutions: self.convolutions.clone(),
        }
    }

    /// How new weights start here.
    pub(super) fn start(&self) -> Start {
        self.start
    }

    fn init(&self, init: Init) -> Init {
        match self.start {
            Start::Drawn => init,
            Start::Zero => Init::Const(0.0),
        }
    }

    pub(super) fn conv(&self, width_in: i64, conv: Conv) -> Conv2d {
        self.conv_from(width_in, conv, he_normal(conv.fan))
    }

    /// A convolution whose weights start so, and not by He's rule.
    pub(super) fn conv_from(&self, width_in: i64, conv: Conv, init: Init) -> Conv2d {
        let shape = [conv.width, width_in / conv.groups, conv.kernel, conv.kernel];
        let bias = conv
            .bias
            .then(|| self.path.var("bias", &[conv.width], Init::Const(0.0)));
        let ws = self.path.var("weight", &shape, self.init(init));
        let names: Vec<&str> = self.path.components().collect();
        let beside = self.convolutions.note(Convolution {
            name: names.join("."),
            weight: ws.shallow_clone(),
            groups: conv.groups,
        });
        Conv2d {
            ws,
            bs: bias,
            stride: conv.stride,
            padding: conv.padding,
            groups: conv.groups,
            beside,
        }
    }

    /// Of maps `[N, C, H, W]`.
    pub(super) fn batch_norm(&self, width: i64) -> nn::BatchNorm {
        nn::batch_norm2d(&self.path, width, norm_config())
    }

    /// Of rows `[N, C]`.
    pub(super) fn batch_norm_of_rows(&self, width: i64) -> nn::BatchNorm {
        nn::batch_norm1d(&self.path, width, norm_config())
    }

    /// `inits`: of the weight and of the bias.
    pub(super) fn linear(&self, width_in: i64, width: i64, inits: (Init, Init)) -> Linear {
        let config = nn::LinearConfig {
            ws_init: self.init(inits.0),
            bs_init: Some(self.init(inits.1)),
            bias: true,
        };
        Linear(nn::linear(&self.path, width_in, width, config))
    }
}

/// tch draws the scale from (0, 1); PyTorch starts it at 1.
fn norm_config() -> nn::BatchNormConfig {
    nn::BatchNormConfig {
        ws_init: Init::Const(1.0),
        ..Default::default()
    }
}

/// He initialisation with normal numbers, for a layer before a ReLU.
pub(super) fn he_normal(fan: FanInOut) -> Init {
    Init::Kaiming {
        dist: NormalOrUniform::Normal,
        fan,
        non_linearity: NonLinearity::ReLU,
    }
}

/// How `torch.nn.Linear` starts: weight and bias uniform within ± 1 / √`width_in`. (tch's own default draws the
/// weight from an interval √6 times as wide.)
pub(super) fn torch_linear(width_in: i64) -> (Init, Init) {
    let up = (width_in as f64).sqrt().recip();
    let init = Init::Uniform { lo: -up, up };
    (init, init)
}

/// `max(x, 0)`.
#[derive(Debug)]
pub(super) struct Relu;

impl Module for Relu {
    fn forward(&self, xs: &Tensor) -> Tensor {
        xs.relu()
    }
}

/// The largest number in each square window.
#[derive(Debug)]
pub(super) struct MaxPool {
    pub(super) kernel: i64,
    pub(super) stride: i64,
    pub(super) padding: i64,
}

impl Module for MaxPool {
    fn forward(&self, xs: &Tensor) -> Tensor {
        let square = |side| [side, side];
        xs.max_pool2d(
            square(self.kernel),
            square(self.stride),
            square(self.padding),
            [1, 1],
            false,
        )
    }
}

/// Means over a grid of so many cells a side, whatever the size of the input.
#[derive(Debug)]
pub(super) struct AveragePool(pub(super) i64);

impl Module for AveragePool {
    fn forward(&self, xs: &Tensor) -> Tensor {
        xs.adaptive_avg_pool2d([self.0, self.0])
    }
}

/// `[N, C, H, W]` → `[N, C·H·W]`.
#[derive(Debug)]
pub(super) struct Flatten;

impl Module for Flatten {
    fn forward(&self, xs: &Tensor) -> Tensor {
        xs.flatten(1, -1)
    }
}

/// In training, sets this part of the numbers to zero and scales the others up to make good for it.
#[derive(Debug)]
pub(super) struct Dropout(pub(super) f64);

impl ModuleT for Dropout {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        xs.dropout(self.0, train)
    }
}
