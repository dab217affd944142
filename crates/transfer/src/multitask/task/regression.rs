//! Numbers for each picture.

use tch::{Kind, Tensor, nn};

use super::head::FeatureHead;
use super::{Head, Mean, Metric, Tally, Task, Widths, check_rows};
use crate::{Error, Result};

/// `W` numbers: outputs and targets `[N, W]`, NaN where a target is not known. The mean of squared differences; measured by the mean
/// of absolute ones, in the targets' own unit.
#[derive(Debug, Clone)]
pub struct Regression {
    name: String,
    width: i64,
    hidden: Option<i64>,
    mean: f64,
    deviation: f64,
}

impl Regression {
    /// Of so many numbers.
    #[must_use]
    pub fn new(name: &str, width: usize) -> Self {
        Self {
            name: name.to_owned(),
            width: width as i64,
            hidden: None,
            mean: 0.0,
            deviation: 1.0,
        }
    }

    /// Puts a layer of this width, with a ReLU, before the numbers.
    #[must_use]
    pub fn hidden(mut self, width: i64) -> Self {
        self.hidden = Some(width);
        self
    }

    /// Lets outputs count from this mean in units of this deviation, those of the targets: the loss of a new head is then about 1, in
    /// whatever unit the targets are. [`in_units`](Self::in_units) turns outputs into targets.
    ///
    /// # Errors
    ///
    /// They are not finite, or the deviation is not above 0.
    pub fn standardised(mut self, mean: f64, deviation: f64) -> Result<Self> {
        if !(mean.is_finite() && deviation.is_finite() && deviation > 0.0) {
            let expected = "finite, and a deviation above 0";
            let found = format!("{mean} ± {deviation}");
            return Err(Error::argument(
                "mean and deviation of the targets",
                expected,
                found,
            ));
        }
        (self.mean, self.deviation) = (mean, deviation);
        Ok(self)
    }

    /// Outputs in the targets' own unit.
    pub fn in_units(&self, outputs: &Tensor) -> Tensor {
        outputs * self.deviation + self.mean
    }

    /// Differences where a target is known, zero elsewhere, and how many there are.
    fn differences(&self, outputs: &Tensor, targets: &Tensor) -> Result<(Tensor, f64)> {
        check_rows(&self.name, self.width, outputs, targets)?;
        let known = targets.isnan().logical_not();
        let said = self.in_units(&outputs.to_kind(Kind::Float));
        let differences = said - targets.nan_to_num(0.0, None, None);
        let count = known.sum(Kind::Int64).int64_value(&[]) as f64;
        Ok((
            differences.where_self(&known, &Tensor::from(0f32).to_device(outputs.device())),
            count,
        ))
    }
}

impl Task for Regression {
    fn name(&self) -> &str {
        &self.name
    }

    fn metric(&self) -> Metric {
        Metric {
            name: "mean error",
            higher_is_better: false,
        }
    }

    fn head(&self, path: &nn::Path<'_>, widths: &Widths) -> Result<Box<dyn Head>> {
        Ok(Box::new(FeatureHead::new(
            path,
            widths,
            self.hidden,
            self.width,
        )))
    }

    fn loss(&self, outputs: &Tensor, targets: &Tensor) -> Result<Option<Tensor>> {
        let (differences, count) = self.differences(outputs, targets)?;
        let squares = (differences / self.deviation).square().sum(Kind::Float);
        Ok((count > 0.0).then(|| squares / count))
    }

    fn tally(&self) -> Box<dyn Tally> {
        Box::new(Errors {
            task: self.clone(),
            errors: Mean::default(),
        })
    }
}

#[derive(Debug)]
struct Errors {
    task: Regression,
    errors: Mean,
}

impl Tally for Errors {
    fn add(&mut self, outputs: &Tensor, targets: &Tensor) -> Result<()> {
        let (differences, count) = self.task.differences(outputs, targets)?;
        self.errors
            .add(differences.abs().sum(Kind::Double).double_value(&[]), count);
        Ok(())
    }

    fn value(&self) -> f64 {
        self.errors.value()
    }
}
