//! One of several classes for each picture.

use tch::{Kind, Reduction, Tensor, nn};

use super::head::FeatureHead;
use super::{Head, Mean, Metric, Tally, Task, UNLABELLED, Widths};
use crate::{Error, Result};

/// One of `K` classes: outputs `[N, K]` are logits, targets `[N]` are integers, [`UNLABELLED`] where the class is not known.
/// Cross-entropy; measured by the accuracy.
#[derive(Debug, Clone)]
pub struct Classification {
    name: String,
    classes: i64,
    hidden: Option<i64>,
}

impl Classification {
    /// Of so many classes.
    #[must_use]
    pub fn new(name: &str, classes: usize) -> Self {
        Self {
            name: name.to_owned(),
            classes: classes as i64,
            hidden: None,
        }
    }

    /// Puts a layer of this width, with a ReLU, before the logits.
    #[must_use]
    pub fn hidden(mut self, width: i64) -> Self {
        self.hidden = Some(width);
        self
    }

    fn check(&self, outputs: &Tensor, targets: &Tensor) -> Result<()> {
        match (&outputs.size()[..], &targets.size()[..], targets.kind()) {
            ([rows, width], [count], Kind::Int64) if rows == count && *width == self.classes => {
                Ok(())
            }
            (outputs, targets, kind) => {
                let expected = format!("[N, {}] and [N], Int64, for {:?}", self.classes, self.name);
                let found = format!("{outputs:?} and {targets:?}, {kind:?}");
                Err(Error::argument("outputs and targets", expected, found))
            }
        }
    }
}

impl Task for Classification {
    fn name(&self) -> &str {
        &self.name
    }

    fn metric(&self) -> Metric {
        Metric {
            name: "accuracy",
            higher_is_better: true,
        }
    }

    fn head(&self, path: &nn::Path<'_>, widths: &Widths) -> Result<Box<dyn Head>> {
        Ok(Box::new(FeatureHead::new(
            path,
            widths,
            self.hidden,
            self.classes,
        )))
    }

    fn loss(&self, outputs: &Tensor, targets: &Tensor) -> Result<Option<Tensor>> {
        self.check(outputs, targets)?;
        cross_entropy(outputs, targets, self.classes)
    }

    fn tally(&self) -> Box<dyn Tally> {
        Box::new(Hits {
            task: self.clone(),
            hits: Mean::default(),
        })
    }
}

#[derive(Debug)]
struct Hits {
    task: Classification,
    hits: Mean,
}

impl Tally for Hits {
    fn add(&mut self, outputs: &Tensor, targets: &Tensor) -> Result<()> {
        self.task.check(outputs, targets)?;
        let Some(known) = known(targets, self.task.classes)? else {
            return Ok(());
        };
        let right = outputs
            .argmax(1, false)
            .eq_tensor(targets)
            .logical_and(&known);
        let count = |mask: &Tensor| mask.sum(Kind::Int64).int64_value(&[]) as f64;
        self.hits.add(count(&right), count(&known));
        Ok(())
    }

    fn value(&self) -> f64 {
        self.hits.value()
    }
}

/// Which labels are known; `None` where none is.
pub(super) fn known(targets: &Tensor, classes: i64) -> Result<Option<Tensor>> {
    let known = targets.not_equal(UNLABELLED);
    let labels = targets.masked_select(&known);
    if labels.numel() == 0 {
        return Ok(None);
    }
    let [least, most] = [labels.min(), labels.max()].map(|end| end.int64_value(&[]));
    if least < 0 || most >= classes {
        let expected = format!(
            "0 to {}, or {UNLABELLED} where it is not known",
            classes - 1
        );
        let found = if least < 0 { least } else { most };
        return Err(Error::argument("class", expected, found));
    }
    Ok(Some(known))
}

/// Over all labels that are known: logits `[N, K, ...]`, targets `[N, ...]`.
pub(super) fn cross_entropy(
    logits: &Tensor,
    targets: &Tensor,
    classes: i64,
) -> Result<Option<Tensor>> {
    if known(targets, classes)?.is_none() {
        return Ok(None);
    }
    let (logits, weight) = (logits.to_kind(Kind::Float), None::<&Tensor>);
    let loss = logits.f_cross_entropy_loss(targets, weight, Reduction::Mean, UNLABELLED, 0.0)?;
    Ok(Some(loss))
}
