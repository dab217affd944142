//! What tells one state of a picture from another without decoding it, for results that are kept on disk.

use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

use image::RgbImage;
use xxhash_rust::xxh3::xxh3_128;

/// A file's name, size and time of change; where the system knows it, also the time at which anything about the file
/// last changed, which no program can set back (copying and unpacking set the other one).
pub(super) fn of_file(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    match std::fs::metadata(&path) {
        Ok(metadata) => {
            let changed = metadata
                .modified()
                .ok()
                .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
                .map_or(0, |since| since.as_nanos());
            let inode = inode_changed(&metadata);
            format!("{path:?} {} {changed} {inode:?}", metadata.len())
        }
        Err(error) => format!("{path:?} {error}"),
    }
}

#[cfg(unix)]
fn inode_changed(metadata: &Metadata) -> Option<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.ctime(), metadata.ctime_nsec()))
}

#[cfg(not(unix))]
fn inode_changed(_: &Metadata) -> Option<(i64, i64)> {
    None
}

/// The picture's size and a hash of its pixels.
pub(super) fn of_pixels(picture: &RgbImage) -> String {
    let (width, height) = picture.dimensions();
    format!("{width} x {height} {}", of_bytes(picture.as_raw()))
}

/// A hash of the bytes (XXH3, 128 bits).
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}
