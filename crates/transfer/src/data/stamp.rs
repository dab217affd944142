//! What tells one state of a picture from another without decoding it, for results that are kept on disk.

use std::path::Path;
use std::time::UNIX_EPOCH;

use image::RgbImage;
use xxhash_rust::xxh3::xxh3_128;

/// A file's name, size and time of change.
pub(super) fn of_file(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    match std::fs::metadata(&path) {
        Ok(metadata) => {
            let changed = metadata
                .modified()
                .ok()
                .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
                .map_or(0, |since| since.as_nanos());
            format!("{path:?} {} {changed}", metadata.len())
        }
        Err(error) => format!("{path:?} {error}"),
    }
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
