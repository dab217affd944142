//! One cell, from the code to what came of it.

use super::Worker;
use super::ending::{crash, interrupted, lost};
use super::interrupt::Stop;
use super::screen::{Audience, Shown};
use super::source::Cell;
use super::traceback::Failure;
use super::{bundle, report};
use evcxr::{Error, EvalCallbacks, EvalOutputs};
use serde_json::{Map, Value, json};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What an evaluation was, before it is told.
struct Outcome {
    result: Result<EvalOutputs, Error>,
    shown: Shown,
    stop: Option<Stop>,
}

impl Worker {
    /// Evaluates a cell and shows what it shows. The value, as text, where it has one.
    pub(super) fn evaluate(
        &mut self,
        code: &str,
        audience: &Audience,
    ) -> Result<Option<Value>, Failure> {
        self.drop_outdated(code, audience)?;
        let before = self.variables();
        let outcome = self.run_cell(code, audience)?;
        let cell = Cell {
            number: number(audience),
            code: code.to_owned(),
        };
        let compiled = outcome.shown.has_run || outcome.result.is_ok();
        if compiled {
            self.items.learn(code);
            self.cells.push(cell);
        }
        let value = outcome
            .shown
            .value
            .as_ref()
            .map(|bundle| Value::Object(bundle.data.clone()));
        match self.failure(&outcome, code, audience, &before) {
            Some(failure) => Err(failure),
            None => {
                let of_commands = outcome
                    .result
                    .ok()
                    .and_then(|outputs| self.show(outputs, audience));
                Ok(value.or(of_commands))
            }
        }
    }

    fn variables(&self) -> Vec<String> {
        let Ok(context) = &self.context else {
            return Vec::new();
        };
        let mut names: Vec<String> = context
            .variables_and_types()
            .map(|(name, _)| name.to_owned())
            .collect();
        names.sort_unstable();
        names
    }

    fn run_cell(&mut self, code: &str, audience: &Audience) -> Result<Outcome, Failure> {
        let context = self.context.as_mut().map_err(|error| {
            Failure::new("KernelError", format!("the kernel did not start: {error}"))
        })?;
        self.screen.begin(audience.clone());
        self.interrupter.begin(&audience.request);
        let (prompter, interrupter) = (&self.prompter, &self.interrupter);
        let ask = |input: &str, is_password: bool| {
            prompter.ask(&audience.request, input, is_password, interrupter)
        };
        let mut callbacks = EvalCallbacks {
            input_reader: &|input| ask(&input.prompt, input.is_password),
        };
        let result = catch_unwind(AssertUnwindSafe(|| {
            context.execute_with_callbacks(code, &mut callbacks)
        }));
        let shown = self.screen.finish();
        let stop = self.interrupter.end();
        let result = result.map_err(|_| {
            Failure::new("KernelError", "evcxr panicked; what it said is in Jupyter's log. If the next cell fails as well, restart the kernel")
        })?;
        let shown = shown.map_err(|error| Failure::new("KernelError", format!("{error:#}")))?;
        Ok(Outcome {
            result,
            shown,
            stop,
        })
    }

    /// Drops the variables whose type `code` defines anew, while their old type is known.
    fn drop_outdated(&mut self, code: &str, audience: &Audience) -> Result<(), Failure> {
        let Ok(context) = &self.context else {
            return Ok(());
        };
        let (changed, outdated) = self.items.outdated(code, context.variables_and_types());
        if outdated.is_empty() {
            return Ok(());
        }
        // A `drop` alone would leave a `Copy` value where it is.
        let drops: String = outdated
            .iter()
            .map(|name| format!("let {name} = String::new(); drop({name});\n"))
            .collect();
        let names = outdated.join(", ");
        let types = changed.into_iter().collect::<Vec<_>>().join(", ");
        let silent = Audience {
            silent: true,
            ..audience.clone()
        };
        let outcome = self.run_cell(&drops, &silent)?;
        if outcome.result.is_err() || outcome.shown.panicked || !self.are_gone(&names) {
            let why = format!(
                "{types} would change, and {names} could not be dropped. Restart the kernel"
            );
            return Err(Failure::new("TypeChanged", why));
        }
        let text = format!("{types} changed: what was of the old kind is dropped ({names}).\n");
        if !audience.silent {
            let content = json!({"name": "stderr", "text": text});
            self.publisher.publish("stream", content, &audience.request);
        }
        Ok(())
    }

