//! Messages as they travel. The envelope (signature, header, parent) is jupyter-protocol's; contents are JSON here,
//! because its typed requests refuse what clients leave out, and its typed outputs write `null` where the protocol wants
//! an object or nothing.

use anyhow::{Context, Result};
use jupyter_protocol::{JupyterMessage, JupyterMessageContent, UnknownMessage};
use jupyter_zmq_client::{Connection, RawMessage};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

/// The version of the protocol that is spoken.
pub(crate) const PROTOCOL: &str = "5.4";

/// Reads the next message. An error concerns one message, the next may be fine.
pub(crate) async fn read(
    connection: &mut Connection<impl zeromq::SocketRecv>,
) -> Result<JupyterMessage> {
    let parts = connection.socket.recv().await?;
    let raw = RawMessage::from_multipart(parts, &connection.mac)?;
    let part = |n: usize| {
        raw.jparts
            .get(n)
            .context("a part of the message is missing")
    };
    let header: jupyter_protocol::Header = serde_json::from_slice(part(0)?)?;
    let content: Value = serde_json::from_slice(part(3)?)?;
    let content = UnknownMessage {
        msg_type: header.msg_type.clone(),
        content,
    };
    let metadata = serde_json::from_slice(part(2)?)?;
    Ok(JupyterMessage {
        parent_header: serde_json::from_slice(part(1)?).ok(),
        header,
        metadata,
        content: JupyterMessageContent::UnknownMessage(content),
        buffers: Vec::new(),
        zmq_identities: raw.zmq_identities,
        channel: None,
    })
}

/// The content of a message that was [`read`].
pub(crate) fn content(message: &JupyterMessage) -> &Value {
    match &message.content {
        JupyterMessageContent::UnknownMessage(unknown) => &unknown.content,
        _ => &Value::Null,
    }
}

/// A text in the content of a message; empty where it is missing.
pub(crate) fn text<'a>(message: &'a JupyterMessage, key: &str) -> &'a str {
    content(message)[key].as_str().unwrap_or_default()
}

/// A yes or no in the content of a message.
pub(crate) fn flag(message: &JupyterMessage, key: &str, default: bool) -> bool {
    content(message)[key].as_bool().unwrap_or(default)
}

/// A message of this kernel, addressed to the sender of `parent`.
pub(crate) fn message(kind: &str, content: Value, parent: &JupyterMessage) -> JupyterMessage {
    let content = UnknownMessage {
        msg_type: kind.to_owned(),
        content,
    };
    let mut message = JupyterMessage::new(content, Some(parent));
    message.header.version = PROTOCOL.to_owned();
    message.header.username = "kernel".to_owned();
    message
}

/// The reply to a request.
pub(crate) fn reply(request: &JupyterMessage, content: Value) -> JupyterMessage {
    let kind = request.header.msg_type.replace("_request", "_reply");
    message(&kind, content, request)
}

/// The reply that says why there is no other.
pub(crate) fn refusal(request: &JupyterMessage, why: &str) -> JupyterMessage {
    let content =
        json!({"status": "error", "ename": "KernelError", "evalue": why, "traceback": [why]});
    reply(request, content)
}

/// Where messages of one socket are handed in, from any thread.
#[derive(Clone)]
pub(crate) struct Outlet(pub(crate) UnboundedSender<JupyterMessage>);

impl Outlet {
    /// Hands a message in. When the kernel is shutting down nobody is there to take it.
    pub(crate) fn send(&self, message: JupyterMessage) {
        let _ = self.0.send(message);
    }
}

/// Sends what is handed in to a connection, until nobody can hand in more.
pub(crate) fn outlet<S>(mut connection: Connection<S>) -> Outlet
where
    S: zeromq::SocketSend + Send + 'static,
{
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel::<JupyterMessage>();
    tokio::spawn(async move {
        while let Some(message) = receiver.recv().await {
            let kind = message.header.msg_type.clone();
            if let Err(error) = connection.send(message).await {
                eprintln!("{kind} was not sent: {error}");
            }
        }
    });
    Outlet(sender)
}
