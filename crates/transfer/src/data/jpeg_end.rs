//! Whether a JPEG file is all there. libjpeg, and with it Pillow, refuses one that breaks off.

use std::io::{self, BufRead, ErrorKind, Read};

/// Walks from marker to marker (ITU-T T.81, annex B), past the data of each, to the one that ends the picture. Previews
/// inside a segment are passed over with it. `false`: the file ends before.
pub(super) fn has_end(file: &mut impl BufRead) -> io::Result<bool> {
    match walk(file) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        walked => walked.map(|()| true),
    }
}

fn walk(file: &mut impl BufRead) -> io::Result<()> {
    loop {
        match marker(file)? {
            // The end.
            0xd9 => return Ok(()),
            // A stuffed 0xff of a scan, restarts, the start, and one of arithmetic coding: they stand alone.
            0x00 | 0x01 | 0xd0..=0xd8 => {}
            _ => {
                let mut length = [0; 2];
                file.read_exact(&mut length)?;
                let length = u64::from(u16::from_be_bytes(length)).saturating_sub(2);
                if io::copy(&mut file.take(length), &mut io::sink())? < length {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
            }
        }
    }
}

/// The byte behind the next 0xff, and behind those that fill up after it.
fn marker(file: &mut impl BufRead) -> io::Result<u8> {
    loop {
        let buffer = file.fill_buf()?;
        if buffer.is_empty() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let found = buffer.iter().position(|&byte| byte == 0xff);
        let passed = found.map_or(buffer.len(), |at| at + 1);
        file.consume(passed);
        if found.is_some() {
            break;
        }
    }
    let mut byte = [0xff];
    while byte == [0xff] {
        file.read_exact(&mut byte)?;
    }
    Ok(byte[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_the_picture_itself_counts() {
        // A segment with a preview's end inside, a scan with a stuffed byte and a restart, fill bytes, the end, a rest.
        let whole = [
            &[0xff, 0xd8, 0xff, 0xe1, 0, 6, 1, 0xff, 0xd9, 2][..],
            &[0xff, 0xda, 0, 3, 9, 5, 0xff, 0, 7, 0xff, 0xd0, 8],
            &[0xff, 0xff, 0xff, 0xd9],
        ]
        .concat();
        let ends = |bytes: &[u8]| has_end(&mut &bytes[..]).unwrap();
        assert!(ends(&whole) && ends(&[&whole[..], b"rest"].concat()));
        for length in 0..whole.len() {
            assert!(!ends(&whole[..length]), "{length}");
        }
        // In pieces of any size.
        for size in 1..5 {
            let mut slow = io::BufReader::with_capacity(size, &whole[..]);
            assert!(has_end(&mut slow).unwrap());
        }
    }
}
