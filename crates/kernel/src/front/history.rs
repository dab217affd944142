//! What was executed in this kernel.

use serde_json::{Value, json};

/// A kernel's life is one session of its history.
const SESSION: u64 = 1;

/// The cells so far, with the text of their values.
#[derive(Default)]
pub(crate) struct History {
    entries: Vec<Entry>,
}

struct Entry {
    number: usize,
    input: String,
    output: String,
}

impl History {
    /// Takes a cell in.
    pub(crate) fn add(&mut self, number: usize, input: &str, output: &str) {
        let (input, output) = (input.to_owned(), output.to_owned());
        self.entries.push(Entry {
            number,
            input,
            output,
        });
    }

    /// The content of the reply to a `history_request`.
    pub(crate) fn content(&self, request: &Value) -> Value {
        let found = match request["hist_access_type"].as_str() {
            Some("range") => self.range(request),
            Some("search") => self.search(request),
            _ => last(self.entries.iter().collect(), request),
        };
        let with_output = request["output"].as_bool().unwrap_or(false);
        let entries: Vec<Value> = found
            .into_iter()
            .map(|entry| match with_output {
                true => json!([SESSION, entry.number, [entry.input, entry.output]]),
                false => json!([SESSION, entry.number, entry.input]),
            })
            .collect();
        json!({"status": "ok", "history": entries})
    }

    /// Cells by number, in this session: 0, or its own number. There are no others.
    fn range(&self, request: &Value) -> Vec<&Entry> {
        let session = request["session"].as_i64().unwrap_or(0);
        if ![0, 1].contains(&session) {
            return Vec::new();
        }
        let number = |key: &str| request[key].as_u64().and_then(|n| usize::try_from(n).ok());
        let from = number("start").unwrap_or(0);
        let to = number("stop").unwrap_or(usize::MAX);
        let is_in = |entry: &&Entry| entry.number >= from && entry.number < to;
        self.entries.iter().filter(is_in).collect()
    }

    fn search(&self, request: &Value) -> Vec<&Entry> {
        let pattern: Vec<char> = request["pattern"].as_str().unwrap_or("*").chars().collect();
        let matching = |entry: &&Entry| {
            let text: Vec<char> = entry.input.chars().collect();
            matches(&pattern, &text)
        };
        let mut found: Vec<&Entry> = self.entries.iter().filter(matching).collect();
        if request["unique"].as_bool().unwrap_or(false) {
            // Of equal ones the latest.
            let mut seen = std::collections::HashSet::new();
            found.reverse();
            found.retain(|entry| seen.insert(entry.input.as_str()));
            found.reverse();
        }
        last(found, request)
    }
}

/// The last `n` where the request says so.
fn last<'a>(mut entries: Vec<&'a Entry>, request: &Value) -> Vec<&'a Entry> {
    let wanted = request["n"].as_u64().and_then(|n| usize::try_from(n).ok());
    let n = wanted.unwrap_or(entries.len()).min(entries.len());
    entries.split_off(entries.len() - n)
}

/// Whether the whole text is as the pattern says: `*` is any text, `?` any character.
fn matches(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|skipped| matches(rest, &text[skipped..])),
        [sign, rest @ ..] => {
            text.first().is_some_and(|c| *sign == '?' || c == sign) && matches(rest, &text[1..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(request: Value) -> Value {
        let mut history = History::default();
        for (index, input) in ["1 + 1", "let a = 2;", "1 + 1", "a"]
            .into_iter()
            .enumerate()
        {
            history.add(index + 1, input, if index == 3 { "2" } else { "" });
        }
        history.content(&request)["history"].clone()
    }

    #[test]
    fn the_last_ones() {
        assert_eq!(
            found(json!({"hist_access_type": "tail", "n": 2, "output": true})),
            json!([[1, 3, ["1 + 1", ""]], [1, 4, ["a", "2"]]])
        );
        assert_eq!(
            found(json!({"hist_access_type": "tail"}))
                .as_array()
                .unwrap()
                .len(),
            4
        );
    }

    #[test]
    fn those_of_a_range() {
        let request = json!({"hist_access_type": "range", "session": 1, "start": 2, "stop": 3});
        assert_eq!(found(request), json!([[1, 2, "let a = 2;"]]));
        assert_eq!(
            found(json!({"hist_access_type": "range", "session": 7})),
            json!([])
        );
    }

    #[test]
    fn those_that_look_alike() {
        let search = |more: Value| {
            let mut request = json!({"hist_access_type": "search", "pattern": "1 ?*1"});
            request
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            found(request)
        };
        assert_eq!(search(json!({})), json!([[1, 1, "1 + 1"], [1, 3, "1 + 1"]]));
        assert_eq!(search(json!({"unique": true})), json!([[1, 3, "1 + 1"]]));
        assert_eq!(search(json!({"n": 1})), json!([[1, 3, "1 + 1"]]));
    }
}
