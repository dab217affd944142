//! One of several classes for each pixel.

use tch::{Kind, Tensor, nn};

use super::classification::{cross_entropy, known};
use super::head::MapHead;
use super::{Head, Metric, Tally, Task, Widths};
use crate::{Error, Result};

/// One of `K` classes for each pixel: outputs `[N, K, H, W]` are logits, targets `[N, H, W]` are integers, [`UNLABELLED`](super::UNLABELLED) where the
/// class is not known. Cross-entropy; measured by the mean over the classes of intersection over union, of the pixels of all pictures
/// together (a class that is neither there nor said does not count).
#[derive(Debug, Clone)]
pub struct Segmentation {
    name: String,
    classes: i64,
}

impl Segmentation {
    /// Of so many classes.
    #[must_use]
    pub fn new(name: &str, classes: usize) -> Self {
        Self {
            name: name.to_owned(),
            classes: classes as i64,
        }
    }

    fn check(&self, outputs: &Tensor, targets: &Tensor) -> Result<()> {
        match (&outputs.size()[..], &targets.size()[..], targets.kind()) {
            ([n, k, h, w], [m, rows, columns], Kind::Int64)
                if n == m && *k == self.classes && [h, w] == [rows, columns] =>
            {
                Ok(())
            }
            (outputs, targets, kind) => {
                let expected = format!(
                    "[N, {}, H, W] and [N, H, W], Int64, maps as large as the pictures that the net sees, for {:?}",
                    self.classes, self.name
                );
                let found = format!("{outputs:?} and {targets:?}, {kind:?}");
                Err(Error::argument("outputs and targets", expected, found))
            }
        }
    }
}

impl Task for Segmentation {
    fn name(&self) -> &str {
        &self.name
    }

    fn wants_maps(&self) -> bool {
        true
    }

    fn metric(&self) -> Metric {
        Metric {
            name: "mean IoU",
            higher_is_better: true,
        }
    }

    fn head(&self, path: &nn::Path<'_>, widths: &Widths) -> Result<Box<dyn Head>> {
        Ok(Box::new(MapHead::new(path, widths, self.classes)?))
    }

    fn loss(&self, outputs: &Tensor, targets: &Tensor) -> Result<Option<Tensor>> {
        self.check(outputs, targets)?;
        cross_entropy(outputs, targets, self.classes)
    }

    fn tally(&self) -> Box<dyn Tally> {
        let classes = self.classes as usize;
        Box::new(Overlap {
            task: self.clone(),
            counts: vec![0.0; classes * classes],
        })
    }
}

/// How often a pixel of one class is said to be of another.
#[derive(Debug)]
struct Overlap {
    task: Segmentation,
    counts: Vec<f64>,
}

impl Tally for Overlap {
    fn add(&mut self, outputs: &Tensor, targets: &Tensor) -> Result<()> {
        self.task.check(outputs, targets)?;
        let Some(known) = known(targets, self.task.classes)? else {
            return Ok(());
        };
        let said = outputs.argmax(1, false).masked_select(&known);
        let places = targets.masked_select(&known) * self.task.classes + said;
        let counts = places.bincount(None::<&Tensor>, self.counts.len() as i64);
        let counts: Vec<f64> = Vec::try_from(counts.to_kind(Kind::Double))?;
        for (sum, count) in self.counts.iter_mut().zip(counts) {
            *sum += count;
        }
        Ok(())
    }

    fn value(&self) -> f64 {
        let classes = self.task.classes as usize;
        let (mut sum, mut there) = (0.0, 0.0);
        for class in 0..classes {
            let both = self.counts[class * classes + class];
            let labelled: f64 = self.counts[class * classes..(class + 1) * classes]
                .iter()
                .sum();
            let said: f64 = self.counts.iter().skip(class).step_by(classes).sum();
            if labelled + said > 0.0 {
                sum += both / (labelled + said - both);
                there += 1.0;
            }
        }
        sum / there
    }
}
