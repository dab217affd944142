//! Cuts what the cells' process prints into text, blocks, and words.

// evcxr's line protocol (0.22: `eval_context.rs`, `evcxr_internal_runtime.rs`, `runtime.rs`, evcxr_input 1.0).
const WORD: &[u8] = b"EVCXR_";
pub(super) const COMPLETE: &[u8] = b"EVCXR_EXECUTION_COMPLETE";
pub(super) const PANIC: &[u8] = b"EVCXR_PANIC_NOTIFICATION";
pub(super) const FAILURE: &[u8] = b"EVCXR_ERROR_OCCURRED";
const LOST: &[u8] = b"EVCXR_VARIABLE_CHANGED_TYPE:";
const INPUT: &[u8] = b"EVCXR_INPUT_REQUEST";
const BEGIN: &[u8] = b"EVCXR_BEGIN_CONTENT ";
const END: &[u8] = b"EVCXR_END_CONTENT";
// Ours.
const CLEAR: &[u8] = b"EVCXR_CLEAR_OUTPUT";
const VALUE: &[u8] = b"EVCXR_VALUE";

const WORDS: [&[u8]; 9] = [
    COMPLETE, PANIC, FAILURE, LOST, INPUT, BEGIN, END, CLEAR, VALUE,
];

/// What the cells' process said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    Text(Vec<u8>),
    /// A block's line of type and attributes, and its content.
    Display(Vec<u8>),
    Clear {
        wait: bool,
    },
    /// The block before was the cell's value.
    Value,
    /// A line for evcxr, without its end.
    Evcxr(Vec<u8>),
}

/// Cuts a stream of bytes into events; text comes as soon as it cannot be a word of the protocol.
#[derive(Default)]
pub(super) struct Parser {
    buffer: Vec<u8>,
    /// The block that has begun.
    block: Option<Vec<u8>>,
}

impl Parser {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    pub(super) fn next(&mut self) -> Option<Event> {
        loop {
            if self.block.is_some() {
                let line = self.take_line()?;
                if let Some(event) = self.content_line(&line) {
                    return Some(event);
                }
                continue;
            }
            let start = self.text_length();
            if start > 0 {
                return Some(Event::Text(self.buffer.drain(..start).collect()));
            }
            if self.buffer.is_empty() || !self.buffer.contains(&b'\n') {
                return None;
            }
            let line = self.take_line()?;
            if let Some(begin) = line.strip_prefix(BEGIN) {
                self.block = Some([begin, b"\n"].concat());
            } else if let Some(rest) = line.strip_prefix(CLEAR) {
                return Some(Event::Clear {
                    wait: rest == b" wait",
                });
            } else if line == VALUE {
                return Some(Event::Value);
            } else if line != END {
                return Some(Event::Evcxr(line));
            }
        }
    }

    /// All that is left when the stream has ended.
    pub(super) fn rest(&mut self) -> Option<Event> {
        let block = self.block.take();
        let rest = std::mem::take(&mut self.buffer);
        match block {
            Some(mut block) => {
                block.extend_from_slice(&rest);
                Some(Event::Display(block))
            }
            None if rest.is_empty() => None,
            None => Some(Event::Text(rest)),
        }
    }

    fn content_line(&mut self, line: &[u8]) -> Option<Event> {
        // Whatever cut the block short, the end of the cell must not be lost in it.
        if [COMPLETE, PANIC, FAILURE].contains(&line) {
            self.buffer.splice(0..0, [line, b"\n"].concat());
            return self.block.take().map(Event::Display);
        }
        if line == END {
            return self.block.take().map(Event::Display);
        }
        let block = self.block.as_mut()?;
        block.extend_from_slice(line);
        block.push(b'\n');
        None
    }

    /// How much of the buffer is text for certain.
    fn text_length(&self) -> usize {
        let mut from = 0;
        while let Some(at) = find(&self.buffer[from..], WORD).map(|at| from + at) {
            let tail = &self.buffer[at..];
            if WORDS
                .iter()
                .any(|word| tail.starts_with(word) || word.starts_with(tail))
            {
                return at;
            }
            from = at + WORD.len();
        }
        // The last bytes may be the beginning of a word.
        let length = self.buffer.len();
        let cut = (1..WORD.len().min(length + 1))
            .rev()
            .find(|n| WORD.starts_with(&self.buffer[length - n..]));
        length - cut.unwrap_or(0)
    }

    fn take_line(&mut self) -> Option<Vec<u8>> {
        let end = self.buffer.iter().position(|byte| *byte == b'\n')?;
        let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
        line.pop();
        Some(line)
    }
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The events of `text`, sent in pieces of `size` bytes, with neighbouring texts joined.
    fn events(text: &str, size: usize) -> Vec<Event> {
        let mut parser = Parser::default();
        let mut events: Vec<Event> = Vec::new();
        let mut add = |event| match (events.last_mut(), event) {
            (Some(Event::Text(before)), Event::Text(text)) => before.extend(text),
            (_, event) => events.push(event),
        };
        for piece in text.as_bytes().chunks(size) {
            parser.push(piece);
            while let Some(event) = parser.next() {
                add(event);
            }
        }
        parser.rest().into_iter().for_each(add);
        events
    }

    fn text(text: &str) -> Event {
        Event::Text(text.into())
    }

    fn evcxr(line: &[u8]) -> Event {
        Event::Evcxr(line.to_vec())
    }

    #[test]
    fn the_pieces_make_no_difference() {
        let stream = "one\n50 %\rEVCXR_BEGIN_CONTENT text/html id=a update\n<b>\n\n</b>\nEVCXR_END_CONTENT\n\
                      EVCXR_OTHER\nEVCXR_CLEAR_OUTPUT wait\ntwoEVCXR_EXECUTION_COMPLETE\nE";
        let expected = [
            text("one\n50 %\r"),
            Event::Display(b"text/html id=a update\n<b>\n\n</b>\n".to_vec()),
            text("EVCXR_OTHER\n"),
            Event::Clear { wait: true },
            text("two"),
            evcxr(COMPLETE),
            text("E"),
        ];
        for size in [1, 2, 7, 1000] {
            assert_eq!(events(stream, size), expected, "pieces of {size}");
        }
    }

    #[test]
    fn a_partial_line_is_not_held_back() {
        let mut parser = Parser::default();
        parser.push(b"loading ");
        assert_eq!(parser.next(), Some(text("loading ")));
        parser.push(b"EVCX");
        assert_eq!(parser.next(), None);
        parser.push(b"EL\n");
        assert_eq!(parser.next(), Some(text("EVCXEL\n")));
    }

    #[test]
    fn a_block_cut_short_does_not_hide_the_failure() {
        assert_eq!(
            events(
                "EVCXR_BEGIN_CONTENT text/html\n<b>\nEVCXR_PANIC_NOTIFICATION\n",
                5
            ),
            [Event::Display(b"text/html\n<b>\n".to_vec()), evcxr(PANIC)]
        );
    }

    #[test]
    fn what_evcxr_asks_for_reaches_it() {
        assert_eq!(
            events(
                "nameEVCXR_INPUT_REQUEST:Who?\nEVCXR_VARIABLE_CHANGED_TYPE:a\n",
                100
            ),
            [
                text("name"),
                evcxr(b"EVCXR_INPUT_REQUEST:Who?"),
                evcxr(b"EVCXR_VARIABLE_CHANGED_TYPE:a")
            ]
        );
    }
}
