//! From what the cells' process noted to what the user sees.

use super::source::{Cell, Place, locate};
use super::traceback::{Failure, describe};
use std::path::Path;

/// How many calls are shown besides the place of a panic.
const CALLS: usize = 4;

/// The line before a cell's last expression.
const AROUND_VALUE: &str = "evcxr_send_text_plain(&format!(";

/// A panic, from its note: `file:line:column`, frames, an empty line, and the message.
pub(crate) fn panic(note: Option<&str>, generated: &str, cells: &[Cell]) -> Failure {
    match note.and_then(|note| note.split_once("\n\n")) {
        Some((head, message)) => {
            with_places(Failure::new("Panic", tidy(message)), head, generated, cells)
        }
        None => Failure::new("Panic", "the cell panicked"),
    }
}

/// Adds where a panic or a crash was: its location, if there is one, and the frames, each on a line.
pub(crate) fn with_places(
    failure: Failure,
    head: &str,
    generated: &str,
    cells: &[Cell],
) -> Failure {
    let mut failure = failure;
    let location = head.lines().next().unwrap_or_default();
    if !location.is_empty() && !is_generated(location) {
        failure = failure.note(&format!(" at {}", shorten(location)));
    }
    let mut shown: Vec<Place<'_>> = Vec::new();
    for place in head
        .lines()
        .filter_map(|place| find(place, generated, cells))
    {
        // A frame names the column of the call, the location that of the expression.
        if shown
            .iter()
            .any(|other| other.line == place.line && other.number == place.number)
        {
            continue;
        }
        failure = match shown.len() {
            0 => failure.at(&place, ""),
            1..=CALLS => failure.note(&format!(
                " called from {}",
                describe(place.number, place.line)
            )),
            _ => break,
        };
        shown.push(place);
    }
    failure
}

/// A cell that was left by `?`, from its note: `file:line:column` and the message.
pub(crate) fn error(note: Option<&str>, generated: &str, cells: &[Cell]) -> Failure {
    let Some((location, message)) = note.and_then(|note| note.split_once('\n')) else {
        return Failure::new("Error", "the cell was left by `?`; the error is above");
    };
    let failure = Failure::new("Error", tidy(message));
    match find(location, generated, cells) {
        Some(place) => failure.at(&place, ""),
        None => failure.note(&format!(" at {}", shorten(location))),
    }
}

/// The message without the C++ stack that libraries put into their exceptions' texts, dozens of lines with this
/// machine's paths. It may be quoted, with `\n` written out.
fn tidy(message: &str) -> String {
    for end in ["\n", "\\n"] {
        let Some(at) = message.find(&format!("{end}Exception raised from ")) else {
            continue;
        };
        let is_stack = message[at..].contains(&format!("{end}frame #0: "));
        if let (true, Some(last)) = (is_stack, message.rfind(&format!("{end}frame #"))) {
            let last = last + end.len();
            let after = message[last..]
                .find(end)
                .map_or("", |n| &message[last + n + end.len()..]);
            return format!("{}{after}", &message[..at]);
        }
    }
    message.to_owned()
}

fn find<'a>(location: &str, generated: &str, cells: &'a [Cell]) -> Option<Place<'a>> {
    if !is_generated(location) {
        return None;
    }
    let mut parts = location.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line: usize = parts.next()?.parse().ok()?;
    // A call in a cell's last expression has the place of the macro that evcxr puts around it.
    let text = generated.lines().nth(line.checked_sub(1)?)?;
    match text.contains(AROUND_VALUE) {
        true => locate(generated, line + 1, 1, cells),
        false => locate(generated, line, column, cells),
    }
}

/// Whether a location is in the cells' own crate, which is compiled from its folder.
fn is_generated(location: &str) -> bool {
    location
        .strip_prefix("./")
        .unwrap_or(location)
        .starts_with("src/lib.rs:")
}

/// A location without what is particular to this machine: `tch-0.26.0/src/wrappers/tensor.rs:12:9`.
fn shorten(location: &str) -> String {
    let path = Path::new(location);
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    let source = parts.iter().rposition(|part| *part == "src").unwrap_or(1);
    parts[source.saturating_sub(1).min(parts.len() - 1)..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells() -> Vec<Cell> {
        let cell = |number, code: &str| Cell {
            number: Some(number),
            code: code.to_owned(),
        };
        vec![
            cell(1, "fn get(v: &[u8]) -> u8 {\n    v[9]\n}"),
            cell(2, "let v = [1];\nget(&v);"),
        ]
    }

    const GENERATED: &str = "fn get(v: &[u8]) -> u8 {\n    v[9]\n}\nlet v = [1];\nget(&v);\n}";

    #[test]
    fn a_panic_tells_its_line_and_who_called() {
        let note = "src/lib.rs:2:5\n./src/lib.rs:2:5\n./src/lib.rs:5:1\n\nindex out of bounds";
        let failure = panic(Some(note), GENERATED, &cells());
        assert_eq!(
            (failure.name.as_str(), failure.value.as_str()),
            ("Panic", "index out of bounds")
        );
        let text = failure.traceback.join("\n");
        assert!(
            text.contains("cell [1], line 2") && text.contains("    v[9]"),
            "{text}"
        );
        assert!(text.ends_with(" called from cell [2], line 2"), "{text}");
    }

    #[test]
    fn a_panic_elsewhere_tells_both_places() {
        let note = "/home/me/.cargo/registry/src/index/tch-0.26.0/src/wrappers/tensor.rs:12:9\n./src/lib.rs:5:1\n\nno";
        let text = panic(Some(note), GENERATED, &cells()).traceback.join("\n");
        assert!(
            text.contains(" at tch-0.26.0/src/wrappers/tensor.rs:12:9\n"),
            "{text}"
        );
        assert!(text.contains("cell [2], line 2"), "{text}");
    }

    #[test]
    fn a_stack_of_cpp_is_left_out() {
        let stack = "bad shape\nException raised from f at a.h:1 (most recent call first):\nframe #0: f (in /x/a.so)\nframe #1: g (in /x/a.so)\n";
        assert_eq!(tidy(stack), "bad shape");
        let quoted = format!("called `unwrap()` on Torch({stack:?})");
        assert_eq!(tidy(&quoted), "called `unwrap()` on Torch(\"bad shape\")");
        assert_eq!(
            tidy("one\nException raised from nowhere"),
            "one\nException raised from nowhere"
        );
    }

    #[test]
    fn an_error_tells_its_question_mark() {
        let failure = error(
            Some("src/lib.rs:5:8\nno such file\nat all"),
            GENERATED,
            &cells(),
        );
        assert_eq!(failure.value, "no such file\nat all");
        assert!(failure.traceback.join("\n").contains("cell [2], line 2"));
        assert_eq!(error(None, "", &[]).name, "Error");
        assert_eq!(panic(Some("odd"), "", &[]).name, "Panic");
    }
}
