//! From a data set to batches of tensors, decoded on all cores ahead of the one who asks.

mod batch;
mod workers;

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;
use std::thread;

use self::batch::Batching;
use self::workers::Workers;
use super::rng::Rng;
use super::{Dataset, Draw, Layout, Transform};
use crate::Result;

pub use batch::Batch;

/// How many batches are made ahead; more where batches are so small that threads would wait.
const AHEAD: usize = 2;

/// Delivers a data set in batches. The same seeds give the same batches, to the bit, with any number of threads.
///
/// Threads decode and transform picture by picture, ahead of the one who takes the batches. Beyond the batch in hand
/// there are never more than two batches in memory (with batches smaller than the threads: two pictures per thread),
/// and one decoded picture per thread.
#[derive(Debug, Clone)]
pub struct DataLoader {
    dataset: Arc<dyn Dataset>,
    transform: Transform,
    batch_size: usize,
    shuffle: Option<u64>,
    seed: u64,
    drop_last: bool,
    epoch_len: Option<NonZeroUsize>,
    strict: bool,
    workers: Option<NonZeroUsize>,
    layout: Layout,
}

impl DataLoader {
    /// A loader that delivers the data set in its own order; the last batch may be smaller.
    ///
    /// # Panics
    ///
    /// `batch_size` is 0.
    #[must_use]
    pub fn new(dataset: Arc<dyn Dataset>, transform: Transform, batch_size: usize) -> Self {
        assert!(batch_size > 0, "a batch holds at least one picture");
        Self {
            dataset,
            transform,
            batch_size,
            shuffle: None,
            seed: 0,
            drop_last: false,
            epoch_len: None,
            strict: false,
            workers: None,
            layout: Layout::ChannelsFirst,
        }
    }

    /// Delivers in an order drawn from the seed, another one each epoch. The transform's random steps draw from the same
    /// seed, unless [`augment_seed`](Self::augment_seed) comes after this.
    #[must_use]
    pub fn shuffled(mut self, seed: u64) -> Self {
        self.shuffle = Some(seed);
        self.seed = seed;
        self
    }

    /// What the transform's random steps draw from, together with the epoch and the picture's position.
    #[must_use]
    pub fn augment_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Leaves out the last batch of an epoch where it is not full.
    #[must_use]
    pub fn drop_last(mut self) -> Self {
        self.drop_last = true;
        self
    }

    /// Lets an epoch have so many pictures, whatever the data set has: the next one goes on where it ended, and all pictures have
    /// been shown before any is shown again. For data sets so large that one pass is too long to wait for, as validation or a
    /// schedule counts it. 0 is taken as 1.
    #[must_use]
    pub fn epoch_len(mut self, pictures: usize) -> Self {
        self.epoch_len = Some(NonZeroUsize::new(pictures).unwrap_or(NonZeroUsize::MIN));
        self
    }

