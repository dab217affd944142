//! Features computed once. A frozen net's output is a function of the picture alone, so there is no reason to
//! compute it again in every epoch.

use tch::{Device, Kind, Tensor};

use crate::data::{DataLoader, Skipped};
use crate::models::Backbone;
use crate::{Error, Result, check_interrupt};

/// One row of numbers per picture, with its label.
#[derive(Debug)]
pub struct Features {
    /// The rows: `[N, C]`, on the CPU.
    pub xs: Tensor,
    /// The labels: `[N]`, integers.
    pub labels: Tensor,
    /// The names of the classes.
    pub classes: Vec<String>,
    /// For each row, the picture's position in its data set.
    pub indices: Vec<usize>,
    /// Pictures that could not be decoded and have no row.
    pub skipped: Vec<Skipped>,
}

impl Features {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    /// The label of each row.
    #[must_use]
    pub fn label_list(&self) -> Vec<usize> {
        let labels = Vec::<i64>::try_from(&self.labels).unwrap_or_default();
        labels.into_iter().map(|label| label as usize).collect()
    }

    /// Some rows, by their numbers in this table.
    ///
    /// # Panics
    ///
    /// There is no row of that number.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Features {
        let index = Tensor::from_slice(&rows.iter().map(|&row| row as i64).collect::<Vec<_>>());
        Features {
            xs: self.xs.index_select(0, &index),
            labels: self.labels.index_select(0, &index),
            classes: self.classes.clone(),
            indices: rows.iter().map(|&row| self.indices[row]).collect(),
            skipped: self.skipped.clone(),
        }
    }
}

/// The features that `net` has for every picture of the loader, computed without gradients and with its
/// running statistics: `[N, C]`.
///
/// # Errors
///
/// The loader fails, or has not one readable picture. Unreadable ones are in [`Features::skipped`].
pub fn features_of(net: &dyn Backbone, loader: &DataLoader) -> Result<Features> {
    let device = net.device();
    collect_one(loader, |xs| net.features(&xs.to_device(device), false))
}

/// The features behind one layer (any of [`Backbone::tap_names`]), from one pass that ends there: `[N, C]`. A map
/// `[N, C, H, W]` is averaged over its rows and columns, as a ResNet's last one is before its head.
///
/// # Errors
///
/// As [`features_of`]; or the net has no such layer.
pub fn features_at(net: &dyn Backbone, layer: &str, loader: &DataLoader) -> Result<Features> {
    Ok(features_at_each(net, &[layer], loader)?.remove(0))
}

/// As [`features_at`], of several layers, in the order asked for, from one pass over the pictures.
///
/// # Errors
///
/// As [`features_at`].
pub fn features_at_each(
    net: &dyn Backbone,
    layers: &[&str],
    loader: &DataLoader,
) -> Result<Vec<Features>> {
    let device = net.device();
    collect(loader, layers.len(), |xs| {
        let seen = net.activations(layers, &xs.to_device(device), false)?;
        let averaged = |ys: Tensor| match ys.dim() {
            4 => ys.f_mean_dim([2i64, 3].as_slice(), false, Kind::Float),
            _ => Ok(ys),
        };
        let rows = seen.into_iter().map(averaged);
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    })
}

/// The pictures' own numbers as features, one per pixel and channel: the baseline without a net. `[N, 3·H·W]`.
///
/// # Errors
///
/// As [`features_of`].
pub fn pixels_of(loader: &DataLoader) -> Result<Features> {
    collect_one(loader, |xs| xs.flatten(1, -1))
}

fn collect_one(loader: &DataLoader, features: impl Fn(&Tensor) -> Tensor) -> Result<Features> {
    Ok(collect(loader, 1, |xs| Ok(vec![features(xs)]))?.remove(0))
}

/// What `features` makes of each batch, the same number of tables as `kinds` says, each one table over all batches.
fn collect(
    loader: &DataLoader,
    kinds: usize,
    features: impl Fn(&Tensor) -> Result<Vec<Tensor>>,
) -> Result<Vec<Features>> {
    let mut xs: Vec<Vec<Tensor>> = (0..kinds).map(|_| Vec::new()).collect();
    let (mut labels, mut indices, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for batch in loader.batches(0) {
        check_interrupt()?;
        let batch = batch?;
        skipped.extend(batch.skipped);
        if batch.indices.is_empty() {
            continue;
        }
        let rows = tch::no_grad(|| features(&batch.xs))?;
        for (xs, rows) in xs.iter_mut().zip(rows) {
            xs.push(rows.to_device(Device::Cpu).to_kind(Kind::Float));
        }
        labels.push(batch.labels);
        indices.extend(batch.indices);
    }
    if indices.is_empty() {
        let found = format!("none ({} could not be decoded)", skipped.len());
        return Err(Error::argument(
            "pictures to compute features of",
            "at least one",
            found,
        ));
    }
    let labels = Tensor::cat(&labels, 0);
    let table = |xs: Vec<Tensor>| Features {
        xs: Tensor::cat(&xs, 0),
        labels: labels.copy(),
        classes: loader.dataset().classes().to_vec(),
        indices: indices.clone(),
        skipped: skipped.clone(),
    };
    Ok(xs.into_iter().map(table).collect())
}
