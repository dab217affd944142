//! The channel of requests.

use super::history::History;
use super::iopub::Publisher;
use super::wire::{self, Outlet};
use super::{info, is_complete};
use crate::eval::{Interrupter, Queue};
use jupyter_protocol::JupyterMessage;
use jupyter_zmq_client::RouterRecvConnection;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::Sender;

/// Takes requests in. Those that need evcxr are handed on, in order; all others are answered at once.
pub(super) struct Shell {
    pub(super) outlet: Outlet,
    pub(super) publisher: Publisher,
    pub(super) interrupter: Interrupter,
    pub(super) queue: Queue,
    pub(super) history: Arc<Mutex<History>>,
    pub(super) quit: Sender<()>,
}

impl Shell {
    pub(super) async fn serve(self, mut connection: RouterRecvConnection) {
        loop {
            match wire::read(&mut connection).await {
                Ok(request) => self.take(request),
                Err(error) => eprintln!("a request was not understood: {error:#}"),
            }
        }
    }

    fn take(&self, request: JupyterMessage) {
        match request.header.msg_type.as_str() {
            "execute_request" if wire::content(&request)["code"].is_string() => {
                self.queue.execute(request)
            }
            "complete_request" => self.queue.complete(request),
            "inspect_request" => self.queue.inspect(request),
            _ => at_once(&self.publisher, &self.interrupter, &request, || {
                if let Some(reply) = self.answer(&request) {
                    self.outlet.send(reply);
                }
            }),
        }
    }

    fn answer(&self, request: &JupyterMessage) -> Option<JupyterMessage> {
        let content = match request.header.msg_type.as_str() {
            "kernel_info_request" => info::content(),
            "is_complete_request" => is_complete::content(wire::text(request, "code")),
            "history_request" => {
                let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
                history.content(wire::content(request))
            }
            "comm_info_request" => json!({"status": "ok", "comms": {}}),
            "comm_open" => {
                // Nobody here knows the target; the client is told that its end leads nowhere.
                let content = json!({"comm_id": wire::content(request)["comm_id"], "data": {}});
                self.publisher.publish("comm_close", content, request);
                return None;
            }
            "shutdown_request" => shutdown(request, &self.quit),
            "execute_request" => return Some(wire::refusal(request, "the request has no `code`")),
            other if other.ends_with("_request") => {
                return Some(wire::refusal(
                    request,
                    &format!("this kernel knows no {other}"),
                ));
            }
            // `comm_msg` and `comm_close` of comms that were closed.
            _ => return None,
        };
        Some(wire::reply(request, content))
    }
}

/// Answers with the state of the kernel told before and after. While a cell runs, clients are told that again: most take
/// the last word for the state of the whole kernel.
pub(super) fn at_once(
    publisher: &Publisher,
    interrupter: &Interrupter,
    request: &JupyterMessage,
    answer: impl FnOnce(),
) {
    publisher.status("busy", request);
    answer();
    publisher.status("idle", request);
    if let Some(cell) = interrupter.current() {
        publisher.status("busy", &cell);
    }
}

/// Has the kernel end, and says so.
pub(super) fn shutdown(request: &JupyterMessage, quit: &Sender<()>) -> Value {
    let restart = wire::flag(request, "restart", false);
    // It is full when somebody else has ended the kernel.
    let _ = quit.try_send(());
    json!({"status": "ok", "restart": restart})
}
