//! The notebooks' conventions.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use serde_json::Value;

use crate::args::Args;
use crate::paths::Paths;

use super::{file, find, name};

/// Beginnings of paths that exist on somebody's machine only.
const MACHINE: [&str; 7] = [
    "/home/",
    "/root/",
    "/Users/",
    "/tmp/",
    "/work/",
    "/private/var/",
    "C:\\Users",
];

/// One breach of the conventions.
#[derive(Debug, PartialEq)]
pub(crate) struct Violation {
    notebook: String,
    /// Which cell, counted from one over all cells; 0 for the notebook as a whole.
    cell: usize,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cell {
            0 => write!(f, "{}: {}", self.notebook, self.what),
            cell => write!(f, "{}, cell {cell}: {}", self.notebook, self.what),
        }
    }
}

/// Runs the command.
pub(crate) fn command(paths: &Paths, args: Args) -> Result<ExitCode> {
    let books = find(paths, &args.words()?)?;
    let found = all(&books)?;
    for violation in &found {
        println!("{violation}");
    }
    println!("{} notebooks, {} violations", books.len(), found.len());
    Ok(if found.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// All violations in these notebooks.
pub(crate) fn all(books: &[PathBuf]) -> Result<Vec<Violation>> {
    let mut found = Vec::new();
    for path in books {
        let notebook = file::read(path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        found.extend(
            check(&notebook, folder)
                .into_iter()
                .map(|(cell, what)| Violation {
                    notebook: name(path),
                    cell,
                    what,
                }),
        );
    }
    Ok(found)
}

/// The violations in one notebook, each with its cell.
fn check(notebook: &Value, folder: &Path) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    if notebook["metadata"]["kernelspec"]["name"] != "rust" {
        found.push((
            0,
            format!(
                "its kernel is {}, not \"rust\"",
                notebook["metadata"]["kernelspec"]["name"]
            ),
        ));
    }
    let mut number = 0;
    let mut dependencies = Vec::new();
    let mut parameters = 0;
    for (index, cell) in file::cells(notebook).enumerate() {
        let at = index + 1;
        let source = file::text(&cell["source"]);
        for text in std::iter::once(source.clone()).chain(output_texts(cell)) {
            if let Some(path) = machine_path(&text) {
                found.push((at, format!("names a path of one machine: {path}")));
            }
        }
        if !file::is_code(cell) {
            if cell["cell_type"] == "markdown" {
                found.extend(
                    broken_links(&source, folder)
                        .into_iter()
                        .map(|link| (at, format!("links to {link}, which is not there"))),
                );
            }
            continue;
        }
        number += 1;
        if source.trim().is_empty() {
            found.push((at, "is empty".to_owned()));
        }
        match cell["execution_count"].as_u64() {
            Some(count) if count == number => {}
            Some(count) => found.push((
                at,
                format!("is numbered [{count}], not [{number}]: run it from top to bottom"),
            )),
            None => found.push((
                at,
                format!("has not been executed; it should be [{number}]"),
            )),
        }
        found.extend(failure(cell).map(|what| (at, what)));
        let lines = source
            .lines()
            .filter(|line| line.trim_start().starts_with(":dep"))
            .count();
        dependencies.extend(std::iter::repeat_n((at, number), lines));
        if file::has_tag(cell, "parameters") {
            parameters += 1;
        }
    }
    match dependencies[..] {
        [(_, 1)] => {}
        [] => found.push((
            0,
            "has no `:dep`; its first code cell should have it".to_owned(),
        )),
        [(at, _)] => found.push((
            at,
            "has the `:dep`, but is not the first code cell".to_owned(),
        )),
        [_, (at, _), ..] => found.push((at, "has a second `:dep`; one is allowed".to_owned())),
    }
    if parameters != 1 {
        found.push((
            0,
            format!("has {parameters} code cells tagged `parameters`, not one"),
        ));
    }
    found
}

/// What an output says of a failure.
fn failure(cell: &Value) -> Option<String> {
    for output in cell["outputs"].as_array().into_iter().flatten() {
        if output["output_type"] == "error" {
            return Some(format!(
                "ended in an error: {}",
                output["ename"].as_str().unwrap_or("?")
            ));
        }
        if output["name"] == "stderr" && file::text(&output["text"]).contains("panicked at") {
            return Some("panicked".to_owned());
        }
    }
    None
}

/// Every text in a cell's outputs, encoded pictures left out: they may hold any letters by chance.
fn output_texts(cell: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    for output in cell["outputs"].as_array().into_iter().flatten() {
        texts.push(file::text(&output["text"]));
        texts.push(file::text(&output["traceback"]));
        for (mime, data) in output["data"].as_object().into_iter().flatten() {
            if mime == "image/svg+xml" || !mime.starts_with("image/") {
                texts.push(without_base64(&file::text(data)));
            }
        }
    }
    texts
}

/// A text without the `base64,…` contents of embedded pictures.
pub(crate) fn without_base64(text: &str) -> String {
    let mut parts = text.split("base64,");
    let mut kept = parts.next().unwrap_or("").to_owned();
    for part in parts {
        kept.push_str(
            part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "+/=\n".contains(c)),
        );
    }
    kept
}

/// The first path of one machine in a text. A path inside an address (`https://host/home/…`) is none.
pub(crate) fn machine_path(text: &str) -> Option<String> {
    MACHINE.iter().find_map(|prefix| {
        text.match_indices(prefix).find_map(|(start, _)| {
            let before = text[..start].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || "._-~/}".contains(c)) {
                return None;
            }
            let end = text[start..]
                .find(|c: char| c.is_whitespace() || "\"'`<>),;".contains(c))
                .unwrap_or(text.len() - start);
            Some(text[start..start + end].to_owned())
        })
    })
}

