//! Makes a cell's failure visible.
//!
//! evcxr learns from the process that runs the cells that one panicked or left by `?`, and keeps it to
//! itself: the reply says "ok". This filter sits between the two, passes every line on, and after such a
//! notice adds an output of type [`FAILURE`] that runners can look for and front ends don't show.
//!
//! It is a process of its own, so that what a cell printed just before a crash is not lost.

use anyhow::{Context, Result};
use std::io::{self, BufRead, BufReader, Write};

/// The type of the output that tells of a failure: `{"kind": "panic"}` or `{"kind": "error"}`.
const FAILURE: &str = "application/vnd.evcxr.failure+json";

/// Set for the process that filters.
pub(crate) const ROLE: &str = "TRANSFER_KERNEL_FILTER";

// evcxr's line protocol (0.22: `eval_context.rs`, `evcxr_internal_runtime.rs`).
const PANIC: &[u8] = b"EVCXR_PANIC_NOTIFICATION\n";
const USER_ERROR: &[u8] = b"EVCXR_ERROR_OCCURRED\n";
const COMPLETE: &[u8] = b"EVCXR_EXECUTION_COMPLETE\n";
const BEGIN: &[u8] = b"EVCXR_BEGIN_CONTENT ";
const END: &[u8] = b"EVCXR_END_CONTENT\n";

/// Whether this process was started as a filter.
pub(crate) fn is_wanted() -> bool {
    std::env::var_os(ROLE).is_some()
}

/// Filters standard input to standard output until it ends.
pub(crate) fn run() -> Result<()> {
    filter(BufReader::new(io::stdin().lock()), io::stdout().lock())
        .context("passing on what the cells print")
}

fn filter(mut from: impl BufRead, mut to: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    let mut in_content = false;
    loop {
        line.clear();
        if from.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        // What the cell printed last may lack the end of its line; evcxr's word must stand alone.
        let text = notice_start(&line).unwrap_or(0);
        if text > 0 {
            to.write_all(&line[..text])?;
            to.write_all(b"\n")?;
        }
        let line = &line[text..];
        let kind = match line {
            PANIC => Some("panic"),
            USER_ERROR => Some("error"),
            _ => None,
        };
        match kind {
            Some(kind) => {
                // An output that the failure cut short would swallow the notice.
                if in_content {
                    to.write_all(END)?;
                    in_content = false;
                }
                to.write_all(line)?;
                to.write_all(BEGIN)?;
                writeln!(to, "{FAILURE}\n{{\"kind\": \"{kind}\"}}")?;
                to.write_all(END)?;
            }
            None => {
                in_content = line != END && (in_content || line.starts_with(BEGIN));
                to.write_all(line)?;
            }
        }
        to.flush()?;
    }
}

/// Where in `line` a word of evcxr's begins.
fn notice_start(line: &[u8]) -> Option<usize> {
    let ends_with = |notice: &&[u8]| line.ends_with(notice);
    match [PANIC, USER_ERROR, COMPLETE]
        .iter()
        .find(|notice| ends_with(notice))
    {
        Some(notice) => Some(line.len() - notice.len()),
        None => line.windows(BEGIN.len()).position(|window| window == BEGIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(lines: &str) -> String {
        let mut out = Vec::new();
        filter(lines.as_bytes(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn other_lines_pass_unchanged() {
        let lines =
            "one\n\nEVCXR_BEGIN_CONTENT text/html\n<b>\nEVCXR_END_CONTENT\nlast, without an end";
        assert_eq!(filtered(lines), lines);
    }

    #[test]
    fn failures_are_told() {
        for (line, kind) in [(PANIC, "panic"), (USER_ERROR, "error")] {
            let line = std::str::from_utf8(line).unwrap();
            let notice = format!(
                "EVCXR_BEGIN_CONTENT {FAILURE}\n{{\"kind\": \"{kind}\"}}\nEVCXR_END_CONTENT\n"
            );
            assert_eq!(
                filtered(&format!("a\n{line}b\n")),
                format!("a\n{line}{notice}b\n")
            );
        }
    }

    #[test]
    fn a_line_without_its_end_does_not_hide_what_follows() {
        let failed = filtered("loading EVCXR_ERROR_OCCURRED\n");
        assert!(
            failed.starts_with("loading \nEVCXR_ERROR_OCCURRED\nEVCXR_BEGIN_CONTENT application")
        );
        assert_eq!(
            filtered(".EVCXR_EXECUTION_COMPLETE\n"),
            ".\nEVCXR_EXECUTION_COMPLETE\n"
        );
        let shown = "EVCXR_BEGIN_CONTENT text/html\n<b>\nEVCXR_END_CONTENT\n";
        assert_eq!(filtered(&format!("50 %{shown}")), format!("50 %\n{shown}"));
    }

    #[test]
    fn an_output_cut_short_does_not_hide_the_failure() {
        let out = filtered("EVCXR_BEGIN_CONTENT text/html\n<b>\nEVCXR_PANIC_NOTIFICATION\n");
        assert!(out.starts_with(
            "EVCXR_BEGIN_CONTENT text/html\n<b>\nEVCXR_END_CONTENT\nEVCXR_PANIC_NOTIFICATION\nEVCXR_BEGIN_CONTENT application"
        ));
    }
}
