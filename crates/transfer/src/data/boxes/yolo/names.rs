//! The names of YOLO's classes.

use std::path::Path;

use super::super::files::read_needed;
use crate::Error;

const YAML: [&str; 3] = ["data.yaml", "data.yml", "dataset.yaml"];
const LINES: [&str; 3] = ["classes.txt", "obj.names", "labels/classes.txt"];

/// The names in the first file that has them.
pub(super) fn find(root: &Path, labels: &Path) -> crate::Result<Vec<String>> {
    let yaml = YAML.map(|name| (root.join(name), true));
    let lines = LINES.map(|name| (root.join(name), false));
    let beside = [(labels.join("classes.txt"), false)];
    let mut all = yaml.into_iter().chain(lines).chain(beside);
    let Some((path, is_yaml)) = all.find(|(path, _)| path.is_file()) else {
        return Err(Error::Dataset {
            path: root.into(),
            reason: format!(
                "expected the classes' names in {}, {}, found none of these files. Add one, or give them: \
                 BoxOptions::classes",
                YAML.join(", "),
                LINES.join(", ")
            ),
        });
    };
    let text = read_needed(&path)?;
    let names = match is_yaml {
        true => of_yaml(&text),
        false => of_lines(&text),
    };
    names
        .and_then(distinct)
        .map_err(|reason| Error::Dataset { path, reason })
}

fn distinct(names: Vec<String>) -> Result<Vec<String>, String> {
    for (number, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(format!("expected a name for class {number}, found none"));
        }
        if let Some(first) = names[..number].iter().position(|other| other == name) {
            return Err(format!(
                "expected each name once, found {name:?} for class {first} and for class {number}"
            ));
        }
    }
    match names.is_empty() {
        true => Err("expected names of classes, found none".into()),
        false => Ok(names),
    }
}

fn of_lines(text: &str) -> Result<Vec<String>, String> {
    let names = text.trim_end().lines();
    Ok(names.map(|line| line.trim().to_owned()).collect())
}

/// What `names` is in a YAML file; and as many as `nc`, where there is one.
fn of_yaml(text: &str) -> Result<Vec<String>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let value = |key: &str| {
        let at = lines.iter().position(|line| {
            let rest = line.strip_prefix(key);
            rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
        })?;
        let (_, value) = lines[at].split_once(':')?;
        Some((at, value))
    };
    let Some((at, first)) = value("names") else {
        return Err("expected names: and the classes' names, found no such line".into());
    };
    let below = &lines[at + 1..];
    let entries = match without_comment(first).trim() {
        "" => block(below),
        flow if flow.starts_with(['[', '{']) => {
            let rest = below.iter().map(|line| without_comment(line));
            brackets(
                &std::iter::once(flow)
                    .chain(rest)
                    .collect::<Vec<_>>()
                    .join("\n"),
            )?
        }
        other => {
            return Err(format!(
                "line {}: expected a list or a map as names:, found {other:?}",
                at + 1
            ));
        }
    };
    let names = numbered(&entries).map_err(|reason| format!("line {}: {reason}", at + 1))?;
    let Some((line, count)) = value("nc") else {
        return Ok(names);
    };
    match without_comment(count).trim().parse::<usize>() {
        Ok(count) if names.len() == count => Ok(names),
        _ => Err(format!(
            "line {}: expected as many classes as names, {}, found nc:{count}",
            line + 1,
            names.len()
        )),
    }
}

/// The entries of a list or a map over several lines: `- name` or `0: name`.
fn block(lines: &[&str]) -> Vec<String> {
    let lines = lines.iter().map(|line| without_comment(line));
    let filled = lines.filter(|line| !line.trim().is_empty());
    let inside = filled.take_while(|line| line.starts_with([' ', '\t', '-']));
    let entry = |line: &str| {
        let line = line.trim();
        line.strip_prefix("- ").unwrap_or(line).to_owned()
    };
    inside.map(entry).collect()
}