/// The local targets of a text's links and pictures that don't exist.
fn broken_links(markdown: &str, folder: &Path) -> Vec<String> {
    let inline = markdown
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next());
    let html = ["src=\"", "href=\""].into_iter().flat_map(|attribute| {
        markdown
            .split(attribute)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
    });
    inline
        .chain(html)
        .filter(|target| {
            let path = target.split(['#', '?']).next().unwrap_or("");
            let elsewhere = target.contains("://")
                || ["mailto:", "data:", "attachment:"]
                    .iter()
                    .any(|scheme| target.starts_with(scheme));
            !path.is_empty() && !elsewhere && !folder.join(path.replace("%20", " ")).exists()
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn good() -> Value {
        json!({"metadata": {"kernelspec": {"name": "rust"}}, "cells": [
            {"cell_type": "markdown", "source": ["# T\n", "[code](src/main.rs#L1) [web](https://a.org/home/b) [top](#t)"]},
            {"cell_type": "code", "source": [":dep transfer = { path = \"../crates/transfer\" }\n", "use transfer::prelude::*;"],
             "execution_count": 1, "outputs": [], "metadata": {}},
            {"cell_type": "code", "source": "let lr = 0.1;", "execution_count": 2, "metadata": {"tags": ["parameters"]},
             "outputs": [{"output_type": "display_data", "data": {
                "image/png": "AAAA/tmp/BBBB", "image/svg+xml": ["<image href=\"data:image/png;base64,AA/root/BB\"/>"]}}]},
        ]})
    }

    fn violations(notebook: &Value) -> Vec<(usize, String)> {
        check(notebook, Path::new(env!("CARGO_MANIFEST_DIR")))
    }

    #[test]
    fn a_good_notebook_passes() {
        assert_eq!(violations(&good()), []);
    }

    #[test]
    fn each_convention_is_held() {
        let cases: [(&str, &str, Value, usize); 12] = [
            ("/metadata/kernelspec/name", "python3", json!("python3"), 0),
            (
                "/cells/0/source",
                "src/gone.rs",
                json!("[x](src/gone.rs)"),
                1,
            ),
            (
                "/cells/0/source",
                "pic.png",
                json!("<img src=\"pic.png\">"),
                1,
            ),
            (
                "/cells/0/source",
                "/home/me/x",
                json!("see `/home/me/x`"),
                1,
            ),
            ("/cells/1/execution_count", "[2], not [1]", json!(2), 2),
            (
                "/cells/2/execution_count",
                "not been executed",
                Value::Null,
                3,
            ),
            ("/cells/1/source", "no `:dep`", json!("use x;"), 0),
            ("/cells/2/source", "second `:dep`", json!(":dep polars"), 3),
            ("/cells/2/metadata", "0 code cells tagged", json!({}), 0),
            (
                "/cells/2/outputs",
                "Panic",
                json!([{"output_type": "error", "ename": "Panic"}]),
                3,
            ),
            (
                "/cells/2/outputs",
                "panicked",
                json!([{"output_type": "stream", "name": "stderr", "text": ["thread panicked at src/lib.rs"]}]),
                3,
            ),
            (
                "/cells/2/outputs",
                "C:\\Users\\me",
                json!([{"output_type": "stream", "text": ["in C:\\Users\\me"]}]),
                3,
            ),
        ];
        for (place, expected, value, cell) in cases {
            let mut notebook = good();
            *notebook.pointer_mut(place).unwrap() = value;
            let found = violations(&notebook);
            assert_eq!(found.len(), 1, "{place}: {found:?}");
            assert!(
                found[0].0 == cell && found[0].1.contains(expected),
                "{place}: {found:?}"
            );
        }
    }

    #[test]
    fn the_dep_belongs_into_the_first_code_cell() {
        let mut notebook = good();
        notebook["cells"].as_array_mut().unwrap().swap(1, 2);
        assert!(
            violations(&notebook)
                .iter()
                .any(|(_, what)| what.contains("not the first code cell"))
        );
    }
}
