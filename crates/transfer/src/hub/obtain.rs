//! The one way to a file: looked for, fetched if need be, checked.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use super::cache::Hub;
use super::download::Job;
use super::progress::{Meter, Stage};
use super::verify;
use crate::{Error, Result};

/// A file that is wanted, whether weights or data.
pub(super) struct Wanted<'a> {
    pub(super) url: &'a str,
    pub(super) name: &'a str,
    /// The SHA-256, or its first digits.
    pub(super) sha256: &'a str,
    /// The size, where it is known to the byte.
    pub(super) exact: Option<u64>,
    /// More than this is not taken.
    pub(super) most: u64,
    /// Its folder below the cache, with slashes: also its place on a mirror.
    pub(super) folder: String,
}

impl Hub {
    fn folder(&self, wanted: &Wanted<'_>) -> PathBuf {
        self.cache.join(&wanted.folder)
    }

    /// The file in the cache, fetched if it is not there, checked in any case.
    pub(super) fn obtain(&self, wanted: &Wanted<'_>, meter: &mut Meter) -> Result<PathBuf> {
        if let Some(found) = self.find(wanted, meter)? {
            return Ok(found);
        }
        let folder = self.folder(wanted);
        let path = folder.join(wanted.name);
        let mirrored = self.mirror.as_ref().map(|mirror| {
            let mirror = mirror.trim_end_matches('/');
            format!("{mirror}/{}/{}", wanted.folder, wanted.name)
        });
        let url = mirrored.as_deref().unwrap_or(wanted.url);
        if self.offline {
            return Err(Error::NotFetched {
                name: wanted.name.to_owned(),
                url: url.to_owned(),
                path,
                reason: "it is not in the cache, and the network is forbidden (TRANSFER_OFFLINE or Hub::offline)"
                    .to_owned(),
            });
        }
        std::fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        let _lock = lock(&folder, wanted.name, meter)?;
        // Somebody else may have fetched it meanwhile.
        if let Some(found) = self.find(wanted, meter)? {
            return Ok(found);
        }
        let job = Job {
            name: wanted.name,
            url,
            sha256: wanted.sha256,
            exact: wanted.exact,
            most: wanted.most,
            path: &path,
        };
        let hash = job.run(&self.network, meter)?;
        verify::remember(&path, &verify::stamp_path(&folder, wanted.name), &hash);
        Ok(path)
    }

    /// The file in the cache if it is there. One with another hash is an error: it may have been put there by hand.
    pub(super) fn find(&self, wanted: &Wanted<'_>, meter: &mut Meter) -> Result<Option<PathBuf>> {
        let folder = self.folder(wanted);
        let path = folder.join(wanted.name);
        if !path.try_exists().map_err(Error::io("read", &path))? {
            return Ok(None);
        }
        let stamp = verify::stamp_path(&folder, wanted.name);
        match verify::mismatch(&path, &stamp, wanted.sha256, meter)? {
            None => Ok(Some(path)),
            Some(found) => Err(Error::WrongHash {
                path,
                expected: wanted.sha256.to_owned(),
                found,
                advice: format!(
                    "It was put there by hand or has changed since it was fetched, and was left as it is. Remove it, \
                     and it is fetched anew from {}.",
                    wanted.url
                ),
            }),
        }
    }

    /// Whether the file lies here, outside the cache. One that cannot be read, or is another one, is the business of
    /// whoever put it there.
    pub(super) fn is_at(&self, path: &Path, wanted: &Wanted<'_>, meter: &mut Meter) -> bool {
        let here = |metadata: std::fs::Metadata| {
            metadata.is_file() && wanted.exact.is_none_or(|bytes| bytes == metadata.len())
        };
        let stamp = verify::stamp_path(&self.folder(wanted), wanted.name);
        path.metadata().is_ok_and(here)
            && matches!(
                verify::mismatch(path, &stamp, wanted.sha256, meter),
                Ok(None)
            )
    }
}

/// Entries can be written by anyone: a name is one name, not a path that leads elsewhere.
pub(super) fn plain_name(what: &'static str, name: &str) -> Result<()> {
    let mut components = Path::new(name).components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(only)), None) if only == name && !name.contains('\\') => Ok(()),
        _ => Err(Error::argument(what, "a plain name", format!("{name:?}"))),
    }
}

/// Waits until no other process is at this file. The lock goes with the file that is returned; the empty lock file
/// stays, since removing it would let two in.
pub(super) fn lock(folder: &Path, name: &str, meter: &mut Meter) -> Result<File> {
    let path = folder.join(format!(".{name}.lock"));
    let file = File::create(&path).map_err(Error::io("write", &path))?;
    let locked = match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            meter.begin(Stage::Waiting, 0, None);
            file.lock()
        }
        Err(TryLockError::Error(e)) => Err(e),
        Ok(()) => Ok(()),
    };
    match locked {
        // A file system without locks: what two fetch at once is checked like all else.
        Err(e) if e.kind() == ErrorKind::Unsupported => Ok(file),
        locked => locked.map(|()| file).map_err(Error::io("lock", &path)),
    }
}
