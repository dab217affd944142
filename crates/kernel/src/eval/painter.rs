//! Turns frames into messages: what is shown, when, and as what.

use super::bundle::{Block, Bundle};
use super::interrupt::Interrupter;
use super::screen::{Audience, Event, Shown};
use super::stream::Streams;
use crate::frames::Kind;
use crate::front::iopub::Publisher;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// How long a block waits for another form of the same output.
const FORMS: Duration = Duration::from_millis(30);

/// The thread's state.
pub(super) struct Painter {
    publisher: Publisher,
    interrupter: Interrupter,
    audience: Option<Audience>,
    streams: Streams,
    pending: Option<(Bundle, Instant)>,
    ids: HashSet<String>,
    shown: Shown,
}

impl Painter {
    pub(super) fn new(publisher: Publisher, interrupter: Interrupter) -> Self {
        Self {
            publisher,
            interrupter,
            audience: None,
            streams: Streams::default(),
            pending: None,
            ids: HashSet::new(),
            shown: Shown::default(),
        }
    }

    pub(super) fn run(mut self, events: &Receiver<Event>, done: &Sender<Shown>) {
        loop {
            let pending = self.pending.as_ref().map(|(_, until)| *until);
            let deadline = [pending, self.streams.deadline()]
                .into_iter()
                .flatten()
                .min();
            let event = match deadline {
                Some(until) => events.recv_timeout(until.saturating_duration_since(Instant::now())),
                None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match event {
                Ok(Event::Begin(audience)) => {
                    self.flush();
                    self.shown = Shown::default();
                    self.audience = Some(*audience);
                }
                Ok(Event::Frame(Kind::Mark, _)) => {
                    self.flush();
                    if done.send(std::mem::take(&mut self.shown)).is_err() {
                        break;
                    }
                }
                Ok(Event::Frame(kind, payload)) => self.take(kind, &payload),
                Err(RecvTimeoutError::Timeout) => self.flush(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    }

    fn take(&mut self, kind: Kind, payload: &[u8]) {
        match kind {
            Kind::Stdout | Kind::Stderr => {
                self.flush_pending();
                let name = if kind == Kind::Stdout {
                    "stdout"
                } else {
                    "stderr"
                };
                for (name, text) in self.streams.push(name, payload, Instant::now()) {
                    self.stream(name, &text);
                }
            }
            Kind::Display => self.display(Block::parse(payload)),
            Kind::Value => {
                if let Some((bundle, _)) = self.pending.take() {
                    self.value(bundle);
                }
            }
            Kind::Clear => {
                self.flush();
                self.publish("clear_output", json!({"wait": payload == b"wait"}));
            }
            Kind::Started => {
                self.shown.has_run = true;
                self.interrupter.set_running(true);
            }
            Kind::Ended => {
                self.interrupter.set_running(false);
                self.flush();
            }
            Kind::Panic => self.shown.panicked = true,
            Kind::Failure => self.shown.failed = true,
            Kind::Mark => {}
        }
    }

    fn display(&mut self, block: Block) {
        self.flush_streams();
        if block.is_unit() {
            return;
        }
        let is_result = block.is_result;
        let block = match &mut self.pending {
            Some((bundle, _)) => match bundle.add(block) {
                Ok(()) => return,
                Err(block) => block,
            },
            None => block,
        };
        self.flush_pending();
        let bundle = Bundle::from(block);
        match is_result {
            true => self.value(bundle),
            false => self.pending = Some((bundle, Instant::now() + FORMS)),
        }
    }

    /// Shows the value of the cell's last expression.
    fn value(&mut self, bundle: Bundle) {
        if let Some(audience) = &self.audience {
            let mut content = content(&bundle);
            content.insert("execution_count".to_owned(), audience.count.into());
            self.publish("execute_result", content.into());
        }
        self.shown.value = Some(bundle);
    }

    fn flush(&mut self) {
        self.flush_pending();
        self.flush_streams();
    }

    fn flush_pending(&mut self) {
        let Some((bundle, _)) = self.pending.take() else {
            return;
        };
        let is_shown = match &bundle.id {
            Some(id) => !self.ids.insert(id.clone()),
            None => false,
        };
        let kind = match bundle.is_update && is_shown {
            true => "update_display_data",
            false => "display_data",
        };
        self.publish(kind, content(&bundle).into());
    }

    fn flush_streams(&mut self) {
        if let Some((name, text)) = self.streams.take() {
            self.stream(name, &text);
        }
    }

    fn stream(&self, name: &str, text: &str) {
        self.publish("stream", json!({"name": name, "text": text}));
    }

    fn publish(&self, kind: &str, content: Value) {
        if let Some(audience) = self.audience.as_ref().filter(|audience| !audience.silent) {
            self.publisher.publish(kind, content, &audience.request);
        }
    }
}

fn content(bundle: &Bundle) -> Map<String, Value> {
    let mut content = Map::new();
    content.insert("data".to_owned(), bundle.data.clone().into());
    content.insert("metadata".to_owned(), json!({}));
    if let Some(id) = &bundle.id {
        content.insert("transient".to_owned(), json!({"display_id": id}));
    }
    content
}
