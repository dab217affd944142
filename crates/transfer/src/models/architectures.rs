//! Nets by torchvision's names for them.

use tch::Device;

use super::{
    Backbone, CifarResNet, CifarResNetConfig, LeNet, LeNetConfig, ResNet, ResNetConfig, Vgg,
    VggConfig,
};
use crate::names::unknown;
use crate::{Error, Result};

#[derive(Debug, Clone, Copy)]
enum Architecture {
    ResNet(ResNetConfig),
    Vgg(VggConfig),
    CifarResNet(CifarResNetConfig),
    LeNet(LeNetConfig),
}

const TABLE: [(&str, Architecture); 32] = {
    use Architecture::{CifarResNet, LeNet, ResNet, Vgg};
    [
        ("resnet18", ResNet(ResNetConfig::RESNET18)),
        ("resnet34", ResNet(ResNetConfig::RESNET34)),
        ("resnet50", ResNet(ResNetConfig::RESNET50)),
        ("resnet101", ResNet(ResNetConfig::RESNET101)),
        ("resnet152", ResNet(ResNetConfig::RESNET152)),
        ("resnext50_32x4d", ResNet(ResNetConfig::RESNEXT50_32X4D)),
        ("resnext101_32x8d", ResNet(ResNetConfig::RESNEXT101_32X8D)),
        ("resnext101_64x4d", ResNet(ResNetConfig::RESNEXT101_64X4D)),
        ("wide_resnet50_2", ResNet(ResNetConfig::WIDE_RESNET50_2)),
        ("wide_resnet101_2", ResNet(ResNetConfig::WIDE_RESNET101_2)),
        ("vgg11", Vgg(VggConfig::VGG11)),
        ("vgg11_bn", Vgg(VggConfig::VGG11.with_batch_norm())),
        ("vgg13", Vgg(VggConfig::VGG13)),
        ("vgg13_bn", Vgg(VggConfig::VGG13.with_batch_norm())),
        ("vgg16", Vgg(VggConfig::VGG16)),
        ("vgg16_bn", Vgg(VggConfig::VGG16.with_batch_norm())),
        ("vgg19", Vgg(VggConfig::VGG19)),
        ("vgg19_bn", Vgg(VggConfig::VGG19.with_batch_norm())),
        ("vgg11_pooled", Vgg(VggConfig::VGG11.pooled())),
        ("vgg13_pooled", Vgg(VggConfig::VGG13.pooled())),
        ("vgg16_pooled", Vgg(VggConfig::VGG16.pooled())),
        ("vgg19_pooled", Vgg(VggConfig::VGG19.pooled())),
        (
            "vgg11_bn_pooled",
            Vgg(VggConfig::VGG11.with_batch_norm().pooled()),
        ),
        (
            "vgg13_bn_pooled",
            Vgg(VggConfig::VGG13.with_batch_norm().pooled()),
        ),
        (
            "vgg16_bn_pooled",
            Vgg(VggConfig::VGG16.with_batch_norm().pooled()),
        ),
        (
            "vgg19_bn_pooled",
            Vgg(VggConfig::VGG19.with_batch_norm().pooled()),
        ),
        ("resnet20_cifar", CifarResNet(CifarResNetConfig::RESNET20)),
        ("resnet32_cifar", CifarResNet(CifarResNetConfig::RESNET32)),
        ("resnet44_cifar", CifarResNet(CifarResNetConfig::RESNET44)),
        ("resnet56_cifar", CifarResNet(CifarResNetConfig::RESNET56)),
        ("resnet110_cifar", CifarResNet(CifarResNetConfig::RESNET110)),
        ("lenet", LeNet(LeNetConfig::DIGITS)),
    ]
};

/// The names that [`build`] knows, family by family: torchvision's, and `vgg11_pooled` … ([`VggConfig::pooled`]),
/// `resnet20_cifar` …, `lenet` (28 × 28 pixels) for the nets that torchvision lacks.
pub const ARCHITECTURES: [&str; TABLE.len()] = {
    let mut names = [""; TABLE.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = TABLE[index].0;
        index += 1;
    }
    names
};

/// The net of that name with new weights drawn from `seed`. Seeds libtorch.
///
/// # Errors
///
/// [`Error::UnknownName`] for a name that is not among [`ARCHITECTURES`], [`Error::Argument`] for fewer than one class.
pub fn build(name: &str, num_classes: i64, device: Device, seed: u64) -> Result<Box<dyn Backbone>> {
    Ok(match checked(name, num_classes)? {
        Architecture::ResNet(config) => Box::new(ResNet::new(config, num_classes, device, seed)),
        Architecture::Vgg(config) => Box::new(Vgg::new(config, num_classes, device, seed)),
        Architecture::CifarResNet(config) => {
            Box::new(CifarResNet::new(config, num_classes, device, seed))
        }
        Architecture::LeNet(config) => Box::new(LeNet::new(config, num_classes, device, seed)),
    })
}

/// The net of that name with weights of 0, to be loaded: drawing VGG-19's 144 million numbers takes a second or two
/// that a file's would overwrite. As it is, it says nothing.
///
/// # Errors
///
/// As [`build`].
pub fn build_undrawn(name: &str, num_classes: i64, device: Device) -> Result<Box<dyn Backbone>> {
    Ok(match checked(name, num_classes)? {
        Architecture::ResNet(config) => Box::new(ResNet::undrawn(config, num_classes, device)),
        Architecture::Vgg(config) => Box::new(Vgg::undrawn(config, num_classes, device)),
        Architecture::CifarResNet(config) => {
            Box::new(CifarResNet::undrawn(config, num_classes, device))
        }
        Architecture::LeNet(config) => Box::new(LeNet::undrawn(config, num_classes, device)),
    })
}

fn checked(name: &str, num_classes: i64) -> Result<Architecture> {
    if num_classes < 1 {
        return Err(Error::argument("num_classes", "at least 1", num_classes));
    }
    let found = TABLE.iter().find(|(known, _)| *known == name);
    found.map(|(_, architecture)| *architecture).ok_or_else(|| {
        unknown(
            "architectures",
            "models::ARCHITECTURES",
            name,
            ARCHITECTURES,
        )
    })
}
