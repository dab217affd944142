//! An execute request: what the clients see of a cell.

use super::screen::Audience;
use super::traceback::Failure;
use super::{Worker, lookup};
use crate::front::wire;
use jupyter_protocol::JupyterMessage;
use serde_json::{Map, Value, json};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

impl Worker {
    /// Answers an execute request, the `place`th that has come.
    pub(super) fn execute(&mut self, request: &JupyterMessage, place: u64) {
        self.publisher.status("busy", request);
        let reply = match place <= self.aborted {
            true => json!({"status": "aborted", "execution_count": self.count}),
            false => self.executed(request),
        };
        self.shell.send(wire::reply(request, reply));
        self.publisher.status("idle", request);
    }

    fn executed(&mut self, request: &JupyterMessage) -> Value {
        let code = wire::text(request, "code").to_owned();
        let silent = wire::flag(request, "silent", false);
        let counted = !silent && wire::flag(request, "store_history", true);
        if code.trim().is_empty() {
            return json!({
                "status": "ok", "execution_count": self.count, "payload": [], "user_expressions": {},
            });
        }
        if counted {
            self.count += 1;
        }
        let audience = Audience {
            request: request.clone(),
            count: self.count,
            silent,
        };
        if !silent {
            let content = json!({"code": code, "execution_count": self.count});
            self.publisher.publish("execute_input", content, request);
        }
        let (payload, result) = match lookup::asked_for(&code) {
            Some(name) => (self.page(name), Ok(None)),
            None => (Vec::new(), self.evaluate(&code, &audience)),
        };
        if counted {
            let output = result.as_ref().ok().and_then(|value| value.as_ref());
            let output = output.and_then(|data| data["text/plain"].as_str());
            let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
            history.add(self.count, &code, output.unwrap_or_default());
        }
        match result {
            Ok(_) => {
                let expressions = self.expressions(request, &audience);
                json!({
                    "status": "ok", "execution_count": self.count,
                    "payload": payload, "user_expressions": expressions,
                })
            }
            Err(failure) => self.failed(request, silent, &failure),
        }
    }

    fn failed(&mut self, request: &JupyterMessage, silent: bool, failure: &Failure) -> Value {
        let mut content = failure.content();
        if !silent {
            self.publisher.publish("error", content.clone(), request);
        }
        if wire::flag(request, "stop_on_error", true) {
            self.aborted = self.counters.executions.load(Ordering::SeqCst);
        }
        content["status"] = "error".into();
        content["execution_count"] = self.count.into();
        content
    }

    /// The values of the request's `user_expressions`.
    fn expressions(&mut self, request: &JupyterMessage, audience: &Audience) -> Value {
        let Some(expressions) = wire::content(request)["user_expressions"].as_object() else {
            return json!({});
        };
        let quiet = Audience {
            count: 0,
            silent: true,
            ..audience.clone()
        };
        let mut values = Map::new();
        for (name, expression) in expressions {
            let value = match self.evaluate(expression.as_str().unwrap_or_default(), &quiet) {
                Ok(data) => {
                    json!({"status": "ok", "data": data.unwrap_or_else(|| json!({})), "metadata": {}})
                }
                Err(failure) => {
                    let mut content = failure.content();
                    content["status"] = "error".into();
                    content
                }
            };
            values.insert(name.clone(), value);
        }
        values.into()
    }
}
