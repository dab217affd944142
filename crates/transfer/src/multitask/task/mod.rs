//! What is to be learned of a picture: the head for it, the loss, the measure.

mod classification;
mod direction;
mod head;
mod regression;
mod segmentation;

use std::fmt;

use tch::{Tensor, nn};

use super::{Representation, Widths};
use crate::{Error, Result};

pub use classification::Classification;
pub use direction::Direction;
pub use regression::Regression;
pub use segmentation::Segmentation;

/// What stands for a label that is not known, among those that are integers. (Numbers that are not known are NaN.)
pub const UNLABELLED: i64 = -100;

/// One of the things to be learned of a picture. Of each, labels may be missing.
pub trait Task: fmt::Debug {
    /// What tables call it; no other task of the same net may have the name.
    fn name(&self) -> &str;

    /// Whether its head sees maps rather than features.
    fn wants_maps(&self) -> bool {
        false
    }

    /// How good the answers are.
    fn metric(&self) -> Metric;

    /// A new head, with its variables at `path`, drawn from libtorch's generator as it stands.
    ///
    /// # Errors
    ///
    /// The representation has not what the head needs.
    fn head(&self, path: &nn::Path<'_>, widths: &Widths) -> Result<Box<dyn Head>>;

    /// The mean loss of the labels that are known, a number with its graph; `None` where none is.
    ///
    /// # Errors
    ///
    /// Shapes or kinds are others than the task's.
    fn loss(&self, outputs: &Tensor, targets: &Tensor) -> Result<Option<Tensor>>;

    /// A tally of its [`metric`](Self::metric).
    fn tally(&self) -> Box<dyn Tally>;
}

/// What turns a representation into a task's outputs.
pub trait Head: fmt::Debug {
    /// The outputs, in the shape that the task's loss takes.
    fn forward(&self, of: &Representation) -> Tensor;
}

/// A measure over many batches.
pub trait Tally: fmt::Debug {
    /// Counts the labels of a batch that are known.
    ///
    /// # Errors
    ///
    /// As [`Task::loss`].
    fn add(&mut self, outputs: &Tensor, targets: &Tensor) -> Result<()>;

    /// The measure; not a number where nothing was counted.
    fn value(&self) -> f64;
}

/// What a task is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// With its unit: `accuracy`, `mean IoU`, `degrees off`.
    pub name: &'static str,
    /// Whether more is better.
    pub higher_is_better: bool,
}

/// The mean of some numbers, as a [`Tally`] keeps it.
#[derive(Debug, Default)]
struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    fn add(&mut self, sum: f64, count: f64) {
        self.sum += sum;
        self.count += count;
    }

    fn value(&self) -> f64 {
        self.sum / self.count
    }
}

/// That outputs are `[N, width]` and targets of one shape with them.
fn check_rows(task: &str, width: i64, outputs: &Tensor, targets: &Tensor) -> Result<()> {
    let (said, wanted) = (outputs.size(), targets.size());
    match said[..] {
        [_, found] if found == width && said == wanted => Ok(()),
        _ => {
            let expected = format!("[N, {width}] as outputs and targets of {task:?}");
            Err(Error::argument(
                "rows",
                expected,
                format!("{said:?} and {wanted:?}"),
            ))
        }
    }
}
