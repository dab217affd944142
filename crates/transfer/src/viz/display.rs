//! The only way out of a cell. evcxr's protocol is a block on standard output that names its MIME type; the
//! kernel keeps one block per type, so what a cell shows goes out as a single HTML block.

use std::io::Write;

/// Something that a notebook cell can show.
pub trait Show {
    /// The HTML that stands for the value. It carries all it needs: no script, no link to the outside.
    fn to_html(&self) -> String;

    /// Shows the value in the notebook. The kernel calls this when a cell ends in the value.
    fn evcxr_display(&self) {
        emit("text/html", &self.to_html());
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

/// Escapes text for HTML and SVG.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn emit(mime: &str, content: &str) {
    // One write under one lock: a line of another thread inside a block would become part of it.
    let block = format!("EVCXR_BEGIN_CONTENT {mime}\n{content}\nEVCXR_END_CONTENT\n");
    let mut out = std::io::stdout().lock();
    // Nobody is left to tell when standard output is closed.
    let _ = out.write_all(block.as_bytes()).and_then(|()| out.flush());
}
