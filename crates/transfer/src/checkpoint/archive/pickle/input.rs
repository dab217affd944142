//! The bytes of a pickle, read once from front to back.

use std::io::{BufRead, BufReader, Read};

use super::super::limits::GLOBAL_NAME;
use super::super::{Flaw, Result};

/// A pickle's bytes. No more is allocated than there are bytes to read, whatever a length in the pickle says.
pub(in super::super) struct Input<'a> {
    inner: BufReader<Box<dyn Read + 'a>>,
    position: u64,
    limit: u64,
}

impl<'a> Input<'a> {
    /// At most `limit` bytes of `reader`.
    pub(in super::super) fn new(reader: Box<dyn Read + 'a>, limit: u64) -> Self {
        Input {
            inner: BufReader::new(reader),
            position: 0,
            limit,
        }
    }

    /// How many bytes were read.
    pub(in super::super) fn position(&self) -> u64 {
        self.position
    }

    fn cut<T>(&self) -> Result<T> {
        Flaw::damaged(format!(
            "its pickle is cut short after {} bytes",
            self.position
        ))
    }

    fn advance(&mut self, count: u64) -> Result<()> {
        match self.position.checked_add(count) {
            Some(end) if end <= self.limit => self.position = end,
            _ => {
                return Flaw::limit(format!("its pickle reaches beyond {} bytes", self.limit));
            }
        }
        Ok(())
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.advance(N as u64)?;
        match self.inner.read_exact(&mut bytes) {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => self.cut(),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn bytes(&mut self, count: u64) -> Result<Vec<u8>> {
        self.advance(count)?;
        let mut bytes = Vec::new();
        (&mut self.inner).take(count).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < count {
            return self.cut();
        }
        Ok(bytes)
    }

    pub(super) fn text(&mut self, count: u64) -> Result<Box<str>> {
        match String::from_utf8(self.bytes(count)?) {
            Ok(text) => Ok(text.into()),
            Err(_) => Flaw::damaged(format!(
                "its pickle has a text that is not UTF-8 before byte {}",
                self.position
            )),
        }
    }

    /// A line of the text instructions, without its end.
    pub(super) fn line(&mut self) -> Result<String> {
        let mut line = Vec::new();
        let longest = GLOBAL_NAME as u64 + 1;
        let count = (&mut self.inner)
            .take(longest)
            .read_until(b'\n', &mut line)?;
        self.advance(count as u64)?;
        if line.pop() != Some(b'\n') {
            return Flaw::damaged("its pickle names a global without an end");
        }
        String::from_utf8(line)
            .or_else(|_| Flaw::damaged("its pickle names a global that is not UTF-8"))
    }
}
