//! From a data set to batches of tensors, decoded on all cores ahead of the one who asks.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use tch::Tensor;

use super::rng::Rng;
use super::{Dataset, Skipped, Transform};
use crate::{Error, Result};

/// How many batches are made ahead.
const AHEAD: usize = 2;

/// Some pictures as tensors.
#[derive(Debug)]
pub struct Batch {
    /// The pictures: `[N, 3, H, W]`, on the CPU.
    pub xs: Tensor,
    /// Their labels: `[N]`, integers.
    pub labels: Tensor,
    /// Their positions in the data set.
    pub indices: Vec<usize>,
    /// Pictures that could not be decoded or resized and are therefore not in the batch.
    pub skipped: Vec<Skipped>,
}

/// Delivers a data set in batches. The same seed gives the same batches, on any number of cores; the last batch
/// may be smaller.
#[derive(Debug, Clone)]
pub struct DataLoader {
    dataset: Arc<dyn Dataset>,
    transform: Transform,
    batch_size: usize,
    shuffle: Option<u64>,
}

impl DataLoader {
    /// A loader that delivers the data set in its own order.
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
        }
    }

    /// Delivers in an order drawn from the seed, another one each epoch.
    #[must_use]
    pub fn shuffled(mut self, seed: u64) -> Self {
        self.shuffle = Some(seed);
        self
    }

    /// The data set behind it.
    #[must_use]
    pub fn dataset(&self) -> &Arc<dyn Dataset> {
        &self.dataset
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn num_batches(&self) -> usize {
        self.dataset.len().div_ceil(self.batch_size)
    }

    /// The batches of one pass. `epoch` decides the order where the loader is [`shuffled`](Self::shuffled).
    #[must_use]
    pub fn batches(&self, epoch: usize) -> Batches {
        let mut order: Vec<usize> = (0..self.dataset.len()).collect();
        if let Some(seed) = self.shuffle {
            Rng::new(seed, &[epoch as u64]).shuffle(&mut order);
        }
        let (sender, receiver) = sync_channel(AHEAD);
        let Self {
            dataset,
            transform,
            batch_size,
            ..
        } = self.clone();
        let worker = thread::spawn(move || {
            for indices in order.chunks(batch_size) {
                // The receiver is gone when whoever asked has seen enough.
                if sender
                    .send(make_batch(&*dataset, transform, indices))
                    .is_err()
                {
                    return;
                }
            }
        });
        Batches {
            receiver,
            worker: Some(worker),
        }
    }
}

/// The batches of one pass; see [`DataLoader::batches`].
#[derive(Debug)]
pub struct Batches {
    receiver: Receiver<Result<Batch>>,
    worker: Option<thread::JoinHandle<()>>,
}

impl Iterator for Batches {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Ok(batch) = self.receiver.recv() {
            return Some(batch);
        }
        // The end; or a panic, which must not look like one.
        if let Some(Err(panic)) = self.worker.take().map(thread::JoinHandle::join) {
            std::panic::resume_unwind(panic);
        }
        None
    }
}

type Decoded = Result<(Vec<f32>, [usize; 2])>;

fn make_batch(dataset: &dyn Dataset, transform: Transform, indices: &[usize]) -> Result<Batch> {
    let decoded = in_parallel(indices, |index| {
        let applied = transform.apply(&dataset.picture(index)?);
        applied.map_err(|error| Error::Picture {
            path: dataset.name(index),
            reason: error.to_string(),
        })
    });
    let mut batch = Batch {
        xs: Tensor::zeros([0, 3, 1, 1], tch::kind::FLOAT_CPU),
        labels: Tensor::zeros([0], tch::kind::INT64_CPU),
        indices: Vec::with_capacity(indices.len()),
        skipped: Vec::new(),
    };
    let (mut values, mut labels, mut size) = (Vec::new(), Vec::with_capacity(indices.len()), None);
    for (&index, decoded) in indices.iter().zip(decoded) {
        let (picture, found) = match decoded {
            Ok(decoded) => decoded,
            Err(Error::Picture { path, reason }) => {
                batch.skipped.push(Skipped { path, reason });
                continue;
            }
            Err(error) => return Err(error),
        };
        let expected = *size.get_or_insert(found);
        if found != expected {
            let expected =
                format!("one size for all (here {expected:?}): give the transform a center_crop");
            return Err(Error::argument(
                "pictures of a batch",
                expected,
                format!("{found:?} at position {index}"),
            ));
        }
        values.extend_from_slice(&picture);
        labels.push(dataset.label(index) as i64);
        batch.indices.push(index);
    }
    if let Some([height, width]) = size {
        let shape = [labels.len() as i64, 3, height as i64, width as i64];
        batch.xs = Tensor::f_from_slice(&values)?.f_view(shape)?;
        batch.labels = Tensor::f_from_slice(&labels)?;
    }
    Ok(batch)
}

/// Decodes in as many threads as there are cores; results come in the order of `indices`.
fn in_parallel(indices: &[usize], decode: impl Fn(usize) -> Decoded + Sync) -> Vec<Decoded> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = indices.len().div_ceil(cores).max(1);
    let decode = &decode;
    thread::scope(|scope| {
        let workers: Vec<_> = indices
            .chunks(share)
            .map(|part| {
                scope.spawn(move || part.iter().map(|&index| decode(index)).collect::<Vec<_>>())
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}
