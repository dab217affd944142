//! Questions that a cell asks the user.

use super::iopub::Publisher;
use super::wire::{self, Outlet};
use crate::eval::Interrupter;
use jupyter_protocol::JupyterMessage;
use jupyter_zmq_client::KernelStdinConnection;
use serde_json::json;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Asks the client that has sent the running cell.
pub(crate) struct Prompter {
    outlet: Outlet,
    publisher: Publisher,
    replies: Mutex<Receiver<JupyterMessage>>,
}

impl Prompter {
    /// Starts to serve the socket.
    pub(crate) fn serve(connection: KernelStdinConnection, publisher: Publisher) -> Self {
        let (send, mut receive) = connection.split();
        let (replies, receiver) = channel();
        tokio::spawn(async move {
            loop {
                match wire::read(&mut receive).await {
                    Ok(reply) => {
                        if replies.send(reply).is_err() {
                            break;
                        }
                    }
                    Err(error) => eprintln!("an input was not understood: {error:#}"),
                }
            }
        });
        Self {
            outlet: wire::outlet(send),
            publisher,
            replies: Mutex::new(receiver),
        }
    }

    /// What the user answers; nothing where nobody can be asked, or the cell is interrupted.
    pub(crate) fn ask(
        &self,
        request: &JupyterMessage,
        prompt: &str,
        is_password: bool,
        interrupter: &Interrupter,
    ) -> String {
        if !wire::flag(request, "allow_stdin", false) {
            let text = "The cell asked for input, which this client has no way to give.\n";
            let content = json!({"name": "stderr", "text": text});
            self.publisher.publish("stream", content, request);
            return String::new();
        }
        let Ok(replies) = self.replies.lock() else {
            return String::new();
        };
        // An answer to a question that nobody asks any more.
        while replies.try_recv().is_ok() {}
        let content = json!({"prompt": prompt, "password": is_password});
        self.outlet
            .send(wire::message("input_request", content, request));
        loop {
            match replies.recv_timeout(Duration::from_millis(100)) {
                Ok(reply) => return wire::text(&reply, "value").to_owned(),
                Err(RecvTimeoutError::Timeout) if !interrupter.is_stopping() => {}
                Err(_) => return String::new(),
            }
        }
    }
}