    /// Makes a picture that cannot be decoded or resized an error: the batch is then an
    /// [`Error::Picture`](crate::Error::Picture) with its file and the reason. Otherwise it is left out of the batch and
    /// named in [`Batch::skipped`].
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// How many threads decode; as many as there are cores unless set. 0 is taken as 1.
    #[must_use]
    pub fn workers(mut self, threads: usize) -> Self {
        self.workers = Some(NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN));
        self
    }

    /// The order in memory of the batches' pictures; their shape is `[N, 3, H, W]` in both.
    #[must_use]
    pub fn layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// The data set behind it.
    #[must_use]
    pub fn dataset(&self) -> &Arc<dyn Dataset> {
        &self.dataset
    }

    /// The transform that pictures go through.
    #[must_use]
    pub fn transform(&self) -> &Transform {
        &self.transform
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn num_batches(&self) -> usize {
        let pictures = self.pictures();
        if self.drop_last {
            pictures / self.batch_size
        } else {
            pictures.div_ceil(self.batch_size)
        }
    }

    /// How many pictures an epoch has.
    fn pictures(&self) -> usize {
        match (self.epoch_len, self.dataset.len()) {
            (Some(pictures), 1..) => pictures.get(),
            (_, all) => all,
        }
    }

    /// What decides the rows of one pass beside the data set: transform, order, seed and what is dropped, as a text.
    pub(crate) fn recipe(&self) -> String {
        let Self {
            transform, shuffle, ..
        } = self;
        let seed = if transform.is_random() { self.seed } else { 0 };
        let dropped = if self.drop_last {
            self.pictures() % self.batch_size
        } else {
            0
        };
        let strict = if self.strict { "; strict" } else { "" };
        let part = self
            .epoch_len
            .map_or(String::new(), |pictures| format!("; {pictures} an epoch"));
        format!("{transform}; shuffled {shuffle:?}; seed {seed}; dropped {dropped}{strict}{part}")
    }

    /// The same pictures in the data set's own order, none of them dropped.
    pub(crate) fn in_order(&self) -> Self {
        Self {
            shuffle: None,
            drop_last: false,
            epoch_len: None,
            ..self.clone()
        }
    }

    /// The same way of loading, of other pictures.
    pub(crate) fn of(&self, dataset: Arc<dyn Dataset>) -> Self {
        Self {
            dataset,
            ..self.clone()
        }
    }

    /// The same pictures and batches, transformed otherwise.
    pub(crate) fn transformed(&self, transform: Transform) -> Self {
        Self {
            transform,
            ..self.clone()
        }
    }

    /// What random steps draw from for a picture in an epoch.
    pub(crate) fn draw(&self, epoch: usize, index: usize) -> Draw {
        Draw {
            seed: self.seed,
            epoch: epoch as u64,
            index: index as u64,
        }
    }

    /// The positions in the data set in the order of an epoch.
    pub(crate) fn order(&self, epoch: usize) -> Vec<usize> {
        if self.epoch_len.is_none() || self.dataset.is_empty() {
            return self.pass(epoch);
        }
        // All passes in a row, from the first epoch's beginning on.
        let (all, pictures) = (self.dataset.len(), self.pictures());
        let first = epoch * pictures;
        let passes = first / all..=(first + pictures - 1) / all;
        let shown = passes.flat_map(|pass| self.pass(pass));
        shown.skip(first % all).take(pictures).collect()
    }

    /// All positions in the order of one pass.
    fn pass(&self, pass: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.dataset.len()).collect();
        if let Some(seed) = self.shuffle {
            Rng::new(seed, &[pass as u64]).shuffle(&mut order);
        }
        order
    }

    /// The positions of each batch of one pass.
    pub(crate) fn positions(&self, epoch: usize) -> Vec<Vec<usize>> {
        let order = self.order(epoch);
        let batches = order.chunks(self.batch_size).take(self.num_batches());
        batches.map(<[usize]>::to_vec).collect()
    }

    /// The batches of one pass. `epoch` decides the order where the loader is [`shuffled`](Self::shuffled), and what
    /// random steps draw.
    #[must_use]
    pub fn batches(&self, epoch: usize) -> Batches {
        self.batches_from(epoch, 0)
    }

    /// The batches of one pass from the batch with this number on: where an interrupted pass goes on.
    #[must_use]
    pub fn batches_from(&self, epoch: usize, first_batch: usize) -> Batches {
        self.epochs(epoch..epoch + 1, first_batch)
    }

    /// The batches of several passes in a row, from the first pass's batch with this number on. The threads go on into
    /// the next pass while the last batches of one are used; [`Batch::epoch`] tells them apart.
    #[must_use]
    pub fn epochs(&self, epochs: Range<usize>, first_batch: usize) -> Batches {
        let per_epoch = self.num_batches();
        let first = epochs.start * per_epoch + first_batch.min(per_epoch);
        let threads = self
            .workers
            .or_else(|| thread::available_parallelism().ok());
        let threads = threads.map_or(1, NonZeroUsize::get);
        let ahead = AHEAD.max((2 * threads).div_ceil(self.batch_size));
        let work = Batching::new(self.clone());
        let last = epochs.end.max(epochs.start) * per_epoch;
        Batches(Workers::start(work, first..last.max(first), threads, ahead))
    }
}

/// The batches of one pass or several; see [`DataLoader::batches`]. The threads end when it is dropped.
pub struct Batches(Workers<Batching>);

impl Iterator for Batches {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let remaining = self.0.remaining();
        (remaining, Some(remaining))
    }
}

impl ExactSizeIterator for Batches {}

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batches({} to come)", self.0.remaining())
    }
}