/// The entries of a list or a map in brackets.
fn brackets(text: &str) -> Result<Vec<String>, String> {
    let close = match text.starts_with('[') {
        true => ']',
        false => '}',
    };
    let (mut entries, mut entry, mut quote) = (Vec::new(), String::new(), None);
    for character in text.chars().skip(1) {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            // In the middle of a word it is an apostrophe.
            (None, '"' | '\'') if entry.trim().is_empty() || entry.trim_end().ends_with(':') => {
                quote = Some(character);
            }
            (None, ',') => {
                entries.push(std::mem::take(&mut entry));
                continue;
            }
            (None, _) if character == close => {
                if !entry.trim().is_empty() {
                    entries.push(entry);
                }
                return Ok(entries);
            }
            (None, _) => {}
        }
        entry.push(character);
    }
    Err(format!("expected {close:?} after the names, found none"))
}

/// The names in the order of their numbers, where entries begin with one, as all of a map do.
fn numbered(entries: &[String]) -> Result<Vec<String>, String> {
    let number = |entry: &String| {
        let (number, name) = entry.split_once(':')?;
        let number: usize = unquoted(number).parse().ok()?;
        Some((number, unquoted(name)))
    };
    let mut numbers: Vec<(usize, String)> = entries.iter().filter_map(number).collect();
    if numbers.is_empty() {
        return Ok(entries.iter().map(|entry| unquoted(entry)).collect());
    }
    numbers.sort();
    let found: Vec<usize> = numbers.iter().map(|(number, _)| *number).collect();
    if found.len() != entries.len() || found.iter().enumerate().any(|(at, number)| at != *number) {
        return Err(format!(
            "expected the numbers from 0 to {}, each with a name, found {found:?}",
            entries.len().saturating_sub(1)
        ));
    }
    Ok(numbers.into_iter().map(|(_, name)| name).collect())
}

/// A word without blanks and quotes around it.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(single) = inside('\'') {
        return single.replace("''", "'");
    }
    match inside('"') {
        Some(double) => double.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => text.into(),
    }
}

/// A line up to a `#` that begins it or follows a blank, outside quotes.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut before) = (None, ' ');
    for (at, character) in line.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some(character),
            (None, '#') if before.is_whitespace() => return &line[..at],
            _ => {}
        }
        before = character;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_every_form() {
        let expected = Ok(vec!["red cell".to_owned(), "d'or".into(), "a, #b".into()]);
        for text in [
            "path: x\nnames: ['red cell', d'or, \"a, #b\"] # three\nnc: 3\n",
            "names:\n  - red cell   # one\n\n  # none\n  - d'or\n  - 'a, #b'\nnc: 3",
            "nc: 3 # as many\r\nnames:\r\n- red cell\r\n- 'd''or'\r\n- \"a, #b\"\r\ntrain: x\r\n",
            "names:\n  1: d'or\n  0: red cell\n  2: 'a, #b'\n",
            "names: {0: red cell, '1': d'or, 2: \"a, #b\"}\n",
            "names: [\n  red cell, # one\n  d'or,\n  'a, #b',\n]\nnc: 3\n",
        ] {
            assert_eq!(of_yaml(text), expected, "{text}");
        }
        assert_eq!(of_lines("a\r\nb c\n\n"), Ok(vec!["a".into(), "b c".into()]));
    }

    #[test]
    fn what_is_no_list_of_names_is_refused() {
        for (text, reason) in [
            ("nc: 3\n", "no such line"),
            ("names: cell\n", "line 1: expected a list or a map"),
            (
                "a: 1\nnames:\n  0: a\n  2: b\n",
                "line 2: expected the numbers from 0 to 1",
            ),
            ("names:\n  0: a\n  b: c\n", "found [0]"),
            ("names: [a, b\n", "expected ']'"),
            (
                "nc: 3\nnames: [a, b]\n",
                "line 1: expected as many classes as names, 2",
            ),
        ] {
            let found = of_yaml(text).unwrap_err();
            assert!(found.contains(reason), "{found}");
        }
        let twice = distinct(vec!["a".into(), "b".into(), "a".into()]).unwrap_err();
        assert!(twice.contains("for class 0 and for class 2"), "{twice}");
        assert!(distinct(of_lines("a\n\nb\n").unwrap()).is_err());
        assert!(distinct(Vec::new()).is_err());
    }
}
