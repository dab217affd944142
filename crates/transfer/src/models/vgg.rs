//! VGG (Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", ICLR 2015),
//! with and without batch normalisation, as `torchvision.models.vgg` builds it: parameter names
//! (`features.N`, `classifier.N`) and initialisation are torchvision's.
//!
//! The features are the 4,096 numbers behind the classifier's second ReLU (and, in training, its dropout): what the
//! last linear layer, the head `classifier.6`, sees. Pictures may have any size from 32 × 32: the last feature map is
//! averaged, or repeated, to 7 × 7. torchvision's weights expect 224.
//!
//! Differences: a tap behind a convolution or normalisation is before the ReLU, where torchvision's ReLU overwrites
//! it; `num_batches_tracked`, which PyTorch counts and does not use, is not kept.

use tch::nn::{Init, ModuleT};
use tch::{Device, Tensor};

use super::layers::{AveragePool, Conv, Dropout, Flatten, Maker, MaxPool, Relu, Start};
use super::{Backbone, Step, Variables};

const WIDTHS: [i64; 5] = [64, 128, 256, 512, 512];
/// The last feature map's cells a side, as the classifier sees it.
const GRID: i64 = 7;
const HIDDEN: i64 = 4096;
const HEAD: usize = 6;

/// The description of one VGG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VggConfig {
    /// How many convolutions there are before each of the five poolings.
    pub convs: [usize; 5],
    /// Whether each convolution is followed by batch normalisation.
    pub batch_norm: bool,
}

impl VggConfig {
    /// VGG-11 (the paper's A): 132.9 million parameters with 1,000 classes.
    pub const VGG11: Self = Self::of([1, 1, 2, 2, 2]);
    /// VGG-13 (B): 133.0 million parameters.
    pub const VGG13: Self = Self::of([2, 2, 2, 2, 2]);
    /// VGG-16 (D): 138.4 million parameters.
    pub const VGG16: Self = Self::of([2, 2, 3, 3, 3]);
    /// VGG-19 (E): 143.7 million parameters.
    pub const VGG19: Self = Self::of([2, 2, 4, 4, 4]);

    const fn of(convs: [usize; 5]) -> Self {
        let batch_norm = false;
        Self { convs, batch_norm }
    }

    /// The same with batch normalisation: torchvision's `_bn`.
    #[must_use]
    pub const fn with_batch_norm(self) -> Self {
        Self {
            batch_norm: true,
            ..self
        }
    }
}

/// A VGG that owns its variables.
#[derive(Debug)]
pub struct Vgg {
    variables: Variables,
    features: Vec<Box<dyn ModuleT>>,
    classifier: Vec<Box<dyn ModuleT>>,
}

impl Vgg {
    /// A net with new weights drawn from `seed`, as torchvision draws them. Seeds libtorch.
    #[must_use]
    pub fn new(config: VggConfig, num_classes: i64, device: Device, seed: u64) -> Self {
        crate::set_seed(seed);
        Self::make(config, num_classes, device, Start::Drawn)
    }

    /// A net whose weights are all 0 until they are loaded, which saves the time to draw them.
    #[must_use]
    pub fn undrawn(config: VggConfig, num_classes: i64, device: Device) -> Self {
        Self::make(config, num_classes, device, Start::Zero)
    }

    /// VGG-16 with new weights.
    #[must_use]
    pub fn vgg16(num_classes: i64, device: Device, seed: u64) -> Self {
        Self::new(VggConfig::VGG16, num_classes, device, seed)
    }

    fn make(config: VggConfig, num_classes: i64, device: Device, start: Start) -> Self {
        let variables = Variables::new(device);
        let root = Maker::of_net(&variables, start);
        let features = features(&root.sub("features"), config);
        let classifier = classifier(&root.sub("classifier"), num_classes);
        Self {
            variables,
            features,
            classifier,
        }
    }
}

fn features(maker: &Maker<'_>, config: VggConfig) -> Vec<Box<dyn ModuleT>> {
    let mut modules: Vec<Box<dyn ModuleT>> = Vec::new();
    let mut width_in = 3;
    for (width, convs) in WIDTHS.into_iter().zip(config.convs) {
        for _ in 0..convs {
            let conv = Conv {
                bias: true,
                ..Conv::new(width, 3, 1)
            };
            modules.push(Box::new(maker.sub(modules.len()).conv(width_in, conv)));
            if config.batch_norm {
                modules.push(Box::new(maker.sub(modules.len()).batch_norm(width)));
            }
            modules.push(Box::new(Relu));
            width_in = width;
        }
        modules.push(Box::new(MaxPool {
            kernel: 2,
            stride: 2,
            padding: 0,
        }));
    }
    modules
}

fn classifier(maker: &Maker<'_>, num_classes: i64) -> Vec<Box<dyn ModuleT>> {
    let weight = Init::Randn {
        mean: 0.0,
        stdev: 0.01,
    };
    let linear = |number: usize, width_in, width| {
        let inits = (weight, Init::Const(0.0));
        maker.sub(number).linear(width_in, width, inits)
    };
    vec![
        Box::new(linear(0, WIDTHS[4] * GRID * GRID, HIDDEN)),
        Box::new(Relu),
        Box::new(Dropout(0.5)),
        Box::new(linear(3, HIDDEN, HIDDEN)),
        Box::new(Relu),
        Box::new(Dropout(0.5)),
        Box::new(linear(HEAD, HIDDEN, num_classes)),
    ]
}

impl Backbone for Vgg {
    fn variables(&self) -> &Variables {
        &self.variables
    }

    fn variables_mut(&mut self) -> &mut Variables {
        &mut self.variables
    }

    fn steps(&self) -> Vec<Step<'_>> {
        let mut steps = Step::numbered("features", self.features.iter().map(Box::as_ref));
        steps.push(Step::new("avgpool", &AveragePool(GRID)));
        steps.push(Step::new("flatten", &Flatten));
        steps.extend(Step::numbered(
            "classifier",
            self.classifier.iter().map(Box::as_ref),
        ));
        steps
    }

    /// One layer for each module with variables: `"features.0"`, …, `"classifier.6"`.
    fn layer_names(&self) -> Vec<String> {
        let variables = self.variables.store.variables();
        let has_weight = |step: &Step<'_>| variables.contains_key(&format!("{}.weight", step.name));
        let layers = self.steps().into_iter().filter(has_weight);
        layers.map(|step| step.name).collect()
    }

    fn head_name(&self) -> &'static str {
        "classifier.6"
    }

    fn feature_dim(&self) -> i64 {
        HIDDEN
    }

    fn replace_head(&mut self, num_classes: i64) {
        let head = self.head_name();
        let linear = self.variables.renew_linear(head, HIDDEN, num_classes);
        self.classifier[HEAD] = Box::new(linear);
    }
}

impl ModuleT for Vgg {
    /// Pictures `[N, 3, H, W]` → logits `[N, num_classes]`.
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        self.logits(xs, train)
    }
}
