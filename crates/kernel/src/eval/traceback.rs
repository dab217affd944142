//! Errors as Jupyter shows them: a name, a value, and a traceback with the user's own lines marked.

use super::source::Place;
use evcxr::CompilationError;
use serde_json::{Value, json};
use std::fmt::Write as _;

const RED: &str = "\x1b[1;31m";
const BLUE: &str = "\x1b[1;34m";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

/// How many lines of code are shown before and after the one that is meant.
const AROUND: usize = 2;

/// Why a cell did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What kind of failure: `Panic`, `Error`, `CompileError`, `Crash`, `Interrupted`, or `KernelError`.
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) traceback: Vec<String>,
}

impl Failure {
    /// A failure that is told in one line, or some.
    pub(crate) fn new(name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        let head = format!("{RED}{name}{PLAIN}: {value}");
        Self {
            name: name.to_owned(),
            traceback: head.lines().map(str::to_owned).collect(),
            value,
        }
    }

    /// Adds where it happened.
    pub(crate) fn at(mut self, place: &Place<'_>, label: &str) -> Self {
        let mark = Mark {
            line: place.line,
            column: place.column,
            width: place.width,
            label,
        };
        self.traceback
            .extend(excerpt(place.number, place.code, &[mark]));
        self
    }

    /// Adds a line of explanation.
    pub(crate) fn note(mut self, text: &str) -> Self {
        self.traceback.extend(text.lines().map(str::to_owned));
        self
    }

    /// The compiler's errors as one.
    pub(crate) fn of_compiler(
        errors: &[CompilationError],
        number: Option<usize>,
        code: &str,
    ) -> Self {
        let first = errors
            .first()
            .map(CompilationError::message)
            .unwrap_or_default();
        let value = match errors.len() {
            0 | 1 => first,
            2 => format!("{first} (and another error)"),
            n => format!("{first} (and {} other errors)", n - 1),
        };
        let mut failure = Self::new("CompileError", value);
        failure.traceback.clear();
        for error in errors {
            failure
                .traceback
                .extend(compiler_lines(error, number, code));
        }
        failure
    }

    /// The fields that an `error` message and a reply have in common.
    pub(crate) fn content(&self) -> Value {
        json!({"ename": self.name, "evalue": self.value, "traceback": self.traceback})
    }
}

/// `cell [3], line 2`.
pub(crate) fn describe(number: Option<usize>, line: usize) -> String {
    match number {
        Some(number) => format!("cell [{number}], line {line}"),
        None => format!("cell, line {line}"),
    }
}

/// A marked part of a line.
struct Mark<'a> {
    line: usize,
    column: usize,
    width: usize,
    label: &'a str,
}

/// The marked lines and those around them; the first mark is the one that counts.
fn excerpt(number: Option<usize>, code: &str, marks: &[Mark<'_>]) -> Vec<String> {
    let lines: Vec<&str> = code.lines().collect();
    let is_near = |line: usize| marks.iter().any(|mark| mark.line.abs_diff(line) <= AROUND);
    let shown: Vec<usize> = (1..=lines.len()).filter(|line| is_near(*line)).collect();
    let digits = shown.last().map_or(1, |line| line.to_string().len());
    let margin = " ".repeat(digits);
    let first = marks.first().map_or(1, |mark| mark.line);
    let mut out = vec![format!(
        "{margin}{BLUE}-->{PLAIN} {}",
        describe(number, first)
    )];
    let mut before = None;
    for line in shown {
        if before.is_some_and(|before| before + 1 < line) {
            out.push(format!("{BLUE}...{PLAIN}"));
        }
        before = Some(line);
        let text = lines[line - 1];
        out.push(format!("{BLUE}{line:>digits$} |{PLAIN} {text}"));
        for (index, mark) in marks
            .iter()
            .enumerate()
            .filter(|(_, mark)| mark.line == line)
        {
            let (colour, sign) = if index == 0 { (RED, "^") } else { (BLUE, "-") };
            let signs = sign.repeat(mark.width.max(1));
            let label = match mark.label {
                "" => String::new(),
                label => format!(" {label}"),
            };
            let indent = indent_to(text, mark.column);
            out.push(format!(
                "{margin} {BLUE}|{PLAIN} {indent}{colour}{signs}{label}{PLAIN}"
            ));
        }
    }
    out
}

/// White space as wide as what is before a column; tabs stay tabs.
fn indent_to(line: &str, column: usize) -> String {
    let before = line.chars().take(column.saturating_sub(1));
    before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect()
}

fn compiler_lines(error: &CompilationError, number: Option<usize>, code: &str) -> Vec<String> {
    let id = error
        .code()
        .map(|code| format!("[{code}]"))
        .unwrap_or_default();
    let head = format!("{RED}error{id}{PLAIN}{BOLD}: {}{PLAIN}", error.message());
    let mut out: Vec<String> = head.lines().map(str::to_owned).collect();
    let mut messages: Vec<_> = error.spanned_messages().iter().collect();
    messages.sort_by_key(|message| !message.is_primary);
    let marks: Vec<Mark<'_>> = messages
        .iter()
        .filter_map(|message| {
            let span = message.span?;
            let text = code.lines().nth(span.start_line - 1)?;
            let end = match span.start_line == span.end_line {
                true => span.end_column,
                false => text.chars().count() + 1,
            };
            Some(Mark {
                line: span.start_line,
                column: span.start_column,
                width: end.saturating_sub(span.start_column),
                label: &message.label,
            })
        })
        .collect();
    if !marks.is_empty() {
        out.extend(excerpt(number, code, &marks));
    }
    let without_place = messages.iter().filter(|message| message.span.is_none());
    out.extend(without_place.flat_map(|message| message.label.lines().map(str::to_owned)));
    for help in error.help() {
        let mut text = String::new();
        let _ = write!(text, "{BOLD}help{PLAIN}: {help}");
        out.extend(text.lines().map(str::to_owned));
    }
    if let Some(hint) = error.evcxr_extra_hint() {
        out.push(format!("{BOLD}note{PLAIN}: {hint}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(lines: &[String]) -> String {
        let mut text = lines.join("\n");
        for colour in [RED, BLUE, BOLD, PLAIN] {
            text = text.replace(colour, "");
        }
        text
    }

    #[test]
    fn the_users_line_is_marked() {
        let code = "let v = vec![1];\nlet i = 7;\n\tv[i]\nlet w = 1;\n\nlet z = 1;";
        let place = Place {
            number: Some(5),
            code,
            line: 3,
            column: 2,
            width: 4,
        };
        let failure = Failure::new("Panic", "index out of bounds").at(&place, "here");
        let expected = "Panic: index out of bounds\n --> cell [5], line 3\n1 | let v = vec![1];\n2 | let i = 7;\n\
                        3 | \tv[i]\n  | \t^^^^ here\n4 | let w = 1;\n5 | ";
        assert_eq!(plain(&failure.traceback), expected);
        assert_eq!(failure.content()["evalue"], "index out of bounds");
    }

    #[test]
    fn a_value_of_several_lines_is_several_lines() {
        let failure = Failure::new("Error", "one\ntwo").note("three");
        assert_eq!(plain(&failure.traceback), "Error: one\ntwo\nthree");
        assert_eq!(failure.traceback.len(), 3);
    }
}
