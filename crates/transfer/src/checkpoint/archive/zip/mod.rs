//! Zip archives, as far as `torch.save` and those who pack its files again use them: stored and deflated records,
//! zip64. (APPNOTE.TXT - .ZIP File Format Specification, PKWARE, 2022.)
//!
//! Written here rather than taken from a crate because of what a weights file needs and a general reader lacks: two
//! records of one name are an error and not a choice, no two records may share bytes of the file, and the checksum
//! that PyTorch leaves out on request is not missed.

mod directory;
mod record;

pub(super) use directory::Directory;
pub(super) use record::Record;

/// A little-endian number at `at`, which the caller knows to be within `bytes`.
fn number(bytes: &[u8], at: usize, width: usize) -> u64 {
    let bytes = bytes.get(at..at + width).unwrap_or_default();
    bytes
        .iter()
        .rev()
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}
