//! The channel on which all clients see what the kernel does and what cells show.

use super::wire::{self, Outlet};
use anyhow::Result;
use jupyter_protocol::{ConnectionInfo, JupyterMessage};
use jupyter_zmq_client::{SubscriptionEvent, create_kernel_iopub_xpub_connection};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a client that does not read may hold up the others.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hands messages to all clients, from any thread.
#[derive(Clone)]
pub(crate) struct Publisher {
    outlet: Outlet,
}

impl Publisher {
    /// Binds the socket and starts to serve it. New clients are welcomed (Jupyter's proposal 65), so that they know
    /// from when on they miss nothing.
    pub(crate) async fn bind(connection: &ConnectionInfo, session: &str) -> Result<Self> {
        let mut socket = create_kernel_iopub_xpub_connection(connection, session).await?;
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel::<JupyterMessage>();
        tokio::spawn(async move {
            loop {
                let message = tokio::select! {
                    event = socket.recv_subscription() => match event {
                        Ok(SubscriptionEvent::Subscribe(topic)) => welcome(topic),
                        // One that goes away, or says something else.
                        _ => continue,
                    },
                    message = receiver.recv() => match message {
                        Some(message) => message,
                        None => break,
                    },
                };
                match tokio::time::timeout(PATIENCE, socket.send(message)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => eprintln!("an output was not sent: {error}"),
                    Err(_) => eprintln!("an output was not sent: a client does not read"),
                }
            }
        });
        Ok(Self {
            outlet: Outlet(sender),
        })
    }

    /// A publisher whose messages can be looked at.
    #[cfg(test)]
    pub(crate) fn to(sender: tokio::sync::mpsc::UnboundedSender<JupyterMessage>) -> Self {
        Self {
            outlet: Outlet(sender),
        }
    }

    /// Sends a message that belongs to the request `parent`.
    pub(crate) fn publish(&self, kind: &str, content: Value, parent: &JupyterMessage) {
        let message = wire::message(kind, content, parent);
        let topic = vec![kind.to_owned().into()];
        self.outlet.send(message.with_zmq_identities(topic));
    }

    /// Tells what the kernel does: `busy` or `idle`.
    pub(crate) fn status(&self, state: &str, parent: &JupyterMessage) {
        self.publish("status", json!({"execution_state": state}), parent);
    }

    /// Tells that the kernel is starting, which nobody asked for.
    pub(crate) fn starting(&self) {
        let status = jupyter_protocol::Status::starting();
        let topic = vec!["status".to_owned().into()];
        self.outlet
            .send(JupyterMessage::from(status).with_zmq_identities(topic));
    }
}

fn welcome(topic: String) -> JupyterMessage {
    let identity = vec![topic.clone().into()];
    JupyterMessage::from(jupyter_protocol::IoPubWelcome::new(topic)).with_zmq_identities(identity)
}
