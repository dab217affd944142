//! Features kept on disk, so that the next run of a notebook does not compute them again.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tch::{Device, Kind, Tensor};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::{Features, features_at, features_of};
use crate::checkpoint::{self, StateDict};
use crate::data::{DataLoader, Dataset, Skipped};
use crate::models::Backbone;
use crate::{Error, Result};

/// Part of every key: a file of another version of this code is not read.
const VERSION: &str = "features 2";
const ENDING: &str = "safetensors";

/// A folder of features, each table in a safetensors file of its own.
///
/// A table is found again by what it was computed from: the values of all variables but the head's (by name, shape and
/// content), the names of its steps, the layer, the transform's text, the loader's order and seeds, and each picture's
/// [`stamp`](crate::data::Dataset::stamp) (path, size and times of change; without a file, its pixels). If any of that is
/// another, it is computed anew. What is not part of it: the device and the batch size, which change the last digits, and
/// the labels, which are the data set's present ones.
///
/// Files appear complete or not at all, so that several processes can use one folder. A file that is damaged is computed
/// again, and is then in [`damaged`](Self::damaged).
#[derive(Debug)]
pub struct FeatureStore {
    folder: PathBuf,
    max_bytes: Option<u64>,
    /// How many tables were found.
    pub hits: usize,
    /// How many tables were computed.
    pub computed: usize,
    /// Files that were there and could not be used, and why. They were computed again.
    pub damaged: Vec<Skipped>,
}

impl FeatureStore {
    /// The store in this folder, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref().to_path_buf();
        std::fs::create_dir_all(&folder).map_err(Error::io("write", &folder))?;
        Ok(Self {
            folder,
            max_bytes: None,
            hits: 0,
            computed: 0,
            damaged: Vec::new(),
        })
    }

    /// Removes the oldest tables whenever all of them together have more bytes than this. The newest one stays.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// What [`features_of`] gives, from the store where it is there, otherwise computed and put there.
    ///
    /// # Errors
    ///
    /// As [`features_of`]; or the store cannot be written to.
    pub fn features(&mut self, net: &dyn Backbone, loader: &DataLoader) -> Result<Features> {
        self.stored(net, None, loader)
    }

    /// What [`features_at`] gives for a layer, likewise.
    ///
    /// # Errors
    ///
    /// As [`features_at`]; or the store cannot be written to.
    pub fn features_at(
        &mut self,
        net: &dyn Backbone,
        layer: &str,
        loader: &DataLoader,
    ) -> Result<Features> {
        self.stored(net, Some(layer), loader)
    }

    fn stored(
        &mut self,
        net: &dyn Backbone,
        layer: Option<&str>,
        loader: &DataLoader,
    ) -> Result<Features> {
        let key = key(net, layer, loader)?;
        let path = self.path(&key);
        match read(&path, &key, loader.dataset().as_ref()) {
            Ok(features) => {
                self.hits += 1;
                return Ok(features);
            }
            // Not there, or removed by another process a moment ago.
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {}
            Err(error) => self.damaged.push(Skipped {
                path: path.clone(),
                reason: error.to_string(),
            }),
        }
        let features = match layer {
            Some(layer) => features_at(net, layer, loader)?,
            None => features_of(net, loader)?,
        };
        self.computed += 1;
        // A picture that was exchanged meanwhile may be in the table in either state.
        if self::key(net, layer, loader)? == key {
            checkpoint::write(&path, &pack(&features, &key)?)?;
            self.shrink(&path)?;
        }
        Ok(features)
    }

    /// Removes all tables. Other files in the folder stay.
    ///
    /// # Errors
    ///
    /// The folder cannot be listed, or a file not be removed.
    pub fn clear(&mut self) -> Result<()> {
        self.tables()?
            .iter()
            .try_for_each(|(_, _, path)| remove(path))
    }

    fn path(&self, key: &str) -> PathBuf {
        let name = format!("{:032x}.{ENDING}", xxh3_128(key.as_bytes()));
        self.folder.join(name)
    }

    fn shrink(&self, newest: &Path) -> Result<()> {
        let Some(most) = self.max_bytes else {
            return Ok(());
        };
        let mut tables = self.tables()?;
        tables.sort();
        let mut bytes: u64 = tables.iter().map(|table| table.1).sum();
        for (_, size, path) in tables {
            if bytes <= most {
                break;
            }
            if path != newest {
                remove(&path)?;
                bytes -= size;
            }
        }
        Ok(())
    }

    /// When each table was written, its size, and its file.
    fn tables(&self) -> Result<Vec<(SystemTime, u64, PathBuf)>> {
        let mut tables = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(Error::io("list", &self.folder))? {
            let path = entry.map_err(Error::io("list", &self.folder))?.path();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let is_key = stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_key || path.extension().is_none_or(|extension| extension != ENDING) {
                continue;
            }
            // Another process may have removed it since it was listed.
            if let Ok(metadata) = std::fs::metadata(&path) {
                let written = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                tables.push((written, metadata.len(), path));
            }
        }
        Ok(tables)
    }
}

