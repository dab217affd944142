//! Completions and documentation. Jupyter counts characters, evcxr bytes.

use super::Worker;
use crate::front::wire;
use jupyter_protocol::JupyterMessage;
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What evcxr says where it knows nothing.
const NOTHING: &str = "No documentation found";

impl Worker {
    /// Answers a completion request; with nothing, where the user has typed on.
    pub(super) fn complete(&mut self, request: &JupyterMessage, outdated: bool) {
        self.publisher.status("busy", request);
        let code = wire::text(request, "code");
        let cursor = cursor(request, code);
        let found = match outdated {
            true => None,
            false => self.completions(code, byte_of(code, cursor)),
        };
        let content = found.unwrap_or_else(|| {
            json!({"status": "ok", "matches": [], "cursor_start": cursor, "cursor_end": cursor, "metadata": {}})
        });
        self.shell.send(wire::reply(request, content));
        self.publisher.status("idle", request);
    }

    fn completions(&mut self, code: &str, position: usize) -> Option<Value> {
        let context = self.context.as_mut().ok()?;
        let found = guarded(|| context.completions(code, position).ok())?;
        let (start, end) = (
            char_of(code, found.start_offset),
            char_of(code, found.end_offset),
        );
        let mut matches: Vec<&str> = Vec::new();
        let mut types = Vec::new();
        for completion in &found.completions {
            // rust-analyzer offers a method of several traits several times, and what evcxr generates.
            let is_generated = completion.code == "EvcxrUserCodeError";
            if !is_generated && !matches.contains(&completion.code.as_str()) {
                matches.push(&completion.code);
                types.push(json!({"text": completion.code, "type": completion.kind, "start": start, "end": end}));
            }
        }
        Some(json!({
            "status": "ok", "matches": matches, "cursor_start": start, "cursor_end": end,
            "metadata": {"_jupyter_types_experimental": types},
        }))
    }

    /// Answers an inspection request: the documentation of what is under the cursor, or of the function that is called.
    pub(super) fn inspect(&mut self, request: &JupyterMessage, outdated: bool) {
        self.publisher.status("busy", request);
        let code = wire::text(request, "code");
        let position = byte_of(code, cursor(request, code));
        let data = match outdated {
            true => None,
            false => self.documentation(code, position),
        };
        let content = json!({
            "status": "ok", "found": data.is_some(), "data": data.unwrap_or_else(|| json!({})), "metadata": {},
        });
        self.shell.send(wire::reply(request, content));
        self.publisher.status("idle", request);
    }

    fn documentation(&mut self, code: &str, position: usize) -> Option<Value> {
        let context = self.context.as_mut().ok()?;
        let place = [Some(word_end(code, position)), call_before(code, position)];
        place.into_iter().flatten().find_map(|place| {
            let (text, html) = guarded(|| context.hover_at(code, place).ok())?;
            (text != NOTHING).then(|| json!({"text/plain": text, "text/html": html}))
        })
    }

    /// The answer to a cell that is `?name`: a page beside the notebook.
    pub(super) fn page(&mut self, name: &str) -> Vec<Value> {
        let data = self
            .documentation(name, name.len())
            .unwrap_or_else(|| json!({"text/plain": format!("{name}: {NOTHING}")}));
        vec![json!({"source": "page", "data": data, "start": 0})]
    }
}

/// rust-analyzer panics at times, on code that is being typed; that must not end the thread.
pub(super) fn guarded<T>(ask: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(ask)).ok().flatten()
}

/// What a cell asks documentation for, where it does nothing else: `?name`.
pub(super) fn asked_for(code: &str) -> Option<&str> {
    let name = code.trim().strip_prefix('?')?.trim_matches('?').trim();
    (!name.is_empty() && !name.contains('\n')).then_some(name)
}

fn cursor(request: &JupyterMessage, code: &str) -> usize {
    let cursor = wire::content(request)["cursor_pos"].as_u64();
    let cursor = cursor.and_then(|cursor| usize::try_from(cursor).ok());
    cursor.unwrap_or_else(|| code.chars().count())
}

fn byte_of(code: &str, characters: usize) -> usize {
    code.char_indices()
        .nth(characters)
        .map_or(code.len(), |(byte, _)| byte)
}

fn char_of(code: &str, byte: usize) -> usize {
    code.char_indices().take_while(|(at, _)| *at < byte).count()
}

/// The end of the word that the cursor is in.
fn word_end(code: &str, position: usize) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let rest = &code[position..];
    position + rest.find(|c| !is_word(c)).unwrap_or(rest.len())
}

/// The place after the parenthesis that the cursor is in.
fn call_before(code: &str, position: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, sign) in code[..position].char_indices().rev() {
        match sign {
            ')' | ']' | '}' => depth += 1,
            '(' if depth == 0 => return Some(at + 1),
            '(' | '[' | '{' if depth > 0 => depth -= 1,
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_counted_in_characters() {
        let code = "let größe = é;";
        assert_eq!(byte_of(code, 12), 14);
        assert_eq!(char_of(code, 14), 12);
        assert_eq!(byte_of(code, 100), code.len());
        assert_eq!(char_of(code, code.len()), 14);
    }

    #[test]
    fn the_word_and_the_call_are_found() {
        let code = "let a = Vec::<u8>::with_capacity(f(1), b";
        assert_eq!(
            &code[..word_end(code, 20)],
            "let a = Vec::<u8>::with_capacity"
        );
        assert_eq!(call_before(code, code.len()), Some(33));
        assert_eq!(call_before("f(1); b", 7), None);
        assert_eq!(call_before("f(vec![1, 2], ", 14), Some(2));
    }

    #[test]
    fn a_question_is_not_an_expression() {
        assert_eq!(asked_for(" ?Vec\n"), Some("Vec"));
        assert_eq!(asked_for("a?"), None);
        assert_eq!(asked_for("?"), None);
    }
}
