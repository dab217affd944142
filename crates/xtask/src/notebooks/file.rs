//! A notebook's JSON: what of it this tool looks at, and writing it just as Jupyter does.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::paths::write_if_changed;

/// Reads a notebook.
pub(crate) fn read(path: &Path) -> Result<Value> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a notebook", path.display()))
}

/// Its cells.
pub(crate) fn cells(notebook: &Value) -> impl Iterator<Item = &Value> {
    notebook["cells"].as_array().into_iter().flatten()
}

/// Whether a cell holds code.
pub(crate) fn is_code(cell: &Value) -> bool {
    cell["cell_type"] == "code"
}

/// Whether a cell carries a tag.
pub(crate) fn has_tag(cell: &Value, tag: &str) -> bool {
    cell["metadata"]["tags"]
        .as_array()
        .is_some_and(|tags| tags.iter().any(|found| found == tag))
}

/// A text that the format allows to be one string or a list of lines.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

/// Writes a notebook: sorted keys, indented by one, a line feed at the end, as nbformat does. Returns whether it
/// has changed.
pub(crate) fn write(path: &Path, notebook: &Value) -> Result<bool> {
    write_if_changed(path, &format(notebook)?)
}

fn format(notebook: &Value) -> Result<String> {
    // serde_json indents by two; no line feed stands inside a JSON string, so a line's blanks are its indent.
    let mut text = String::new();
    for line in serde_json::to_string_pretty(&sorted(notebook))?.lines() {
        let rest = line.trim_start_matches(' ');
        text.push_str(&line[..(line.len() - rest.len()) / 2]);
        text.push_str(rest);
        text.push('\n');
    }
    Ok(text)
}

/// The same value with its keys in order, also where another crate of the workspace has turned on serde_json's
/// `preserve_order`.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            Value::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.clone(), sorted(value)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_written_as_nbformat_writes() {
        let notebook = json!({"nbformat": 4, "cells": [{"source": ["é\u{1b}\n", "b"], "outputs": [], "metadata": {}}]});
        let text = "{\n \"cells\": [\n  {\n   \"metadata\": {},\n   \"outputs\": [],\n   \"source\": [\n    \"é\\u001b\\n\",\n    \"b\"\n   ]\n  }\n ],\n \"nbformat\": 4\n}\n";
        assert_eq!(format(&notebook).unwrap(), text);
    }

    #[test]
    fn a_source_is_one_text_either_way() {
        assert_eq!(text(&json!(["a\n", "b"])), text(&json!("a\nb")));
    }
}
