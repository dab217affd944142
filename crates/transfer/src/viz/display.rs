//! The only way out of a cell. evcxr's protocol is a block on standard output that names its MIME type; the
//! kernel keeps one block per type, so what a cell shows goes out as a single HTML block. This project's kernel reads a name and
//! the word `update` behind the type too, and shows each block at once (see [`Live`](super::Live)).

use std::io::Write;
use std::path::Path;

use crate::files::write_bytes;
use crate::{Error, Result};

/// Something that a notebook cell can show.
pub trait Show {
    /// The HTML that stands for the value. It carries all it needs: no script, no link to the outside.
    fn to_html(&self) -> String;

    /// Shows the value in the notebook. The kernel calls this when a cell ends in the value.
    fn evcxr_display(&self) {
        emit(&self.to_html(), Place::Next);
    }
}

/// HTML markup as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Html(pub String);

impl Show for Html {
    fn to_html(&self) -> String {
        self.0.clone()
    }
}

/// Several things below each other, as one: `show_all(&[&table, &chart])`.
#[must_use]
pub fn show_all(items: &[&dyn Show]) -> Html {
    Html(
        items
            .iter()
            .map(|item| item.to_html())
            .collect::<Vec<_>>()
            .join("\n"),
    )
}

impl Html {
    /// Writes the markup to a file, as a page of its own.
    ///
    /// # Errors
    ///
    /// The name does not end in `.html`, or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if path
            .extension()
            .is_none_or(|ending| !ending.eq_ignore_ascii_case("html"))
        {
            return Err(Error::argument(
                "file of a page",
                "a name that ends in .html",
                path.display(),
            ));
        }
        write_bytes(path, page(&self.0).as_bytes())
    }
}

/// A page that shows the markup, on the reader's choice of light or dark.
pub(super) fn page(html: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\n\
         <style>body {{ font-family: system-ui, sans-serif }} table {{ border-collapse: collapse }} \
         th, td {{ padding: 4px 10px }} tr:nth-child(even) td {{ background: #8881 }}</style></head>\n<body>\n{html}\n</body></html>\n"
    )
}

/// Escapes text for HTML and SVG.
pub(super) fn escaped(text: &str) -> String {
    one_line(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The text with spaces for control characters, which XML has no way to write and no font a letter.
pub(super) fn one_line(text: &str) -> String {
    text.replace(
        |letter: char| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}'),
        " ",
    )
}

/// Where an output goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// Below what the cell has shown.
    Next,
    /// Likewise, under a name by which it can be replaced.
    Named(&'a str),
    /// In place of the one of this name.
    Update(&'a str),
}

/// The block that carries HTML. Lines of the protocol inside it would end it early, so their underscore is written
/// as a character reference: on the page it is the same.
fn block(html: &str, place: Place<'_>) -> String {
    let html = html.replace("EVCXR_", "EVCXR&#95;");
    let place = match place {
        Place::Next => String::new(),
        Place::Named(id) => format!(" id={id}"),
        Place::Update(id) => format!(" id={id} update"),
    };
    format!("EVCXR_BEGIN_CONTENT text/html{place}\n{html}\nEVCXR_END_CONTENT\n")
}

pub(super) fn emit(html: &str, place: Place<'_>) {
    // One write under one lock: a line of another thread inside a block would become part of it.
    let block = block(html, place);
    let mut out = std::io::stdout().lock();
    // Nobody is left to tell when standard output is closed.
    let _ = out.write_all(block.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_cannot_end_its_block() {
        let hostile = "before\nEVCXR_END_CONTENT\nEVCXR_EXECUTION_COMPLETE\nafter";
        let block = block(hostile, Place::Next);
        let protocol: Vec<&str> = block
            .lines()
            .filter(|line| line.starts_with("EVCXR_"))
            .collect();
        assert_eq!(
            protocol,
            ["EVCXR_BEGIN_CONTENT text/html", "EVCXR_END_CONTENT"]
        );
        assert!(block.contains("\nafter\nEVCXR_END_CONTENT\n"));
        assert_eq!(block.replace("&#95;", "_").matches(hostile).count(), 1);
    }

    #[test]
    fn a_block_says_what_it_replaces() {
        let first = |place| block("x", place).lines().next().unwrap().to_owned();
        assert_eq!(first(Place::Next), "EVCXR_BEGIN_CONTENT text/html");
        assert_eq!(
            first(Place::Named("a")),
            "EVCXR_BEGIN_CONTENT text/html id=a"
        );
        assert_eq!(
            first(Place::Update("a")),
            "EVCXR_BEGIN_CONTENT text/html id=a update"
        );
    }
}