    fn are_gone(&self, names: &str) -> bool {
        let variables = self.variables();
        names
            .split(", ")
            .all(|name| variables.iter().all(|other| other != name))
    }

    /// Why the cell is not a success, if it is not.
    fn failure(
        &self,
        outcome: &Outcome,
        code: &str,
        audience: &Audience,
        before: &[String],
    ) -> Option<Failure> {
        let Outcome {
            result,
            shown,
            stop,
        } = outcome;
        let generated = || {
            let context = self.context.as_ref().ok();
            context
                .and_then(|context| context.last_source().ok())
                .unwrap_or_default()
        };
        let note = |path| fs::read_to_string(path).ok();
        let panic = || {
            report::panic(
                note(self.notes.panic()).as_deref(),
                &generated(),
                &self.cells,
            )
        };
        let failed = || {
            report::error(
                note(self.notes.failure()).as_deref(),
                &generated(),
                &self.cells,
            )
        };
        let failure = match result {
            Err(Error::SubprocessTerminated(text)) => {
                let mut failure = crash(text, *stop);
                if stop.is_none() {
                    let crash = note(self.notes.crash());
                    if let Some((head, _)) =
                        crash.as_deref().and_then(|text| text.split_once("\n\n"))
                    {
                        failure = report::with_places(failure, head, &generated(), &self.cells);
                    }
                    if note(self.notes.panic()).is_some() {
                        failure.traceback.extend(panic().traceback);
                    }
                }
                return Some(failure.note(&lost(before)));
            }
            Err(Error::CompilationErrors(errors)) => {
                Failure::of_compiler(errors, number(audience), code)
            }
            Err(error) if stop.is_none() => Failure::new("CellError", error.to_string()),
            Err(_) => {
                return Some(interrupted(
                    "nothing of the cell has run; all variables are kept",
                    None,
                ));
            }
            Ok(_) if shown.panicked => panic(),
            Ok(_) if shown.failed => failed(),
            Ok(_) if stop.is_some() && shown.has_run => {
                return Some(interrupted(
                    "the cell had come to its end; all variables are kept",
                    None,
                ));
            }
            Ok(_) if stop.is_some() => {
                return Some(interrupted(
                    "nothing of the cell has run; all variables are kept",
                    None,
                ));
            }
            Ok(_) => {
                self.tell_caught_panic(audience);
                return None;
            }
        };
        match (stop, result) {
            (Some(_), Ok(_)) => Some(interrupted(
                "the cell stopped; the variables of earlier cells are kept",
                Some(failure),
            )),
            _ => Some(failure),
        }
    }

    /// A panic that the cell caught is no failure, but it is not silent in other programs either.
    fn tell_caught_panic(&self, audience: &Audience) {
        if let Ok(text) = fs::read_to_string(self.notes.panic())
            && let Some((head, message)) = text.split_once("\n\n")
            && !audience.silent
        {
            let place = head.lines().next().unwrap_or_default();
            let text = format!("a panic was caught: {message} ({place})\n");
            let content = json!({"name": "stderr", "text": text});
            self.publisher.publish("stream", content, &audience.request);
        }
    }

    /// Shows what evcxr's own commands answer.
    fn show(&self, outputs: EvalOutputs, audience: &Audience) -> Option<Value> {
        if outputs.is_empty() {
            return None;
        }
        let contents = outputs.content_by_mime_type.into_iter();
        let data: Map<String, Value> = contents
            .map(|(mime, content)| bundle::form(mime, content))
            .collect();
        if !audience.silent {
            let content = json!({"data": data, "metadata": {}, "execution_count": audience.count});
            self.publisher
                .publish("execute_result", content, &audience.request);
        }
        Some(data.into())
    }
}

/// The number of the cell, where it has one.
fn number(audience: &Audience) -> Option<usize> {
    (audience.count > 0).then_some(audience.count)
}
