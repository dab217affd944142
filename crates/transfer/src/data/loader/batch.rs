//! Pictures as tensors.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use image::RgbImage;
use tch::Tensor;

use super::super::{Draw, Layout, Skipped};
use super::DataLoader;
use super::workers::Work;
use crate::{Error, Result};

/// Some pictures as tensors.
#[derive(Debug)]
pub struct Batch {
    /// The pictures: `[N, 3, H, W]`, on the CPU.
    pub xs: Tensor,
    /// Their labels: `[N]`, integers.
    pub labels: Tensor,
    /// Their further numbers ([`Dataset::targets`](super::super::Dataset::targets)): `[N, T]`; T is 0 where the data set
    /// has none.
    pub targets: Tensor,
    /// Their positions in the data set.
    pub indices: Vec<usize>,
    /// Pictures that could not be decoded or resized and are therefore not in the batch.
    pub skipped: Vec<Skipped>,
    /// The epoch that it belongs to.
    pub epoch: usize,
    /// Its number in the epoch, from 0.
    pub number: usize,
}

/// The batches of all epochs, numbered through.
pub(super) struct Batching {
    pub(super) loader: DataLoader,
    /// The orders of the epochs that are under way.
    orders: Mutex<Vec<(usize, Arc<[usize]>)>>,
}

/// A picture after the transform's steps: a quarter of the memory of its numbers.
type Decoded = Result<RgbImage>;

impl Batching {
    pub(super) fn new(loader: DataLoader) -> Self {
        let orders = Mutex::default();
        Self { loader, orders }
    }

    /// Epoch and number of a batch.
    fn place(&self, batch: usize) -> (usize, usize) {
        let per_epoch = self.loader.num_batches();
        (batch / per_epoch, batch % per_epoch)
    }

    /// The order of an epoch.
    fn order(&self, epoch: usize) -> Arc<[usize]> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, order)) = orders.iter().find(|(of, _)| *of == epoch) {
            return order.clone();
        }
        let order: Arc<[usize]> = self.loader.order(epoch).into();
        // An epoch that ends and the one that begins.
        if orders.len() == 2 {
            orders.remove(0);
        }
        orders.push((epoch, order.clone()));
        order
    }

    fn decode(&self, epoch: usize, index: usize) -> Decoded {
        let DataLoader {
            dataset, transform, ..
        } = &self.loader;
        let applied =
            transform.picture_drawn(&dataset.picture(index)?, self.loader.draw(epoch, index));
        applied.map_err(|error| Error::Picture {
            path: dataset.name(index),
            reason: error.to_string(),
        })
    }

    fn assemble(&self, batch: usize, pieces: Vec<Decoded>) -> Result<Batch> {
        let (epoch, number) = self.place(batch);
        let order = self.order(epoch);
        let (dataset, first) = (&self.loader.dataset, number * self.loader.batch_size);
        let (mut pictures, mut indices, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
        let (mut labels, mut targets, mut size) = (Vec::new(), Vec::new(), None);
        for (&index, decoded) in order[first..].iter().zip(pieces) {
            let picture = match decoded {
                Ok(picture) => picture,
                Err(Error::Picture { path, reason }) if !self.loader.strict => {
                    skipped.push(Skipped { path, reason });
                    continue;
                }
                Err(error) => return Err(error),
            };
            let found = [picture.height(), picture.width()];
            let expected = *size.get_or_insert(found);
            if found != expected {
                return Err(Error::argument(
                    "pictures of a batch",
                    format!(
                        "one size for all (here {expected:?}): give the transform a center_crop, or a letterbox where all is to be seen"
                    ),
                    format!("{found:?} at position {index}"),
                ));
            }
            labels.push(dataset.label(index) as i64);
            targets.extend_from_slice(dataset.targets(index));
            pictures.push(picture);
            indices.push(index);
        }
        let draws: Vec<Draw> = indices
            .iter()
            .map(|&index| self.loader.draw(epoch, index))
            .collect();
        let rows = indices.len().max(1);
        if targets.len() % rows != 0 {
            let found = format!("{} for {} pictures", targets.len(), indices.len());
            return Err(Error::argument(
                "targets",
                "as many for each picture",
                found,
            ));
        }
        let shape = [indices.len() as i64, (targets.len() / rows) as i64];
        Ok(Batch {
            xs: self.stack(&pictures, &draws, size.unwrap_or([1, 1]))?,
            labels: Tensor::f_from_slice(&labels)?,
            targets: Tensor::f_from_slice(&targets)?.f_view(shape)?,
            indices,
            skipped,
            epoch,
            number,
        })
    }

    /// Pictures of `[H, W]` as one tensor `[N, 3, H, W]`, each written to its place at once.
    fn stack(&self, pictures: &[RgbImage], draws: &[Draw], size: [u32; 2]) -> Result<Tensor> {
        let (layout, [height, width]) = (self.loader.layout, size.map(i64::from));
        let count = pictures.len() as i64;
        let shape = match layout {
            Layout::ChannelsFirst => [count, 3, height, width],
            Layout::ChannelsLast => [count, height, width, 3],
        };
        // Not zeros: libtorch would start threads of its own for that in each of ours.
        let xs = Tensor::f_empty(shape, tch::kind::FLOAT_CPU)?;
        let length = (3 * height * width) as usize;
        for (number, (picture, draw)) in pictures.iter().zip(draws).enumerate() {
            // SAFETY: a new contiguous tensor of `pictures.len() * length` floats on the CPU, which nothing else refers
            // to yet. The part of this picture is set to 0, a valid float, before it is lent as a slice.
            let place = unsafe {
                let start = xs.data_ptr().cast::<f32>().add(number * length);
                start.write_bytes(0, length);
                std::slice::from_raw_parts_mut(start, length)
            };
            let transform = &self.loader.transform;
            transform.numbers_into(picture, *draw, layout, place);
        }
        Ok(match layout {
            Layout::ChannelsFirst => xs,
            Layout::ChannelsLast => xs.f_permute([0, 3, 1, 2])?,
        })
    }
}

impl Work for Batching {
    type Piece = Decoded;
    type Whole = Result<Batch>;

    fn pieces(&self, batch: usize) -> usize {
        let first = self.place(batch).1 * self.loader.batch_size;
        self.loader.batch_size.min(self.loader.pictures() - first)
    }

    fn piece(&self, batch: usize, number: usize) -> Decoded {
        let (epoch, of_epoch) = self.place(batch);
        let index = self.order(epoch)[of_epoch * self.loader.batch_size + number];
        let decode = AssertUnwindSafe(|| self.decode(epoch, index));
        catch_unwind(decode).unwrap_or_else(|panic| {
            Err(Error::Panicked {
                path: self.loader.dataset.name(index),
                reason: message(&*panic),
            })
        })
    }

    fn whole(&self, batch: usize, pieces: Vec<Decoded>) -> Result<Batch> {
        let assemble = AssertUnwindSafe(|| self.assemble(batch, pieces));
        catch_unwind(assemble).unwrap_or_else(|panic| {
            Err(Error::Panicked {
                path: PathBuf::from(format!("batch {batch}")),
                reason: message(&*panic),
            })
        })
    }
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".into())
}
