//! A direction in the plane for each picture.

use tch::{Kind, Tensor, nn};

use super::head::FeatureHead;
use super::{Head, Mean, Metric, Tally, Task, Widths, check_rows};
use crate::Result;

/// A direction: targets `[N, 2]` are its sine and cosine, NaN where it is not known; of outputs `[N, 2]` the direction counts and not the
/// length. One minus the cosine of the angle between both; measured by that angle in degrees. A regression of the angle itself
/// would take 179° and −179° for opposites.
#[derive(Debug, Clone)]
pub struct Direction {
    name: String,
    hidden: Option<i64>,
}

impl Direction {
    /// A task of that name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            hidden: None,
        }
    }

    /// Puts a layer of this width, with a ReLU, before the outputs.
    #[must_use]
    pub fn hidden(mut self, width: i64) -> Self {
        self.hidden = Some(width);
        self
    }

    /// The cosines of the angles between outputs and targets, of the rows that are known; `None` where none is.
    fn cosines(&self, outputs: &Tensor, targets: &Tensor) -> Result<Option<Tensor>> {
        check_rows(&self.name, 2, outputs, targets)?;
        let known = targets.isnan().any_dim(1, false).logical_not();
        let rows = known.nonzero().squeeze_dim(1);
        if rows.numel() == 0 {
            return Ok(None);
        }
        let outputs = outputs.to_kind(Kind::Float).index_select(0, &rows);
        let targets = targets.index_select(0, &rows);
        Ok(Some(Tensor::cosine_similarity(&outputs, &targets, 1, 1e-8)))
    }
}

impl Task for Direction {
    fn name(&self) -> &str {
        &self.name
    }

    fn metric(&self) -> Metric {
        Metric {
            name: "degrees off",
            higher_is_better: false,
        }
    }

    fn head(&self, path: &nn::Path<'_>, widths: &Widths) -> Result<Box<dyn Head>> {
        Ok(Box::new(FeatureHead::new(path, widths, self.hidden, 2)))
    }

    fn loss(&self, outputs: &Tensor, targets: &Tensor) -> Result<Option<Tensor>> {
        let cosines = self.cosines(outputs, targets)?;
        Ok(cosines.map(|cosines| 1.0 - cosines.mean(Kind::Float)))
    }

    fn tally(&self) -> Box<dyn Tally> {
        Box::new(Degrees {
            task: self.clone(),
            degrees: Mean::default(),
        })
    }
}

#[derive(Debug)]
struct Degrees {
    task: Direction,
    degrees: Mean,
}

impl Tally for Degrees {
    fn add(&mut self, outputs: &Tensor, targets: &Tensor) -> Result<()> {
        if let Some(cosines) = self.task.cosines(outputs, targets)? {
            let angles = cosines
                .to_kind(Kind::Double)
                .clamp(-1.0, 1.0)
                .acos()
                .rad2deg();
            self.degrees.add(
                angles.sum(Kind::Double).double_value(&[]),
                angles.numel() as f64,
            );
        }
        Ok(())
    }

    fn value(&self) -> f64 {
        self.degrees.value()
    }
}
