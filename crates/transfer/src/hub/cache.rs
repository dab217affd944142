//! A cache, how it is set up, and what is asked of it: files of weights and folders of data sets.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::datasets::{DatasetEntry, DatasetFile};
use super::environment::Environment;
use super::http::Network;
use super::obtain::{Wanted, lock, plain_name};
use super::progress::{Meter, Progress, Report};
use super::weights::WeightsFile;
use super::{drawn, unpack};
use crate::{Error, Result};

/// A cache of weights, text encoders and data sets, and how it is filled.
///
/// [`Hub::new`] reads the environment: `TRANSFER_CACHE` (the cache folder; without it, the system's place for
/// caches), `TRANSFER_OFFLINE=1` (no network), `TRANSFER_MIRROR` (see [`Hub::mirror`]), where others have put files
/// (`TORCH_HOME`; for text encoders `HF_HUB_CACHE`, `HF_HOME`, `VIRTUAL_ENV` and `CONDA_PREFIX`), the proxies
/// (`HTTPS_PROXY` and the like) and `SSL_CERT_FILE`. A file that is in the cache is checked once; a stamp beside it
/// remembers that until the file changes.
#[derive(Debug, Clone)]
pub struct Hub {
    pub(super) cache: PathBuf,
    pub(super) torch: Option<PathBuf>,
    pub(super) python: Vec<PathBuf>,
    pub(super) huggingface: Option<PathBuf>,
    pub(super) offline: bool,
    pub(super) mirror: Option<String>,
    pub(super) report: Report,
    pub(super) network: Network,
}

impl Hub {
    /// The cache that the environment names, which nothing is created in before the first fetch.
    ///
    /// # Errors
    ///
    /// There is neither `TRANSFER_CACHE` nor a home directory, or `TRANSFER_OFFLINE` is neither yes nor no.
    pub fn new() -> Result<Self> {
        let environment = Environment::of_process()?;
        let cache = environment.cache.ok_or_else(|| {
            Error::argument("TRANSFER_CACHE", "a folder, as there is no home", "nothing")
        })?;
        let mut hub = Self::in_folder(cache);
        hub.torch = environment.torch;
        hub.python = environment.python;
        hub.huggingface = environment.huggingface;
        hub.offline = environment.offline;
        hub.mirror = environment.mirror;
        hub.network.certificates = environment.certificates;
        hub.network.proxy = true;
        Ok(hub)
    }

    /// A cache in this folder, and nothing from the environment.
    #[must_use]
    pub fn in_folder(cache: impl Into<PathBuf>) -> Self {
        Self {
            cache: cache.into(),
            torch: None,
            python: Vec::new(),
            huggingface: None,
            offline: false,
            mirror: None,
            report: Report::StandardError,
            network: Network {
                connect: Duration::from_secs(15),
                idle: Duration::from_secs(30),
                retries: 3,
                pause: Duration::from_millis(500),
                certificates: None,
                proxy: false,
            },
        }
    }

    /// The same hub with its cache in another folder.
    #[must_use]
    pub fn cache_dir(mut self, cache: impl Into<PathBuf>) -> Self {
        self.cache = cache.into();
        self
    }

    /// Where PyTorch keeps its checkpoints, to use a file of the right hash where it lies. Nothing is written there.
    #[must_use]
    pub fn torch_checkpoints(mut self, folder: impl Into<PathBuf>) -> Self {
        self.torch = Some(folder.into());
        self
    }

    /// Whether the network is forbidden: then only what is there already is used.
    #[must_use]
    pub fn offline(mut self, offline: bool) -> Self {
        self.offline = offline;
        self
    }

    /// Fetches from a cache folder behind a web server instead of the original addresses: `<mirror>/weights/<file>`,
    /// `<mirror>/text/<name>/<file>` and `<mirror>/datasets/<name>/<file>`. Hashes are checked all the same.
    #[must_use]
    pub fn mirror(mut self, address: impl Into<String>) -> Self {
        self.mirror = Some(address.into());
        self
    }

