//! Networks whose parameters carry torchvision's names, so that torchvision's weights drop in by name.
//!
//! [`build`] makes any of [`ARCHITECTURES`] from its name; [`ResNet`], [`Vgg`], [`CifarResNet`] and [`LeNet`] are the types
//! behind them. A model owns its variables ([`Backbone::var_store`]): it can be kept in a notebook's variable as it
//! is. [`Backbone`] is what the rest of the crate knows of a net: features, a head to replace, layers to look into,
//! to freeze, to give learning rates of their own. [`WeightFiles`] loads and saves.
//!
//! ```no_run
//! use transfer::prelude::*;
//!
//! # fn main() -> transfer::Result<()> {
//! let mut net = models::build_undrawn("resnet50", 1000, device("auto")?)?;
//! net.load(Hub::new()?.fetch(&hub::ResNet50Weights::ImageNet1kV2)?, &LoadOptions::new())?;
//! net.replace_head(5);
//! # Ok(())
//! # }
//! ```
//!
//! Looking inside, and freezing (on a small net, with new weights):
//!
//! ```
//! use transfer::prelude::*;
//!
//! # fn main() -> transfer::Result<()> {
//! let mut net = CifarResNet::new(CifarResNetConfig { blocks: 1 }, 10, Device::Cpu, 0);
//! let xs = Tensor::zeros([2, 3, 32, 32], (Kind::Float, Device::Cpu)); // [N, C, H, W]
//! let logits: Tensor = tch::no_grad(|| net.forward_t(&xs, false));
//! assert_eq!(logits.size(), [2, 10]);
//! // Its layers by name, and what one of them gives.
//! println!("{}", net.tap_names().join(" "));
//! let maps: Tensor = tch::no_grad(|| net.forward_features_at("layer2", &xs, false))?;
//! assert_eq!(maps.size(), [2, 32, 16, 16]);
//! // From here on, only what comes after it learns.
//! net.freeze_up_to("layer2")?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Bert`] reads text: [`TextEncoder`] makes one vector of each, a [`TextClassifier`] has a head on it, as `BertModel`,
//! `SentenceTransformer` and its classifiers do in Python.
//!
//! A family of nets for pictures is written as the list of its [`Step`]s; everything else is said once, in [`Backbone`].

mod architectures;
mod backbone;
mod bert;
mod variables;
mod weight_files;

mod cifar_resnet;
mod detector;
mod lenet;
mod resnet;
mod vgg;

mod conv_lora;
mod layers;
mod lora;
mod residual;
mod stages;
mod step;

mod text_classifier;
mod text_encoder;

pub use architectures::{ARCHITECTURES, build, build_undrawn};
pub use backbone::Backbone;
pub use bert::{Activation, Bert, BertConfig, BertFamily};
pub use cifar_resnet::{CifarResNet, CifarResNetConfig};
pub use detector::{Detector, DetectorConfig};
pub use lenet::{LeNet, LeNetConfig};
pub use lora::LoraConfig;
pub use resnet::{Block, ResNet, ResNetConfig};
pub use stages::{Stage, stages};
pub use step::Step;
pub(crate) use step::within;
pub use text_classifier::TextClassifier;
pub use text_encoder::TextEncoder;
pub(crate) use text_encoder::normalized;
pub use variables::{ParameterGroup, Variables};
pub use vgg::{Vgg, VggConfig};
pub use weight_files::WeightFiles;
