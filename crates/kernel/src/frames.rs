//! What travels from the process that runs the cells to the kernel: frames in one pipe.
//!
//! Every frame is written in one piece of at most `PIPE_BUF` bytes, which the system keeps whole: the relay of a
//! process that was replaced, the new one's, and the kernel itself can write to the same pipe. A longer payload
//! goes in several frames, all but the last marked.

use std::collections::HashMap;
use std::io::{self, Read, Write};

/// The most that a write to a pipe delivers in one piece.
const ATOMIC: usize = if cfg!(target_os = "linux") { 4096 } else { 512 };

/// Kind, whether more follows, length of the payload (little endian), process (little endian).
const HEAD: usize = 8;

/// What a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text for standard output.
    Stdout,
    /// Text for standard error.
    Stderr,
    /// A rich output: a line of type and attributes, then the content.
    Display,
    /// Outputs are to be cleared; the payload is `wait` or empty.
    Clear,
    /// The last display was the value of the cell's last expression.
    Value,
    /// The cell's code begins to run.
    Started,
    /// The cell panicked.
    Panic,
    /// The cell was left by `?`.
    Failure,
    /// The cell's code has run, whatever came of it.
    Ended,
    /// Written by the kernel itself: all that was sent before has arrived. The payload is a number.
    Mark,
}

impl Kind {
    const ALL: [(Self, u8); 10] = [
        (Self::Stdout, b'o'),
        (Self::Stderr, b'e'),
        (Self::Display, b'd'),
        (Self::Clear, b'c'),
        (Self::Value, b'v'),
        (Self::Started, b's'),
        (Self::Panic, b'p'),
        (Self::Failure, b'f'),
        (Self::Ended, b'x'),
        (Self::Mark, b'm'),
    ];

    fn byte(self) -> u8 {
        Self::ALL
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or(b'?', |(_, byte)| *byte)
    }

    fn of(byte: u8) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, other)| *other == byte)
            .map(|(kind, _)| *kind)
    }
}

/// Writes a frame, or several for a long payload.
pub(crate) fn write(to: &mut impl Write, kind: Kind, payload: &[u8]) -> io::Result<()> {
    let process = std::process::id().to_le_bytes();
    let mut chunks = payload.chunks(ATOMIC - HEAD).peekable();
    loop {
        let chunk = chunks.next().unwrap_or_default();
        let has_more = chunks.peek().is_some();
        let length = u16::try_from(chunk.len()).unwrap_or_default().to_le_bytes();
        let mut frame = vec![kind.byte(), u8::from(has_more), length[0], length[1]];
        frame.extend_from_slice(&process);
        frame.extend_from_slice(chunk);
        to.write_all(&frame)?;
        if !has_more {
            return Ok(());
        }
    }
}

/// Reads frames and joins what was sent in several.
pub(crate) struct Reader<R> {
    from: R,
    parts: HashMap<[u8; 4], Vec<u8>>,
}

impl<R: Read> Reader<R> {
    pub(crate) fn new(from: R) -> Self {
        Self {
            from,
            parts: HashMap::new(),
        }
    }

    /// The next whole payload; an error when the pipe has ended.
    pub(crate) fn read(&mut self) -> io::Result<(Kind, Vec<u8>)> {
        loop {
            let mut head = [0; HEAD];
            self.from.read_exact(&mut head)?;
            let [kind, has_more, l0, l1, process @ ..] = head;
            let mut payload = vec![0; usize::from(u16::from_le_bytes([l0, l1]))];
            self.from.read_exact(&mut payload)?;
            let parts = self.parts.entry(process).or_default();
            parts.append(&mut payload);
            if has_more == 0 {
                let whole = self.parts.remove(&process).unwrap_or_default();
                let kind = Kind::of(kind)
                    .ok_or_else(|| io::Error::other(format!("no frame of kind {kind}")))?;
                return Ok((kind, whole));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_whole() {
        let long = vec![b'x'; 3 * ATOMIC];
        let mut pipe = Vec::new();
        write(&mut pipe, Kind::Stdout, b"a").unwrap();
        write(&mut pipe, Kind::Display, &long).unwrap();
        write(&mut pipe, Kind::Panic, b"").unwrap();
        let mut reader = Reader::new(&pipe[..]);
        assert_eq!(reader.read().unwrap(), (Kind::Stdout, b"a".to_vec()));
        assert_eq!(reader.read().unwrap(), (Kind::Display, long));
        assert_eq!(reader.read().unwrap(), (Kind::Panic, Vec::new()));
        assert!(reader.read().is_err());
    }

    #[test]
    fn two_writers_do_not_mix() {
        let mut first = Vec::new();
        write(&mut first, Kind::Display, &vec![b'x'; ATOMIC]).unwrap();
        let mut second = Vec::new();
        write(&mut second, Kind::Stderr, b"from another process").unwrap();
        second[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        // The other's frame lands between the two parts of the first.
        let pipe = [&first[..ATOMIC], &second, &first[ATOMIC..]].concat();
        let mut reader = Reader::new(&pipe[..]);
        assert_eq!(reader.read().unwrap().1, b"from another process");
        assert_eq!(reader.read().unwrap().1, vec![b'x'; ATOMIC]);
    }
}
