//! Networks whose parameters carry torchvision's names, so that torchvision's weights drop in by name.
//!
//! A model owns its variables ([`Backbone::var_store`]): it can be kept in a notebook's variable as it is.

mod backbone;
mod resnet;

pub use backbone::Backbone;
pub use resnet::{Block, ResNet, ResNetConfig};
