//! VGG (Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", ICLR 2015),
//! with and without batch normalisation, as `torchvision.models.vgg` builds it: parameter names
//! (`features.N`, `classifier.N`) and initialisation are torchvision's.
//!
//! The features are the 4,096 numbers behind the classifier's second ReLU (and, in training, its dropout): what the
//! last linear layer, the head `classifier.6`, sees. Pictures may have any size from 32 × 32: the last feature map is
//! averaged, or repeated, to 7 × 7. torchvision's weights expect 224.
//!
//! [`VggConfig::pooled`] leaves the classifier out: nine tenths of the weights, and at small pictures as much of a step's time.
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
const POOLED_HEAD: &str = "classifier";

/// The description of one VGG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VggConfig {
    /// How many convolutions there are before each of the five poolings.
    pub convs: [usize; 5],
    /// Whether each convolution is followed by batch normalisation.
    pub batch_norm: bool,
    /// Whether the head is right behind the averaged last feature map, in place of the paper's two wide layers.
    pub pooled: bool,
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
        Self {
            convs,
            batch_norm: false,
            pooled: false,
        }
    }

    /// The same with batch normalisation: torchvision's `_bn`.
    #[must_use]
    pub const fn with_batch_norm(self) -> Self {
        Self {
            batch_norm: true,
            ..self
        }
    }

    /// The same without the two wide layers: the last feature map is averaged, and the head `classifier` sees its 512 numbers, as
    /// in Keras with `include_top=False, pooling="avg"`. VGG-11 has 9.2 million parameters so, and not 128.8. torchvision's
    /// weights load as they are with [`LoadOptions::without`](crate::checkpoint::LoadOptions::without)`("classifier")`.
    #[must_use]
    pub const fn pooled(self) -> Self {
        Self {
            pooled: true,
            ..self
        }
    }
}

/// A VGG that owns its variables.
#[derive(Debug)]
pub struct Vgg {
    config: VggConfig,
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
        let classifier = root.sub("classifier");
        let classifier = match config.pooled {
            true => vec![linear(&classifier, WIDTHS[4], num_classes)],
            false => wide_layers(&classifier, num_classes),
        };
        Self {
            config,
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

/// The paper's classifier: two wide layers, and the head.
fn wide_layers(maker: &Maker<'_>, num_classes: i64) -> Vec<Box<dyn ModuleT>> {
    let linear = |number: usize, width_in, width| linear(&maker.sub(number), width_in, width);
    vec![
        linear(0, WIDTHS[4] * GRID * GRID, HIDDEN),
        Box::new(Relu),
        Box::new(Dropout(0.5)),
        linear(3, HIDDEN, HIDDEN),
        Box::new(Relu),
        Box::new(Dropout(0.5)),
        linear(6, HIDDEN, num_classes),
    ]
}

fn linear(maker: &Maker<'_>, width_in: i64, width: i64) -> Box<dyn ModuleT> {
    let weight = Init::Randn {
        mean: 0.0,
        stdev: 0.01,
    };
    Box::new(maker.linear(width_in, width, (weight, Init::Const(0.0))))
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
        let pool: &AveragePool = match self.config.pooled {
            true => &AveragePool(1),
            false => &AveragePool(GRID),
        };
        steps.push(Step::new("avgpool", pool));
        steps.push(Step::new("flatten", &Flatten));
        let classifier = self.classifier.iter().map(Box::as_ref);
        if self.config.pooled {
            steps.extend(classifier.map(|head| Step::new(POOLED_HEAD, head)));
        } else {
            steps.extend(Step::numbered("classifier", classifier));
        }
        steps
    }

    /// One layer for each module with variables: `"features.0"`, …, `"classifier.6"`, or `"classifier"` where it is pooled.
    fn layer_names(&self) -> Vec<String> {
        let variables = self.variables.store.variables();
        let has_weight = |step: &Step<'_>| variables.contains_key(&format!("{}.weight", step.name));
        let layers = self.steps().into_iter().filter(has_weight);
        layers.map(|step| step.name).collect()
    }

    fn head_name(&self) -> &'static str {
        match self.config.pooled {
            true => POOLED_HEAD,
            false => "classifier.6",
        }
    }

    fn feature_dim(&self) -> i64 {
        match self.config.pooled {
            true => WIDTHS[4],
            false => HIDDEN,
        }
    }

    fn replace_head(&mut self, num_classes: i64) {
        let (name, width) = (self.head_name(), self.feature_dim());
        let linear = self.variables.renew_linear(name, width, num_classes);
        if let Some(head) = self.classifier.last_mut() {
            *head = Box::new(linear);
        }
    }
}

impl ModuleT for Vgg {
    /// Pictures `[N, 3, H, W]` → logits `[N, num_classes]`.
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        self.logits(xs, train)
    }
}
