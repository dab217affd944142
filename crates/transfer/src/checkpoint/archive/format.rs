//! Telling weights files apart by their first bytes.

use super::limits::HEADER_BYTES;
use super::{Result, Source};

/// What a weights file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// `safetensors`: eight bytes of header length, then JSON.
    SafeTensors,
    /// `torch.save` since PyTorch 1.6: a zip archive with a pickle inside.
    TorchZip,
    /// `torch.save` before 1.6: pickles, then storages.
    TorchLegacy,
    /// None of these; the text says what it looks like.
    Unknown(String),
}

/// How much of a file is looked at.
const HEAD: usize = 512;

/// The number `0x1950a86a20f9469cfc6c` that `torch.save` begins with, as a pickle writes it.
pub(super) const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/// The format of a file.
pub(super) fn sniff(source: &Source) -> Result<Format> {
    let mut head = vec![0; source.length().min(HEAD as u64) as usize];
    source.fill(0, &mut head)?;
    Ok(told_by(&head, source.length()))
}

fn told_by(head: &[u8], length: u64) -> Format {
    if head.starts_with(b"PK\x03\x04") {
        return Format::TorchZip;
    }
    let is_json = head.get(8) == Some(&b'{');
    if is_json && header_length(head) <= HEADER_BYTES {
        return Format::SafeTensors;
    }
    // A pickle of protocol 2 to 5 starts with PROTO (0x80) and its number; protocol 4 puts a frame's length between.
    if head.len() > 2 && head[0] == 0x80 && (2..=5).contains(&head[1]) {
        let start = &head[..head.len().min(32)];
        // Shorter than the magic number: cut short, and still meant as one.
        if start.len() < 32 || start.windows(MAGIC.len()).any(|part| part == MAGIC) {
            return Format::TorchLegacy;
        }
        return Format::Unknown("a Python pickle that `torch.save` did not write".into());
    }
    // A length that no header has: damaged, and still meant as safetensors.
    if is_json {
        return Format::SafeTensors;
    }
    Format::Unknown(describe(head, length))
}

/// The first eight bytes as safetensors' header length. A length may begin like a pickle (640 is `80 02`), but no
/// pickle has the zeros that follow in a length.
fn header_length(head: &[u8]) -> u64 {
    let first = head.first_chunk();
    first.map_or(u64::MAX, |first| u64::from_le_bytes(*first))
}

fn describe(head: &[u8], length: u64) -> String {
    let start = &head[..head.len().min(16)];
    let text = String::from_utf8_lossy(start);
    let lower = text.trim_start().to_ascii_lowercase();
    if head.is_empty() {
        return "an empty file".into();
    }
    if lower.starts_with("<!doctype") || lower.starts_with("<html") {
        return "an HTML page".into();
    }
    if lower.starts_with("version https://") {
        return "a Git LFS pointer (run `git lfs pull`)".into();
    }
    if start.starts_with(&[0x1f, 0x8b]) {
        return "a gzip archive (unpack it first)".into();
    }
    if head.get(257..262) == Some(b"ustar") {
        return "a tar archive (unpack it; PyTorch before 0.1.10 saved such files: load one with Python and save it \
                again)"
            .into();
    }
    if start.starts_with(b"\x89HDF") {
        return "an HDF5 file (Keras saves such weights)".into();
    }
    if start.starts_with(b"\x93NUMPY") {
        return "a NumPy array".into();
    }
    if start.starts_with(b"PK\x05\x06") {
        return "an empty zip archive".into();
    }
    let start = start.escape_ascii().to_string();
    format!("{length} bytes that start with {start:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniff(head: &[u8]) -> Format {
        told_by(head, head.len() as u64)
    }

    #[test]
    fn formats_are_told_by_content() {
        assert_eq!(sniff(b"PK\x03\x04rest"), Format::TorchZip);
        let legacy = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.";
        assert_eq!(sniff(legacy), Format::TorchLegacy);
        assert_eq!(sniff(b"\x02\0\0\0\0\0\0\0{}"), Format::SafeTensors);
        for length in [640u64, 896, 1152, 1408, 640 + 65536] {
            let start = [&length.to_le_bytes()[..], b"{\"a\""].concat();
            assert_eq!(sniff(&start), Format::SafeTensors, "{length}");
        }
        assert_eq!(sniff(b"\x80\x02}q\x01X\x01a{"), Format::TorchLegacy);
    }

    #[test]
    fn what_is_no_weights_file_is_described() {
        let tar = [&[b'a'; 257][..], b"ustar\x0000"].concat();
        let pickle = [&b"\x80\x02}q\x01X\x01"[..], &[b'a'; 40]].concat();
        for (head, expected) in [
            (&b""[..], "empty file"),
            (b"<!DOCTYPE html><html>", "HTML"),
            (
                b"version https://git-lfs.github.com/spec/v1",
                "git lfs pull",
            ),
            (b"\x1f\x8b\x08", "gzip"),
            (&tar, "tar archive"),
            (&pickle, "did not write"),
            (b"\x89HDF\r\n", "HDF5"),
            (b"abc", "3 bytes"),
        ] {
            let Format::Unknown(found) = sniff(head) else {
                panic!("{head:?}");
            };
            assert!(found.contains(expected), "{expected} in {found}");
        }
    }
}
