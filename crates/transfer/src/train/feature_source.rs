//! Stored features in the order and the batches of a loader: training a head on them is training it on the loader's
//! pictures behind a frozen trunk, without the trunk's work.

use std::ops::Range;

use tch::Tensor;

use super::Features;
use super::source::{SomeBatches, Source};
use crate::Result;
use crate::data::{Batch, DataLoader, Skipped};
use crate::models::Backbone;

/// The features of a loader's pictures.
pub(super) struct FeatureSource<'a> {
    loader: &'a DataLoader,
    features: &'a Features,
    /// The row of each picture, if it has one.
    rows: Vec<Option<usize>>,
}

impl<'a> FeatureSource<'a> {
    pub(super) fn new(loader: &'a DataLoader, features: &'a Features) -> Self {
        let mut rows = vec![None; loader.dataset().len()];
        for (row, &index) in features.indices.iter().enumerate() {
            if let Some(place) = rows.get_mut(index) {
                *place = Some(row);
            }
        }
        Self {
            loader,
            features,
            rows,
        }
    }

    fn batch(&self, epoch: usize, number: usize, indices: &[usize]) -> Result<Batch> {
        let there = |index: &usize| self.rows[*index].is_some();
        let (present, missing): (Vec<usize>, Vec<usize>) =
            indices.iter().partition(|index| there(index));
        let rows: Vec<i64> = present
            .iter()
            .filter_map(|&index| Some(self.rows[index]? as i64))
            .collect();
        let rows = Tensor::from_slice(&rows);
        let dataset = self.loader.dataset();
        let targets = present.iter().map(|&index| dataset.targets(index));
        let targets = Tensor::f_from_slice(&targets.collect::<Vec<_>>().concat())?;
        let columns = targets.numel() / present.len().max(1);
        let skipped = |index: usize| Skipped {
            path: dataset.name(index),
            reason: "it had no features: it could not be decoded when they were computed"
                .to_owned(),
        };
        Ok(Batch {
            xs: self.features.xs.f_index_select(0, &rows)?,
            labels: self.features.labels.f_index_select(0, &rows)?,
            targets: targets.f_view([present.len() as i64, columns as i64])?,
            indices: present,
            skipped: missing.into_iter().map(skipped).collect(),
            epoch,
            number,
        })
    }
}

impl Source for FeatureSource<'_> {
    fn loader(&self) -> &DataLoader {
        self.loader
    }

    fn epochs(&self, epochs: Range<usize>, first: usize) -> SomeBatches<'_> {
        let numbered = |epoch| {
            (0..)
                .zip(self.loader.positions(epoch))
                .map(move |at| (epoch, at))
        };
        let batches = epochs.flat_map(numbered).skip(first);
        Box::new(batches.map(|(epoch, (number, at))| self.batch(epoch, number, &at)))
    }

    fn logits(&self, net: &dyn Backbone, xs: &Tensor, train: bool) -> Tensor {
        net.classify(&xs.to_device(net.device()), train)
    }
}
