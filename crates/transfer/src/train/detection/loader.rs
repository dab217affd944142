//! Pictures with boxes in batches.

use std::sync::Arc;

use tch::Tensor;

use crate::data::{Batch, BoxDataset, BoxPictures, DataLoader, Placement, Transform};
use crate::detection::Truth;
use crate::{Error, Result};

/// Which part of a box must be left in the picture when a transform cut it, so that it is learned from.
const VISIBLE: f32 = 0.25;

/// Delivers pictures with boxes in batches: the transform moves the boxes as it moves the picture.
///
/// Boxes of which less than a quarter is left in the picture, and those around crowds, are not learned from. Everything else is as in a
/// [`DataLoader`]: the same seeds give the same batches with any number of threads, and pictures that cannot be decoded are named.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let scenes = Scenes::new(SpeciesSet::Novel, 6, 64, 0).in_memory()?;
/// let loader = BoxLoader::new(Arc::new(scenes), Transform::detection_train(64, 64), 3)?.shuffled(0);
/// for batch in loader.batches(1) {
///     let batch: BoxBatch = batch?;
///     assert_eq!(batch.xs.size(), [3, 3, 64, 64]); // [N, C, H, W]
///     assert_eq!(batch.truth[0].boxes.size()[1], 4); // [M, 4]: left, top, right, bottom
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct BoxLoader {
    boxes: Arc<dyn BoxDataset>,
    loader: DataLoader,
}

/// Pictures with boxes.
#[derive(Debug)]
pub struct BoxBatch {
    /// The pictures: `[N, 3, H, W]`, on the CPU.
    pub xs: Tensor,
    /// What is in each of them, on the CPU.
    pub truth: Vec<Truth>,
    /// Where each of them, as its data set has it, lies in the batch: the way back for what was found.
    pub placements: Vec<Placement>,
    /// Columns and rows of each of them, as its data set has it.
    pub sizes: Vec<(u32, u32)>,
    /// The batch that they are from: positions in the data set, what could not be decoded. Its labels are all 0, and say nothing.
    pub batch: Batch,
}

impl BoxLoader {
    /// Delivers the data set in its own order; the last batch may be smaller.
    ///
    /// # Errors
    ///
    /// There is no picture, or the transform has a step that boxes cannot follow.
    ///
    /// # Panics
    ///
    /// `batch_size` is 0.
    pub fn new(
        boxes: Arc<dyn BoxDataset>,
        transform: Transform,
        batch_size: usize,
    ) -> Result<Self> {
        if boxes.is_empty() {
            return Err(Error::argument(
                "pictures with boxes",
                "at least one",
                "none",
            ));
        }
        transform.placement((64, 64), Default::default())?;
        let pictures = Arc::new(BoxPictures::new(boxes.clone()));
        Ok(Self {
            loader: DataLoader::new(pictures, transform, batch_size),
            boxes,
        })
    }

    /// Delivers in an order drawn from the seed, another one each epoch; random steps draw from it too.
    #[must_use]
    pub fn shuffled(mut self, seed: u64) -> Self {
        self.loader = self.loader.shuffled(seed);
        self
    }

    /// How many threads decode; as many as there are cores unless set.
    #[must_use]
    pub fn workers(mut self, threads: usize) -> Self {
        self.loader = self.loader.workers(threads);
        self
    }

    /// The pictures and their boxes.
    #[must_use]
    pub fn dataset(&self) -> &Arc<dyn BoxDataset> {
        &self.boxes
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn num_batches(&self) -> usize {
        self.loader.num_batches()
    }

    /// The same in the order of the data set, and all of it.
    pub(super) fn in_order(&self) -> Self {
        Self {
            boxes: self.boxes.clone(),
            loader: self.loader.in_order(),
        }
    }

    /// The batches of one pass. `epoch` decides the order where the loader is [`shuffled`](Self::shuffled), and what random steps draw.
    pub fn batches(&self, epoch: usize) -> impl Iterator<Item = Result<BoxBatch>> + '_ {
        let batches = self.loader.batches(epoch);
        batches.map(|batch| self.with_boxes(batch?))
    }

    fn with_boxes(&self, batch: Batch) -> Result<BoxBatch> {
        let (mut truth, mut placements, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
        for &index in &batch.indices {
            let draw = self.loader.draw(batch.epoch, index);
            let size = self.boxes.size(index)?;
            let placement = self.loader.transform().placement(size, draw)?;
            let (mut bounds, mut classes) = (Vec::new(), Vec::new());
            for label in self.boxes.boxes(index).iter().filter(|label| !label.crowd) {
                let placed = placement.place(label.bounds);
                if placed.visible >= VISIBLE {
                    bounds.extend_from_slice(&placed.bounds);
                    classes.push(label.class as i64);
                }
            }
            truth.push(Truth {
                boxes: Tensor::f_from_slice(&bounds)?.f_view([classes.len() as i64, 4])?,
                classes: Tensor::f_from_slice(&classes)?,
            });
            placements.push(placement);
            sizes.push(size);
        }
        Ok(BoxBatch {
            xs: batch.xs.shallow_clone(),
            truth,
            placements,
            sizes,
            batch,
        })
    }
}