    /// Shows nothing.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.report = Report::Nowhere;
        self
    }

    /// Hands every report to `callback` instead of drawing a bar on standard error: about ten in a second, and the
    /// last one of each stage with [`Progress::finished`]. Within a stage the bytes only grow, unless the server
    /// has another version of the file than the one begun with, and all begins anew.
    #[must_use]
    pub fn on_progress(mut self, callback: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        self.report = Report::To(Arc::new(callback));
        self
    }

    /// The longest wait for a connection (15 s) and for the next byte (30 s).
    #[must_use]
    pub fn timeouts(mut self, connect: Duration, idle: Duration) -> Self {
        (self.network.connect, self.network.idle) = (connect, idle);
        self
    }

    /// How often a transient failure is tried again (3 times), and the wait before the first of those (0.5 s), which
    /// doubles each time.
    #[must_use]
    pub fn retries(mut self, retries: u32, pause: Duration) -> Self {
        (self.network.retries, self.network.pause) = (retries, pause);
        self
    }

    /// Where these weights lie in the cache, or would lie; of those that come with this crate, where they lie in it.
    #[must_use]
    pub fn path_of(&self, weights: impl Into<WeightsFile>) -> PathBuf {
        self.place_of(&weights.into())
    }

    fn place_of(&self, file: &WeightsFile) -> PathBuf {
        match drawn::has(file) {
            true => drawn::path_of(file),
            false => self.cache.join("weights").join(file.file_name),
        }
    }

    /// The folder of this data set in the cache, which its files are in, or would be.
    #[must_use]
    pub fn folder_of(&self, dataset: &DatasetEntry) -> PathBuf {
        self.cache.join("datasets").join(dataset.name)
    }

    /// The file of these weights (`&` of a classifier's or a detector's, or of their entry): from this crate, from the
    /// cache, from PyTorch's, or from the network.
    ///
    /// # Errors
    ///
    /// [`Error::NotFetched`] without a network, or if the server refuses; [`Error::WrongHash`] for a file that is not
    /// the one that the entry names; [`Error::DiskFull`] and [`Error::Io`] if the cache cannot be written.
    pub fn fetch(&self, weights: impl Into<WeightsFile>) -> Result<PathBuf> {
        self.fetch_file(&weights.into())
    }

    fn fetch_file(&self, file: &WeightsFile) -> Result<PathBuf> {
        if drawn::has(file) {
            return drawn::open(file, &mut Meter::new(&self.report, file.file_name));
        }
        // The table's sizes are rounded.
        let most = (file.megabytes * 1.01 * f64::from(1 << 20)) as u64 + (1 << 20);
        let wanted = Wanted {
            url: file.url,
            name: file.file_name,
            sha256: file.sha256_prefix,
            exact: None,
            most,
            folder: "weights".to_owned(),
        };
        let mut meter = Meter::new(&self.report, wanted.name);
        plain_name("file_name", wanted.name)?;
        if !self.place_of(file).exists()
            && let Some(torch) = &self.torch
        {
            let path = torch.join(wanted.name);
            if self.is_at(&path, &wanted, &mut meter) {
                return Ok(path);
            }
        }
        self.obtain(&wanted, &mut meter)
    }

    /// The folder that holds this data set: the unpacked one where the set is a single archive, and otherwise its own
    /// folder. A folder that is there is taken to be whole, since it gets its name last.
    ///
    /// # Errors
    ///
    /// As [`Hub::fetch`], and [`Error::Archive`] if an archive is not what it should be.
    pub fn dataset(&self, dataset: &DatasetEntry) -> Result<PathBuf> {
        plain_name("data set", dataset.name)?;
        let folder = self.folder_of(dataset);
        let mut unpacked = Vec::new();
        for file in dataset.files {
            plain_name("file_name", file.file_name)?;
            let mut meter = Meter::new(&self.report, file.file_name);
            match file.unpack {
                None => drop(self.obtain(&wanted_of(dataset, file), &mut meter)?),
                Some((inner, most)) => {
                    plain_name("folder in the archive", inner)?;
                    let target = folder.join(inner);
                    if !target.is_dir() {
                        let archive = self.obtain(&wanted_of(dataset, file), &mut meter)?;
                        let _lock = lock(&folder, inner, &mut meter)?;
                        if !target.is_dir() {
                            unpack::unpack(&archive, inner, most, &target, &mut meter)?;
                        }
                    }
                    unpacked.push(target);
                }
            }
        }
        match unpacked.pop() {
            Some(single) if dataset.files.len() == 1 => Ok(single),
            _ => Ok(folder),
        }
    }
}

fn wanted_of<'a>(dataset: &DatasetEntry, file: &'a DatasetFile) -> Wanted<'a> {
    Wanted {
        url: file.url,
        name: file.file_name,
        sha256: file.sha256,
        exact: Some(file.bytes),
        most: file.bytes,
        folder: format!("datasets/{}", dataset.name),
    }
}
