//! The classifier that tells domains apart.

use tch::{Device, Tensor};

use super::SideNet;
use crate::models::ParameterGroup;
use crate::{Error, Result};

/// Two hidden layers with ReLU on features, and one logit: source where it is above 0. It owns its variables.
///
/// ```
/// use transfer::adapt::Discriminator;
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let discriminator: Discriminator = Discriminator::new(512, 256, Device::Cpu, 0);
/// let features = Tensor::zeros([8, 512], (Kind::Float, Device::Cpu));
/// assert_eq!(discriminator.logits(&features)?.size(), [8]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Discriminator {
    net: SideNet,
    width: i64,
}

impl Discriminator {
    /// For features of this width, with so many numbers in each hidden layer; drawn by `seed`.
    #[must_use]
    pub fn new(width: i64, hidden: i64, device: Device, seed: u64) -> Self {
        let layers = [("hidden1", hidden), ("hidden2", hidden), ("domain", 1)];
        Self {
            net: SideNet::new("discriminator", width, &layers, device, seed),
            width,
        }
    }

    /// One logit for each row of features: `[N, C]` → `[N]`.
    ///
    /// # Errors
    ///
    /// The rows have another width.
    pub fn logits(&self, features: &Tensor) -> Result<Tensor> {
        self.say(features, false)
    }

    /// The same, and no gradient reaches the discriminator's variables: what the features alone are to learn from.
    ///
    /// # Errors
    ///
    /// As [`logits`](Self::logits).
    pub fn logits_of_fixed(&self, features: &Tensor) -> Result<Tensor> {
        self.say(features, true)
    }

    fn say(&self, features: &Tensor, fixed: bool) -> Result<Tensor> {
        match features.size()[..] {
            [_, width] if width == self.width => {
                Ok(self.net.forward(features, fixed).squeeze_dim(1))
            }
            _ => {
                let expected = format!("[N, {}]", self.width);
                let found = format!("{:?}", features.size());
                Err(Error::argument(
                    "features for a discriminator",
                    expected,
                    found,
                ))
            }
        }
    }

    /// Its variables, for an [`Optimizer`](crate::train::Optimizer).
    #[must_use]
    pub fn parameter_group(&self) -> ParameterGroup {
        self.net.parameter_group()
    }
}
