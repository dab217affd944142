//! Knowledge distillation: a net learns what another one says.

use std::fmt;
use std::rc::Rc;

use tch::{Kind, Reduction, Tensor};

use super::LossSum;
use super::snapshot::{hash_of, sorted_variables};
use crate::models::Backbone;
use crate::{Error, Result};

/// Knowledge distillation (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015): beside the labels, a
/// net learns the probabilities of a teacher, softened by a temperature. The loss is
/// (1 − α) · cross-entropy + α · T² · KL(teacher ‖ student), both softened by T in the second part. The teacher sees the very view
/// of each picture that the student sees, changed at random as it may be (Beyer et al., "Knowledge distillation: A good teacher is
/// patient and consistent", CVPR 2022), as in evaluation.
///
/// Two are equal if they have one teacher and the same numbers.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// // One that has learned the task, in earnest.
/// let teacher: Box<dyn Backbone> = models::build("resnet32_cifar", 12, Device::Cpu, 0)?;
/// let config: TrainConfig = TrainConfig::new().distillation(Distillation::from(teacher).temperature(4.0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Distillation {
    teacher: Rc<dyn Backbone>,
    /// Tells one teacher from another in a checkpoint.
    hash: u64,
    temperature: f64,
    weight: f64,
    side: Option<i64>,
}

impl Distillation {
    /// What a net says of pictures as its student sees them; a temperature of 4, and nine tenths of the loss are the teacher's.
    #[must_use]
    pub fn from(teacher: Box<dyn Backbone>) -> Self {
        Self {
            hash: hash_of(&sorted_variables(&*teacher).into_iter().collect()),
            teacher: Rc::from(teacher),
            temperature: 4.0,
            weight: 0.9,
            side: None,
        }
    }

    /// Sets the temperature, T: the higher, the more the unlikely classes count.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = temperature;
        self
    }

    /// Sets the teacher's share of the loss, α: with 1 the labels are not looked at.
    #[must_use]
    pub fn weight(mut self, weight: f64) -> Self {
        self.weight = weight;
        self
    }

    /// Shows the teacher pictures of that many pixels a side (bilinear), where it was made for others than its student.
    #[must_use]
    pub fn side(mut self, pixels: i64) -> Self {
        self.side = Some(pixels);
        self
    }

    /// A batch's loss against its labels, blended with that against the teacher: of the student's logits `[N, K]`, and of the
    /// pictures as it saw them `[N, 3, H, W]`.
    pub(super) fn blend(
        &self,
        of_labels: LossSum,
        logits: &Tensor,
        xs: &Tensor,
    ) -> Result<LossSum> {
        let LossSum { sum, weight } = of_labels;
        let said = tch::no_grad(|| -> Result<Tensor> {
            let xs = xs.to_device(self.teacher.device());
            let xs = match self.side {
                Some(side) => xs.f_upsample_bilinear2d([side, side], false, None, None)?,
                None => xs,
            };
            let said = self.teacher.logits(&xs, false);
            Ok(said.to_device(logits.device()).to_kind(Kind::Float))
        })?;
        let soft = |of: &Tensor| of.f_log_softmax(-1, Kind::Float);
        let (student, teacher) = (
            soft(&(logits / self.temperature))?,
            soft(&(said / self.temperature))?,
        );
        let apart = student.f_kl_div(&teacher, Reduction::Sum, true)?;
        // As heavy as the labels' mean, whatever the classes weigh.
        let apart = apart * (self.temperature.powi(2) * weight / logits.size()[0] as f64);
        let sum = sum * (1.0 - self.weight) + apart * self.weight;
        Ok(LossSum { sum, weight })
    }

    pub(super) fn check(&self, classes: i64) -> Result<()> {
        if !(self.temperature.is_finite() && self.temperature > 0.0) {
            let found = self.temperature;
            return Err(Error::argument("temperature", "above 0, finite", found));
        }
        if !(0.0..=1.0).contains(&self.weight) {
            return Err(Error::argument(
                "weight of the teacher",
                "0 to 1",
                self.weight,
            ));
        }
        if self.side.is_some_and(|side| side < 1) {
            let found = format!("{:?}", self.side);
            return Err(Error::argument(
                "side of the teacher's pictures",
                "at least 1",
                found,
            ));
        }
        match self.teacher.num_classes() {
            Some(knows) if knows != classes => {
                let expected = format!("{classes}, as its student has");
                Err(Error::argument("outputs of the teacher", expected, knows))
            }
            _ => Ok(()),
        }
    }
}

impl PartialEq for Distillation {
    fn eq(&self, other: &Self) -> bool {
        let numbers = |of: &Self| (of.hash, of.temperature, of.weight, of.side);
        numbers(self) == numbers(other)
    }
}

impl fmt::Debug for Distillation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            hash,
            temperature,
            weight,
            side,
            ..
        } = self;
        write!(
            f,
            "Distillation {{ temperature: {temperature}, weight: {weight}, side: {side:?}, {hash:x} }}"
        )
    }
}
