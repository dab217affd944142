//! Telling weights files apart by their first bytes.

/// What a weights file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// `safetensors`: eight bytes of header length, then JSON.
    SafeTensors,
    /// `torch.save` since PyTorch 1.6: a zip archive with a pickle inside.
    TorchZip,
    /// `torch.save` before 1.6, and any other bare pickle.
    TorchLegacy,
    /// None of these; the text says what it looks like.
    Unknown(String),
}

/// The format of a file that begins with `bytes`.
pub(super) fn sniff(bytes: &[u8]) -> Format {
    if bytes.starts_with(b"PK\x03\x04") {
        return Format::TorchZip;
    }
    if bytes.get(8) == Some(&b'{') && header_length(bytes) <= LONGEST_HEADER {
        return Format::SafeTensors;
    }
    // A pickle of protocol 2 to 5 starts with PROTO (0x80) and its number.
    if bytes.len() > 2 && bytes[0] == 0x80 && (2..=5).contains(&bytes[1]) {
        return Format::TorchLegacy;
    }
    // A length that no header has: damaged, and still meant as safetensors.
    if bytes.get(8) == Some(&b'{') {
        return Format::SafeTensors;
    }
    Format::Unknown(describe(bytes))
}

/// What safetensors itself allows.
const LONGEST_HEADER: u64 = 100_000_000;

/// The first eight bytes as safetensors' header length. A length may begin like a pickle (640 is `80 02`), but no
/// pickle has the zeros that follow in a length.
fn header_length(bytes: &[u8]) -> u64 {
    bytes
        .first_chunk()
        .map_or(u64::MAX, |first| u64::from_le_bytes(*first))
}

fn describe(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(16)];
    let text = String::from_utf8_lossy(start);
    let lower = text.trim_start().to_ascii_lowercase();
    if lower.starts_with("<!doctype") || lower.starts_with("<html") {
        return "an HTML page".into();
    }
    if lower.starts_with("version https://") {
        return "a Git LFS pointer (run `git lfs pull`)".into();
    }
    if start.starts_with(&[0x1f, 0x8b]) {
        return "a gzip archive (unpack it first)".into();
    }
    format!(
        "{} bytes that start with {:?}",
        bytes.len(),
        start.escape_ascii().to_string()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_content() {
        assert_eq!(sniff(b"PK\x03\x04rest"), Format::TorchZip);
        assert_eq!(
            sniff(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."),
            Format::TorchLegacy
        );
        assert_eq!(sniff(b"\x02\0\0\0\0\0\0\0{}"), Format::SafeTensors);
        for length in [640u64, 896, 1152, 1408, 640 + 65536] {
            let start = [&length.to_le_bytes()[..], b"{\"a\""].concat();
            assert_eq!(sniff(&start), Format::SafeTensors, "{length}");
        }
        assert_eq!(sniff(b"\x80\x02}q\x01X\x01a{"), Format::TorchLegacy);
        assert!(
            matches!(sniff(b"<!DOCTYPE html><html>"), Format::Unknown(found) if found.contains("HTML"))
        );
        assert!(matches!(sniff(b"abc"), Format::Unknown(found) if found.contains("3 bytes")));
    }
}
