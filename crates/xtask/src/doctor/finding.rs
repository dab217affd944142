//! What a check found, and the table of all.

use anyhow::Result;

/// How a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Good,
    /// Works, with less.
    Weak,
    /// Required, and missing.
    Bad,
}

/// One line of the table.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) what: &'static str,
    pub(super) state: State,
    pub(super) found: String,
    pub(super) mend: String,
}

impl Finding {
    fn new(what: &'static str, state: State, found: String, mend: String) -> Self {
        Self {
            what,
            state,
            found,
            mend,
        }
    }

    pub(super) fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self::new(what, State::Good, found.into(), String::new())
    }

    pub(super) fn weak(
        what: &'static str,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self::new(what, State::Weak, found.into(), mend.into())
    }

    pub(super) fn bad(
        what: &'static str,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self::new(what, State::Bad, found.into(), mend.into())
    }

    /// A finding of a check whose error's text has a line `mend: …`.
    pub(super) fn of(what: &'static str, result: Result<String>) -> Self {
        match result {
            Ok(found) => Self::good(what, found),
            Err(error) => {
                let text = format!("{error:#}");
                let (found, mend) = text.split_once("\nmend: ").unwrap_or((&text, ""));
                Self::bad(what, found, mend)
            }
        }
    }
}

/// A line for every finding, and below it what mends it.
pub(super) fn table(findings: &[Finding]) -> String {
    let width = findings
        .iter()
        .map(|finding| finding.what.len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for finding in findings {
        let mark = match finding.state {
            State::Good => '✓',
            State::Weak => '!',
            State::Bad => '✗',
        };
        text.push_str(&format!(
            "{mark} {:width$}  {}\n",
            finding.what,
            finding.found.replace('\n', " ")
        ));
        if finding.state != State::Good && !finding.mend.is_empty() {
            text.push_str(&format!("  {:width$}  mend: {}\n", "", finding.mend));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn an_errors_mend_becomes_the_findings() {
        let finding = Finding::of(
            "Python",
            Err(anyhow!(
                "no venv module\nmend: sudo apt install python3.11-venv"
            )),
        );
        assert_eq!(finding.state, State::Bad);
        assert_eq!(finding.mend, "sudo apt install python3.11-venv");
        let text = table(&[finding, Finding::good("rustc", "1.95")]);
        assert_eq!(
            text,
            "✗ Python  no venv module\n          mend: sudo apt install python3.11-venv\n✓ rustc   1.95\n"
        );
    }
}
