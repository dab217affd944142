//! The channel of requests that cannot wait for a cell.

use super::iopub::Publisher;
use super::{info, shell, wire};
use crate::eval::Interrupter;
use jupyter_zmq_client::KernelControlConnection;
use serde_json::json;
use tokio::sync::mpsc::Sender;

pub(super) async fn serve(
    mut connection: KernelControlConnection,
    publisher: Publisher,
    interrupter: Interrupter,
    quit: Sender<()>,
) {
    loop {
        let request = match wire::read(&mut connection).await {
            Ok(request) => request,
            Err(error) => {
                eprintln!("a request was not understood: {error:#}");
                continue;
            }
        };
        let kind = request.header.msg_type.as_str();
        let (mut reply, mut ends) = (None, false);
        shell::at_once(&publisher, &interrupter, &request, || {
            let content = match kind {
                "kernel_info_request" => info::content(),
                "interrupt_request" => {
                    interrupter.interrupt();
                    json!({"status": "ok"})
                }
                "shutdown_request" => {
                    ends = true;
                    json!({"status": "ok", "restart": wire::flag(&request, "restart", false)})
                }
                other => {
                    reply = Some(wire::refusal(
                        &request,
                        &format!("this kernel knows no {other}"),
                    ));
                    return;
                }
            };
            reply = Some(wire::reply(&request, content));
        });
        if let Some(reply) = reply
            && let Err(error) = connection.send(reply).await
        {
            eprintln!("a reply was not sent: {error}");
        }
        if ends {
            let _ = quit.try_send(());
        }
    }
}
