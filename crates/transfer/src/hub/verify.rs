//! Whether a file is the one that it should be: its SHA-256, and the stamp that saves computing it at each start.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ring::digest::{Context, SHA256};

use super::progress::{Meter, Stage};
use crate::{Error, Result};

/// Where the stamp of a file of this name lies: in the cache, also for a file that is elsewhere.
pub(super) fn stamp_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!(".{name}.verified"))
}

/// Whether the file's SHA-256 begins with `expected`: `Some` of the hash that was found where it does not. The stamp
/// answers if it is of this very file, and is written where it was not.
pub(super) fn mismatch(
    path: &Path,
    stamp: &Path,
    expected: &str,
    meter: &mut Meter,
) -> Result<Option<String>> {
    let metadata = || std::fs::metadata(path).map_err(Error::io("read", path));
    let seen = identity(path, &metadata()?);
    let stamped = std::fs::read_to_string(stamp).unwrap_or_default();
    let vouched = stamped.strip_prefix(&seen).map(str::trim);
    if vouched.is_some_and(|hash| begins(hash, expected)) {
        return Ok(None);
    }
    let hash = sha256(path, meter)?;
    if !begins(&hash, expected) {
        return Ok(Some(hash));
    }
    // A file that changed while it was read gets no stamp.
    if identity(path, &metadata()?) == seen {
        remember(path, stamp, &hash);
    }
    Ok(None)
}

/// Writes the stamp of a file whose hash was just found. In a cache that cannot be written there is none, and the
/// file is read again the next time.
pub(super) fn remember(path: &Path, stamp: &Path, hash: &str) {
    if let Ok(metadata) = std::fs::metadata(path) {
        // There is no folder yet for the stamp of a file in PyTorch's cache.
        let _ = stamp.parent().map(std::fs::create_dir_all);
        let _ = std::fs::write(stamp, format!("{}{hash}\n", identity(path, &metadata)));
    }
}

/// Whether a SHA-256 in hexadecimal begins as expected. Fewer than eight digits say nothing.
pub(super) fn begins(hash: &str, expected: &str) -> bool {
    expected.len() >= 8 && hash.len() == 64 && hash.starts_with(&expected.to_lowercase())
}

/// What a stamp is of: path, size and times. On Unix the time of the last change of the inode is among them, which no
/// copy that preserves times can set.
fn identity(path: &Path, metadata: &Metadata) -> String {
    let modified = metadata.modified().unwrap_or(UNIX_EPOCH);
    let modified = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    #[cfg(unix)]
    let changed = {
        use std::os::unix::fs::MetadataExt;
        (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
    };
    #[cfg(not(unix))]
    let changed = ();
    let size = metadata.len();
    format!(
        "{path:?}\nsize {size} modified {} changed {changed:?}\nsha256 ",
        modified.as_nanos()
    )
}

/// The SHA-256 of a file, in hexadecimal.
pub(super) fn sha256(path: &Path, meter: &mut Meter) -> Result<String> {
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    let size = file.metadata().map_err(Error::io("read", path))?.len();
    meter.begin(Stage::Checking, 0, Some(size));
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut buffer).map_err(Error::io("read", path))?;
        if read == 0 {
            break;
        }
        context.update(&buffer[..read]);
        meter.advance(read as u64);
    }
    meter.finish();
    let digest = context.finish();
    Ok(digest.as_ref().iter().map(|b| format!("{b:02x}")).collect())
}
