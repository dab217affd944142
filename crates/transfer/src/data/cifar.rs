//! CIFAR-10 and CIFAR-100 in their binary version (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images",
//! 2009).

use std::path::{Path, PathBuf};

use super::PackedImages;
use super::packed::read_unpacked;
use crate::{Error, Result};

const SIDE: usize = 32;
const PIXELS: usize = 3 * SIDE * SIDE;
/// The most that one file may unpack to; the real ones have 31 and 154 MB.
const MOST_BYTES: u64 = 1 << 30;

/// Reads CIFAR-10's binary version: `data_batch_1.bin` and so on (with `train`) or `test_batch.bin`, with the names of
/// `batches.meta.txt`, all in `folder`.
///
/// # Errors
///
/// A file is missing, cannot be read, or is not a whole number of pictures; or a label has no name.
pub fn cifar10(folder: impl AsRef<Path>, train: bool) -> Result<PackedImages> {
    let folder = folder.as_ref();
    let files = if train {
        (1..=5)
            .map(|number| format!("data_batch_{number}.bin"))
            .collect()
    } else {
        vec!["test_batch.bin".to_string()]
    };
    read(folder, &files, "batches.meta.txt", 1)
}

/// Reads CIFAR-100's binary version: `train.bin` or `test.bin`, with the names of `fine_label_names.txt`, all in
/// `folder`. The labels are the 100 fine ones.
///
/// # Errors
///
/// As [`cifar10`].
pub fn cifar100(folder: impl AsRef<Path>, train: bool) -> Result<PackedImages> {
    let file = if train { "train.bin" } else { "test.bin" };
    read(
        folder.as_ref(),
        &[file.to_string()],
        "fine_label_names.txt",
        2,
    )
}

/// Pictures of `labels` bytes, of which the last is the label, and the planes red, green and blue.
fn read(folder: &Path, files: &[String], names: &str, labels: usize) -> Result<PackedImages> {
    let dataset = |path: PathBuf, reason: String| Error::Dataset { path, reason };
    let names = folder.join(names);
    let text = std::fs::read_to_string(&names).map_err(Error::io("read", &names))?;
    let classes: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(String::from)
        .collect();
    let (mut pixels, mut all_labels) = (Vec::new(), Vec::new());
    for file in files {
        let path = folder.join(file);
        let bytes = read_unpacked(&path, MOST_BYTES)?;
        let length = labels + PIXELS;
        if bytes.is_empty() || bytes.len() % length != 0 {
            let found = bytes.len();
            let reason =
                format!("expected {length} bytes per picture, found {found} bytes. Fetch it again");
            return Err(dataset(path, reason));
        }
        for picture in bytes.chunks_exact(length) {
            let label = usize::from(picture[labels - 1]);
            if label >= classes.len() {
                let reason = format!(
                    "expected labels below {}, the names in {names:?}, found {label}",
                    classes.len()
                );
                return Err(dataset(path, reason));
            }
            all_labels.push(label);
            pixels.extend_from_slice(&picture[labels..]);
        }
    }
    Ok(PackedImages {
        source: folder.into(),
        classes: classes.into(),
        width: SIDE,
        height: SIDE,
        planes: 3,
        pixels: pixels.into(),
        labels: all_labels.into(),
    })
}
