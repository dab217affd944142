//! The loss: cross-entropy against labels or against mixtures of them.

use tch::{Kind, Reduction, Tensor};

use crate::{Error, Result};

/// Cross-entropy as `torch.nn.CrossEntropyLoss` computes it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CrossEntropy {
    /// How much of the target is spread evenly over all classes, in [0, 1) (Szegedy et al., 2016).
    pub label_smoothing: f64,
    /// One weight for each class, for classes of different sizes; none weighs all alike.
    pub class_weights: Option<Vec<f64>>,
}

/// The loss of some pictures, not yet divided.
#[derive(Debug)]
pub struct LossSum {
    /// The sum over the pictures, with its graph.
    pub sum: Tensor,
    /// What to divide it by for the mean: the number of pictures, or the sum of their classes' weights.
    pub weight: f64,
}

impl LossSum {
    /// The mean loss.
    pub fn mean(&self) -> Tensor {
        &self.sum / self.weight
    }
}

impl CrossEntropy {
    /// The loss of logits `[N, C]` against labels `[N]` (integers) or soft targets `[N, C]` (floats whose rows sum
    /// to 1: MixUp's and CutMix's).
    ///
    /// # Errors
    ///
    /// The number of weights is not that of the columns, or libtorch refuses the shapes.
    pub fn sum(&self, logits: &Tensor, targets: &Tensor) -> Result<LossSum> {
        let logits = logits.to_kind(Kind::Float);
        let weights = self.weights(&logits)?;
        let targets = targets.to_device(logits.device());
        let sum = logits.f_cross_entropy_loss(
            &targets,
            weights.as_ref(),
            Reduction::Sum,
            -100,
            self.label_smoothing,
        )?;
        // PyTorch divides by the weights of the true classes, and by the number of pictures where targets are soft.
        let weight = match &weights {
            Some(weights) if targets.dim() == 1 => weights
                .index_select(0, &targets)
                .sum(Kind::Double)
                .double_value(&[]),
            _ => logits.size()[0] as f64,
        };
        Ok(LossSum { sum, weight })
    }

    /// The loss of each picture: `[N]`, without the class weights.
    ///
    /// # Errors
    ///
    /// libtorch refuses the shapes.
    pub fn of_each(&self, logits: &Tensor, targets: &Tensor) -> Result<Tensor> {
        let logits = logits.to_kind(Kind::Float);
        let targets = targets.to_device(logits.device());
        let smoothing = self.label_smoothing;
        Ok(logits.f_cross_entropy_loss::<Tensor>(
            &targets,
            None,
            Reduction::None,
            -100,
            smoothing,
        )?)
    }

    /// Whether it can be computed for `classes` classes.
    pub(super) fn check(&self, classes: i64) -> Result<()> {
        if !(0.0..1.0).contains(&self.label_smoothing) {
            let found = self.label_smoothing;
            return Err(Error::argument(
                "label smoothing",
                "0 or more, below 1",
                found,
            ));
        }
        let Some(weights) = &self.class_weights else {
            return Ok(());
        };
        if weights.len() as i64 != classes {
            let expected = format!("one for each of the {classes} outputs of the head");
            return Err(Error::argument("class weights", expected, weights.len()));
        }
        match weights
            .iter()
            .find(|weight| !(weight.is_finite() && **weight > 0.0))
        {
            Some(weight) => Err(Error::argument(
                "class weight",
                "more than 0, finite",
                weight,
            )),
            None => Ok(()),
        }
    }

    fn weights(&self, logits: &Tensor) -> Result<Option<Tensor>> {
        let Some(weights) = &self.class_weights else {
            return Ok(None);
        };
        self.check(logits.size().last().copied().unwrap_or_default())?;
        let weights = Tensor::f_from_slice(weights)?.to_kind(Kind::Float);
        Ok(Some(weights.to_device(logits.device())))
    }
}
