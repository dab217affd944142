//! Text on its way to the clients: whole characters, and not a message for every line of a cell that prints thousands.

use std::time::{Duration, Instant};

/// The least time between two messages of text.
const PACE: Duration = Duration::from_millis(20);

/// Text that waits to be sent.
#[derive(Default)]
pub(crate) struct Streams {
    name: &'static str,
    waiting: Vec<u8>,
    sent: Option<Instant>,
}

impl Streams {
    /// Takes in what was printed, and gives what is to be sent now.
    pub(crate) fn push(
        &mut self,
        name: &'static str,
        bytes: &[u8],
        now: Instant,
    ) -> Vec<(&'static str, String)> {
        let mut out = Vec::new();
        if name != self.name {
            out.extend(self.take());
            self.name = name;
        }
        self.waiting.extend_from_slice(bytes);
        if self.sent.is_none_or(|sent| now >= sent + PACE) {
            out.extend(self.whole());
            self.sent = Some(now);
        }
        out
    }

    /// When what waits is to be sent.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let sent = self.sent?;
        (!self.waiting.is_empty()).then(|| sent + PACE)
    }

    /// All that waits.
    pub(crate) fn take(&mut self) -> Option<(&'static str, String)> {
        let text = String::from_utf8_lossy(&std::mem::take(&mut self.waiting)).into_owned();
        (!text.is_empty()).then_some((self.name, text))
    }

    /// All but a character that has not come whole.
    fn whole(&mut self) -> Option<(&'static str, String)> {
        let cut = match std::str::from_utf8(&self.waiting) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.waiting.len(),
        };
        let rest = self.waiting.split_off(cut);
        let text = self.take();
        self.waiting = rest;
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_came_in_pieces_stays_whole() {
        let (mut streams, now) = (Streams::default(), Instant::now());
        let bytes = "50 €".as_bytes();
        let first = streams.push("stdout", &bytes[..4], now);
        assert_eq!(first, [("stdout", "50 ".to_owned())]);
        assert_eq!(streams.deadline(), Some(now + PACE));
        assert!(streams.push("stdout", &bytes[4..], now).is_empty());
        assert_eq!(streams.take(), Some(("stdout", "€".to_owned())));
        assert_eq!((streams.take(), streams.deadline()), (None, None));
    }

    #[test]
    fn a_pace_is_kept_and_the_other_stream_comes_after() {
        let (mut streams, now) = (Streams::default(), Instant::now());
        let sent = |name: &'static str, text: &str| (name, text.to_owned());
        assert_eq!(streams.push("stdout", b"a", now), [sent("stdout", "a")]);
        assert_eq!(streams.push("stdout", b"b", now), []);
        assert_eq!(streams.push("stderr", b"c", now), [sent("stdout", "b")]);
        assert_eq!(
            streams.push("stderr", b"d", now + PACE),
            [sent("stderr", "cd")]
        );
    }
}