/// Removes a file, unless another process was faster.
fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// All that a table depends on, as a text.
fn key(net: &dyn Backbone, layer: Option<&str>, loader: &DataLoader) -> Result<String> {
    let head = format!("{}.", net.head_name());
    // A layer may lie behind the head (the head itself does); before it, the head has no part in the features.
    let behind = layer.is_some_and(|layer| head.starts_with(&format!("{layer}.")));
    let mut weights = Xxh3::new();
    let variables: StateDict = net.var_store().variables().into_iter().collect();
    for (name, tensor) in variables
        .iter()
        .filter(|(name, _)| behind || !name.starts_with(&head))
    {
        weights.update(format!("{name} {:?} {:?};", tensor.kind(), tensor.size()).as_bytes());
        weights.update(&bytes_of(tensor)?);
    }
    let mut pictures = Xxh3::new();
    let dataset = loader.dataset();
    for index in 0..dataset.len() {
        pictures.update(format!("{};", dataset.stamp(index)).as_bytes());
    }
    Ok(format!(
        "{VERSION}\nlayers {:?} at {layer:?}\nweights {:032x}\nloader {}\n{} pictures {:032x}",
        net.tap_names(),
        weights.digest128(),
        loader.recipe(),
        dataset.len(),
        pictures.digest128()
    ))
}

/// A tensor's values, as they lie in memory.
fn bytes_of(tensor: &Tensor) -> Result<Vec<u8>> {
    let tensor = tensor.detach().to_device(Device::Cpu).contiguous();
    let mut bytes = vec![0; tensor.numel() * tensor.kind().elt_size_in_bytes()];
    tensor.f_copy_data_u8(&mut bytes, tensor.numel())?;
    Ok(bytes)
}

/// The table as tensors. Texts are tensors of bytes, so that the file is one of the kind that this crate reads and writes
/// everywhere; the sum tells a damaged file from a sound one.
fn pack(features: &Features, key: &str) -> Result<StateDict> {
    let indices: Vec<i64> = features.indices.iter().map(|&index| index as i64).collect();
    let skipped = Skipped::to_text(&features.skipped);
    let mut tensors = StateDict::from([
        ("xs".into(), features.xs.shallow_clone()),
        ("indices".into(), Tensor::f_from_slice(&indices)?),
        ("skipped".into(), Tensor::f_from_slice(skipped.as_bytes())?),
        ("key".into(), Tensor::f_from_slice(key.as_bytes())?),
    ]);
    let sum = sum(&tensors)?;
    tensors.insert("sum".into(), Tensor::f_from_slice(&sum)?);
    Ok(tensors)
}

fn sum(tensors: &StateDict) -> Result<[u8; 16]> {
    let mut hash = Xxh3::new();
    for tensor in tensors.values() {
        hash.update(format!("{:?};", tensor.size()).as_bytes());
        hash.update(&bytes_of(tensor)?);
    }
    Ok(hash.digest128().to_le_bytes())
}

/// A table from its file, if it is sound and is the one with this key.
fn read(path: &Path, key: &str, dataset: &dyn Dataset) -> Result<Features> {
    let damaged = |reason: &str| Error::DamagedCheckpoint {
        path: path.into(),
        reason: reason.into(),
    };
    let mut tensors = checkpoint::read(path)?;
    let mut take = |name: &str| {
        let missing = || damaged(&format!("expected a tensor {name:?}, found none"));
        tensors.remove(name).ok_or_else(missing)
    };
    let (expected, parts) = (take("sum")?, ["xs", "indices", "skipped", "key"]);
    let parts = parts.map(|name| Ok::<_, Error>((name.to_string(), take(name)?)));
    let parts = parts.into_iter().collect::<Result<StateDict>>()?;
    if bytes_of(&expected)? != sum(&parts)? {
        return Err(damaged(
            "its contents do not have the sum that they were written with",
        ));
    }
    if bytes_of(&parts["key"])? != key.as_bytes() {
        return Err(damaged("it was computed from something else"));
    }
    let indices = Vec::<i64>::try_from(&parts["indices"])?;
    let indices: Vec<usize> = indices.into_iter().map(|index| index as usize).collect();
    let (xs, rows) = (parts["xs"].to_kind(Kind::Float), indices.len() as i64);
    if xs.size2().ok().is_none_or(|size| size.0 != rows)
        || indices.iter().any(|&index| index >= dataset.len())
    {
        return Err(damaged("its rows are not those of the data set"));
    }
    let labels: Vec<i64> = indices
        .iter()
        .map(|&index| dataset.label(index) as i64)
        .collect();
    let skipped = String::from_utf8_lossy(&bytes_of(&parts["skipped"])?).into_owned();
    Ok(Features {
        xs,
        labels: Tensor::f_from_slice(&labels)?,
        classes: dataset.classes().to_vec(),
        indices,
        skipped: Skipped::from_text(&skipped),
    })
}
