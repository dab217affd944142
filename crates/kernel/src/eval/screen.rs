//! Shows what the cells' process sends, as it comes.

use super::bundle::Bundle;
use super::interrupt::Interrupter;
use super::painter::Painter;
use crate::frames::{self, Kind};
use crate::front::iopub::Publisher;
use anyhow::{Context, Result};
use jupyter_protocol::JupyterMessage;
use std::fs::File;
use std::sync::mpsc::{self, Receiver, Sender};

/// To whom outputs belong.
#[derive(Clone)]
pub(crate) struct Audience {
    pub(crate) request: JupyterMessage,
    pub(crate) count: usize,
    /// Whether nothing is shown: the request is silent, or only the value is wanted.
    pub(crate) silent: bool,
}

/// What a cell's outputs said of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shown {
    pub(crate) panicked: bool,
    pub(crate) failed: bool,
    pub(crate) has_run: bool,
    pub(crate) value: Option<Bundle>,
}

/// What the thread is told.
pub(super) enum Event {
    Begin(Box<Audience>),
    Frame(Kind, Vec<u8>),
}

/// The worker's end of the thread that shows outputs.
pub(crate) struct Screen {
    events: Sender<Event>,
    pipe: File,
    finished: Receiver<Shown>,
}

impl Screen {
    /// Starts to show what comes out of `from`; `pipe` is its other end.
    pub(crate) fn start(
        from: File,
        pipe: File,
        publisher: Publisher,
        interrupter: Interrupter,
    ) -> Self {
        let (events, receiver) = mpsc::channel();
        let (done, finished) = mpsc::channel();
        let frames = events.clone();
        std::thread::spawn(move || {
            let mut reader = frames::Reader::new(from);
            while let Ok((kind, payload)) = reader.read() {
                if frames.send(Event::Frame(kind, payload)).is_err() {
                    break;
                }
            }
        });
        let painter = Painter::new(publisher, interrupter);
        std::thread::spawn(move || painter.run(&receiver, &done));
        Self {
            events,
            pipe,
            finished,
        }
    }

    /// From now on, outputs belong to `audience`.
    pub(crate) fn begin(&self, audience: Audience) {
        let _ = self.events.send(Event::Begin(Box::new(audience)));
    }

    /// Waits until all that the cell has sent is shown.
    pub(crate) fn finish(&mut self) -> Result<Shown> {
        frames::write(&mut self.pipe, Kind::Mark, b"").context("the outputs' pipe")?;
        self.finished
            .recv()
            .context("the thread that shows outputs has ended")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::wire;
    use crate::notes::Notes;

    /// What clients see of these frames: the kind of each message, and what it carries.
    fn seen(frames: &[(Kind, &str)]) -> (Vec<(String, String)>, Shown) {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let dir = tempfile::tempdir().unwrap();
        let publisher = Publisher::to(sender);
        let interrupter = Interrupter::new(Notes::create(dir.path()).unwrap(), publisher.clone());
        let (read, write) = rustix::pipe::pipe().unwrap();
        let mut pipe = File::from(write);
        let mut screen = Screen::start(
            File::from(read),
            pipe.try_clone().unwrap(),
            publisher,
            interrupter,
        );
        let request = JupyterMessage::from(jupyter_protocol::ExecuteRequest::new(String::new()));
        screen.begin(Audience {
            request,
            count: 3,
            silent: false,
        });
        for (kind, payload) in frames {
            frames::write(&mut pipe, *kind, payload.as_bytes()).unwrap();
        }
        let shown = screen.finish().unwrap();
        let mut seen = Vec::new();
        while let Ok(message) = receiver.try_recv() {
            let content = wire::content(&message);
            let text = content["text"].as_str().map(str::to_owned);
            let carried = text.unwrap_or_else(|| content["data"].to_string());
            seen.push((message.header.msg_type.clone(), carried));
        }
        (seen, shown)
    }

    fn pairs(seen: &[(String, String)]) -> Vec<(&str, &str)> {
        seen.iter()
            .map(|(kind, text)| (kind.as_str(), text.as_str()))
            .collect()
    }

    #[test]
    fn outputs_come_in_order_and_as_what_they_are() {
        let (seen, shown) = seen(&[
            (Kind::Started, ""),
            (Kind::Stdout, "one "),
            (Kind::Stderr, "two"),
            (Kind::Display, "text/html id=a\n<b>\n"),
            (Kind::Display, "text/html id=a update\n<i>\n"),
            (Kind::Stdout, "three"),
            (Kind::Display, "text/html\n<u>\n"),
            (Kind::Display, "text/plain\nu\n"),
            (Kind::Value, ""),
            (Kind::Ended, ""),
        ]);
        assert_eq!(
            pairs(&seen),
            [
                ("stream", "one "),
                ("stream", "two"),
                ("display_data", r#"{"text/html":"<b>"}"#),
                ("update_display_data", r#"{"text/html":"<i>"}"#),
                ("stream", "three"),
                ("execute_result", r#"{"text/html":"<u>","text/plain":"u"}"#),
            ]
        );
        assert!(shown.has_run && !shown.panicked && !shown.failed);
        assert_eq!(shown.value.unwrap().data["text/plain"], "u");
    }

    #[test]
    fn a_figure_and_a_value_are_two_outputs_and_unit_is_none() {
        let (seen, shown) = seen(&[
            (Kind::Display, "text/html\n<b>\n"),
            (Kind::Display, "text/plain result\n5\n"),
            (Kind::Clear, "wait"),
            (Kind::Display, "text/plain result\n()\n"),
            (Kind::Panic, ""),
        ]);
        assert_eq!(
            pairs(&seen),
            [
                ("display_data", r#"{"text/html":"<b>"}"#),
                ("execute_result", r#"{"text/plain":"5"}"#),
                ("clear_output", "null"),
            ]
        );
        assert!(shown.panicked);
    }

    #[test]
    fn an_update_of_what_is_not_shown_shows_it() {
        let (seen, _) = seen(&[(Kind::Display, "text/html id=a update\n<i>\n")]);
        assert_eq!(pairs(&seen), [("display_data", r#"{"text/html":"<i>"}"#)]);
    }
}
