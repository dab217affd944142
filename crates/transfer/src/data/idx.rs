//! IDX files, the format of MNIST and its successors (LeCun, Cortes and Burges).

use std::path::{Path, PathBuf};

use super::PackedImages;
use super::packed::read_unpacked;
use crate::{Error, Result};

/// The most that an IDX file may unpack to.
const MOST_BYTES: u64 = 4 << 30;

/// Reads MNIST, Fashion-MNIST or another set of their format: `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`
/// (with `train`) or `t10k-…` in `folder`, each also with `.gz`. Classes are the labels' numbers.
///
/// # Errors
///
/// As [`idx`]; or a file is missing.
pub fn mnist(folder: impl AsRef<Path>, train: bool) -> Result<PackedImages> {
    let part = if train { "train" } else { "t10k" };
    let find = |name: &str| -> Result<PathBuf> {
        let plain = folder.as_ref().join(format!("{part}-{name}-ubyte"));
        let packed = folder.as_ref().join(format!("{part}-{name}-ubyte.gz"));
        match [&plain, &packed].into_iter().find(|path| path.exists()) {
            Some(path) => Ok(path.clone()),
            None => Err(Error::Dataset {
                path: folder.as_ref().into(),
                reason: format!("expected {plain:?} or the same with .gz, found neither"),
            }),
        }
    };
    idx(find("images-idx3")?, find("labels-idx1")?)
}

/// Reads a file of grey pictures (three dimensions, bytes) and one of labels (one dimension, bytes), each plain or
/// packed by gzip, told by content. The classes are `0` to the largest label.
///
/// # Errors
///
/// A file cannot be read, is not of this format, is not as long as its header says, or they hold different numbers of
/// pictures and labels.
pub fn idx(images: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<PackedImages> {
    let (images, labels) = (images.as_ref(), labels.as_ref());
    let ([count, height, width], pixels) = read::<3>(images)?;
    let ([label_count], label_bytes) = read::<1>(labels)?;
    if count != label_count || count == 0 || height == 0 || width == 0 {
        return Err(Error::Dataset {
            path: images.into(),
            reason: format!(
                "expected as many pictures as labels and at least one, found {count} pictures of {height} x {width} \
                 and {label_count} labels in {labels:?}"
            ),
        });
    }
    let largest = label_bytes.iter().copied().max().unwrap_or(0);
    Ok(PackedImages {
        source: images.into(),
        classes: (0..=largest).map(|label| label.to_string()).collect(),
        width,
        height,
        planes: 1,
        pixels: pixels.into(),
        labels: label_bytes.into_iter().map(usize::from).collect(),
    })
}

/// The sizes of `N` dimensions, and the bytes after the header.
fn read<const N: usize>(path: &Path) -> Result<([usize; N], Vec<u8>)> {
    let damaged = |reason: String| Error::Dataset {
        path: path.into(),
        reason,
    };
    let mut bytes = read_unpacked(path, MOST_BYTES)?;
    // Two zeros, the type (8: unsigned bytes), the number of dimensions; then each size, big-endian.
    let magic = [0, 0, 8, N as u8];
    let header = 4 + 4 * N;
    if bytes.len() < header || bytes[..4] != magic {
        let found = &bytes[..bytes.len().min(4)];
        return Err(damaged(format!(
            "expected an IDX file of bytes in {N} dimensions (it begins with {magic:?}), found {found:?}"
        )));
    }
    let (sizes, _) = bytes[4..header].as_chunks::<4>();
    let sizes: [usize; N] = std::array::from_fn(|at| u32::from_be_bytes(sizes[at]) as usize);
    let expected = sizes
        .iter()
        .try_fold(1_usize, |product, &size| product.checked_mul(size));
    if expected != Some(bytes.len() - header) {
        let found = bytes.len() - header;
        return Err(damaged(format!(
            "expected {sizes:?} bytes after the header, found {found}. Fetch it again"
        )));
    }
    bytes.drain(..header);
    Ok((sizes, bytes))
}
