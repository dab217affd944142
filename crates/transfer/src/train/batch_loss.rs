//! A loss of one's own: of what the net says and of all that the batch holds, such as the numbers of a table's columns.

use std::fmt;
use std::sync::Arc;

use tch::{Kind, Reduction, Tensor};

use super::LossSum;
use crate::data::Batch;
use crate::{Error, Result};

type Of = dyn Fn(&Tensor, &Batch) -> Result<LossSum> + Send + Sync;

/// A loss in the place of cross-entropy against labels: what trains a net on [`Batch::targets`], to which the outputs of
/// its head are compared ([`TrainConfig::batch_loss`](super::TrainConfig::batch_loss)).
///
/// Two losses are equal if they have one name and one closure.
///
/// ```
/// use transfer::prelude::{Kind, Tensor};
/// use transfer::data::Batch;
/// use transfer::train::{BatchLoss, LossSum, TrainConfig};
///
/// // The first column counts twice.
/// let weighed = BatchLoss::new("weighed squares", |logits: &Tensor, batch: &Batch| {
///     let targets = batch.targets.to_device(logits.device());
///     let weights = Tensor::from_slice(&[2f32, 1.0]).to_device(logits.device());
///     let sum = ((logits - targets).square() * weights).sum(Kind::Float);
///     Ok(LossSum { sum, weight: 3.0 * batch.indices.len() as f64 })
/// });
/// let config = TrainConfig::new().batch_loss(weighed);
/// assert_ne!(config, TrainConfig::new().batch_loss(BatchLoss::mean_squares()));
/// ```
#[derive(Clone)]
pub struct BatchLoss {
    name: String,
    of: Arc<Of>,
}

impl BatchLoss {
    /// A loss from what it is called, by which a checkpoint knows it again, and a closure: of the net's outputs `[N, C]`
    /// and of the batch, whose tensors are on the CPU, the sum (one number, with its graph) and what to divide it by.
    #[must_use]
    pub fn new(
        name: &str,
        of: impl Fn(&Tensor, &Batch) -> Result<LossSum> + Send + Sync + 'static,
    ) -> Self {
        let (name, of) = (name.to_owned(), Arc::new(of));
        Self { name, of }
    }

    /// Regression: the mean of the squared differences between outputs and targets, `torch.nn.MSELoss`.
    #[must_use]
    pub fn mean_squares() -> Self {
        Self::new("mean squares", |logits, batch| {
            let (logits, targets) = pair(logits, batch)?;
            let sum = logits.f_mse_loss(&targets, Reduction::Sum)?;
            Ok(per_number(sum, &targets))
        })
    }

    /// Several yes-or-no labels at once: each output is the logit of the target in its column, 0 or 1 (or a probability),
    /// `torch.nn.BCEWithLogitsLoss`.
    #[must_use]
    pub fn binary_cross_entropy() -> Self {
        Self::new("binary cross-entropy", |logits, batch| {
            let (logits, targets) = pair(logits, batch)?;
            let (least, most) = (targets.min(), targets.max());
            let (least, most) = (least.double_value(&[]), most.double_value(&[]));
            if least < 0.0 || most > 1.0 {
                let found = format!("{least} to {most}");
                return Err(Error::argument("targets of yes or no", "0 to 1", found));
            }
            let none = None::<&Tensor>;
            let sum =
                logits.f_binary_cross_entropy_with_logits(&targets, none, none, Reduction::Sum)?;
            Ok(per_number(sum, &targets))
        })
    }

    /// The loss of a batch.
    ///
    /// # Errors
    ///
    /// The closure's own; or its sum is not one number, or what to divide by is not above 0.
    pub fn sum(&self, logits: &Tensor, batch: &Batch) -> Result<LossSum> {
        let loss = (self.of)(logits, batch)?;
        if loss.sum.numel() != 1 || !loss.weight.is_finite() || loss.weight <= 0.0 {
            let found = format!("{:?} and {}", loss.sum.size(), loss.weight);
            let expected = format!("one number and a weight above 0 from {:?}", self.name);
            return Err(Error::argument("loss", expected, found));
        }
        Ok(loss)
    }

    /// The mean loss of each picture by itself.
    pub(super) fn of_each(&self, logits: &Tensor, batch: &Batch) -> Result<Vec<f64>> {
        let row = |row: usize| {
            let only = |of: &Tensor| of.f_narrow(0, row as i64, 1);
            let one = Batch {
                xs: only(&batch.xs)?,
                labels: only(&batch.labels)?,
                targets: only(&batch.targets)?,
                indices: vec![batch.indices[row]],
                skipped: Vec::new(),
                epoch: batch.epoch,
                number: batch.number,
            };
            Ok(self.sum(&only(logits)?, &one)?.mean().double_value(&[]))
        };
        (0..batch.indices.len()).map(row).collect()
    }
}

impl fmt::Debug for BatchLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchLoss({:?})", self.name)
    }
}

impl PartialEq for BatchLoss {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && Arc::ptr_eq(&self.of, &other.of)
    }
}

/// Outputs and targets of one shape, on one device: shapes that differ would be stretched to each other without a word.
fn pair(logits: &Tensor, batch: &Batch) -> Result<(Tensor, Tensor)> {
    let (outputs, targets) = (logits.size(), batch.targets.size());
    if outputs != targets {
        let expected = format!("{outputs:?}, as the head's outputs (CsvOptions::target_columns)");
        return Err(Error::argument("targets", expected, format!("{targets:?}")));
    }
    let targets = batch.targets.to_device(logits.device());
    Ok((logits.to_kind(Kind::Float), targets))
}

fn per_number(sum: Tensor, targets: &Tensor) -> LossSum {
    let weight = targets.numel() as f64;
    LossSum { sum, weight }
}
