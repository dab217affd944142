//! `--set name=value`: other values in the cell tagged `parameters`, of the same type and form.

use std::path::Path;

use anyhow::{Result, bail};
use serde_json::Value;

use super::{file, literal};

/// The sources of the parameter cells with the values put in, by cell index; empty when nothing is set.
///
/// # Errors
///
/// For a name that no such cell declares, and a value that its type doesn't take.
pub(crate) fn apply(notebook: &Value, set: &[(String, String)]) -> Result<Vec<(usize, String)>> {
    if set.is_empty() {
        return Ok(Vec::new());
    }
    let mut sources: Vec<(usize, String)> = file::cells(notebook)
        .enumerate()
        .filter(|(_, cell)| file::is_code(cell) && file::has_tag(cell, "parameters"))
        .map(|(index, cell)| (index, file::text(&cell["source"])))
        .collect();
    for (name, value) in set {
        let mut found = false;
        for (_, source) in &mut sources {
            if let Some(place) = declarations(source)
                .into_iter()
                .find(|place| place.name == *name)
            {
                let old = &source[place.start..place.end];
                let Some(new) = literal::replaced(old, &place.kind, value) else {
                    bail!(
                        "--set {name}={value}: the notebook declares {}",
                        source[place.line_start..=place.end].trim()
                    );
                };
                source.replace_range(place.start..place.end, &new);
                found = true;
                break;
            }
        }
        if !found {
            let names: Vec<String> = sources
                .iter()
                .flat_map(|(_, source)| declarations(source))
                .map(|place| place.name)
                .collect();
            bail!(
                "--set {name}=…: there is no such parameter; there are: {}",
                names.join(", ")
            );
        }
    }
    Ok(sources)
}

/// A value that names an existing file or folder from where the caller is becomes absolute, because the
/// notebook runs elsewhere; every other value stays as it is.
pub(crate) fn from_callers_folder(value: &str, here: &Path) -> String {
    let path = Path::new(value);
    if value.is_empty() || path.is_absolute() || !here.join(path).exists() {
        return value.to_owned();
    }
    let path = here.join(path);
    path.canonicalize().unwrap_or(path).display().to_string()
}

/// Where a `let` or `const` has its value.
#[derive(Debug)]
struct Place {
    name: String,
    kind: String,
    line_start: usize,
    start: usize,
    end: usize,
}

/// The declarations that begin a line.
fn declarations(source: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let mut line_start = 0;
    for line in source.split_inclusive('\n') {
        places.extend(declaration(source, line_start, line));
        line_start += line.len();
    }
    places
}

fn declaration(source: &str, line_start: usize, line: &str) -> Option<Place> {
    let rest = line.trim_start();
    let rest = rest
        .strip_prefix("let ")
        .or_else(|| rest.strip_prefix("const "))?
        .trim_start();
    let rest = rest.strip_prefix("mut ").unwrap_or(rest).trim_start();
    let length = rest.find(|character: char| !character.is_alphanumeric() && character != '_')?;
    let name = rest[..length].to_owned();
    // The value goes from `=` to the `;` outside of quotes; it may span lines.
    let from = line_start + (line.len() - rest.len()) + length;
    let equals = from + source[from..].find('=')?;
    let kind = source[from..equals]
        .trim()
        .trim_start_matches(':')
        .trim()
        .to_owned();
    let start =
        equals + 1 + source[equals + 1..].find(|character: char| !character.is_whitespace())?;
    let mut quoted = false;
    let mut escaped = false;
    for (offset, character) in source[start..].char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                return Some(Place {
                    name,
                    kind,
                    line_start,
                    start,
                    end: start + offset,
                });
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(source: &str, name: &str, value: &str) -> Result<String> {
        let notebook = json!({"cells": [
            {"cell_type": "code", "source": "let lr = 9.0;", "metadata": {}},
            {"cell_type": "code", "source": source, "metadata": {"tags": ["parameters"]}},
        ]});
        let sources = apply(&notebook, &[(name.to_owned(), value.to_owned())])?;
        assert_eq!(sources.len(), 1);
        assert_eq!(sources[0].0, 1);
        Ok(sources[0].1.clone())
    }

    #[test]
    fn values_keep_the_form_of_the_declaration() {
        for (source, value, expected) in [
            ("let x = 0.01;", "1", "let x = 1.0;"),
            ("let x = 0.01;", "5e-3", "let x = 5e-3;"),
            (
                "let x: f64 = 1.0; // rate",
                "0.1",
                "let x: f64 = 0.1; // rate",
            ),
            ("let x = 10usize;", "3", "let x = 3usize;"),
            ("let x: i64 = 1_000;", "-20", "let x: i64 = -20;"),
            ("let mut x = true;", "false", "let mut x = false;"),
            ("const x: u64 = 7;", "8", "const x: u64 = 8;"),
            ("let x = \"a;b\";", "c\"d", "let x = \"c\\\"d\";"),
            (
                "let x = \"a\\\"b\".to_string();",
                "c",
                "let x = \"c\".to_string();",
            ),
            (
                "let x = String::from(\"a\");",
                "/p/q",
                "let x = String::from(\"/p/q\");",
            ),
            ("let x = r#\"a\"#;", "b", "let x = \"b\";"),
            (
                "let x: Option<&str> = None;",
                "p",
                "let x: Option<&str> = Some(\"p\");",
            ),
            (
                "let x: Option<String> = None;",
                "p",
                "let x: Option<String> = Some(String::from(\"p\"));",
            ),
            (
                "let x: Option<&str> = Some(\"p\");",
                "None",
                "let x: Option<&str> = None;",
            ),
            ("let x = vec![0, 1, 2];", "[4,5]", "let x = vec![4,5];"),
            ("let x =\n    \"long\";", "s", "let x =\n    \"s\";"),
        ] {
            assert_eq!(
                set(source, "x", value).unwrap(),
                expected,
                "{source} with {value}"
            );
        }
    }

    #[test]
    fn only_the_named_one_changes() {
        let source = "// let epochs = 1;\nlet epochs_done = 0;\nlet epochs = 5; let lr = 0.1;\n";
        assert_eq!(
            set(source, "epochs", "2").unwrap(),
            source.replace("epochs = 5", "epochs = 2")
        );
    }

    #[test]
    fn wrong_names_and_types_are_refused() {
        let text = set("let epochs = 5;\nlet lr = 0.1;", "epoch", "2")
            .unwrap_err()
            .to_string();
        assert!(text.contains("epochs, lr"), "{text}");
        for (source, value) in [
            ("let x = 5;", "2.5"),
            ("let x = 5;", "many"),
            ("let x = true;", "1"),
            ("let x = 5usize;", "-1"),
            ("let x = f();", "1"),
        ] {
            let text = set(source, "x", value).unwrap_err().to_string();
            assert!(text.contains("declares let x"), "{text}");
        }
    }

    #[test]
    fn paths_follow_the_caller() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(
            from_callers_folder("src", here),
            here.join("src")
                .canonicalize()
                .unwrap()
                .display()
                .to_string()
        );
        assert_eq!(from_callers_folder("no/such", here), "no/such");
        assert_eq!(from_callers_folder("0.5", here), "0.5");
    }
}
