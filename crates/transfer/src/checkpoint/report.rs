//! What became of each name when weights were loaded.

use std::fmt;

/// A tensor whose name is in both the file and the net, with different shapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The tensor's name.
    pub name: String,
    /// Its shape in the net.
    pub net: Vec<i64>,
    /// Its shape in the file.
    pub file: Vec<i64>,
}

/// What fitted and what did not. `Display` is a table that names at most a few of each sort.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// Which dict of the file it was; empty for the root.
    pub entry: String,
    /// What the file's names have before the net's (`module.`); the names below are without it.
    pub prefix: String,
    /// In both, with the same shape: copied into the net (but for a report within an error, where nothing is).
    pub loaded: Vec<String>,
    /// In the net, not in the file: left as they were.
    pub missing: Vec<String>,
    /// In the file, not in the net: unused.
    pub unexpected: Vec<String>,
    /// In both, with different shapes: left as they were.
    pub mismatched: Vec<Mismatch>,
    /// Left out on request ([`LoadOptions::without`](super::LoadOptions::without)).
    pub left_out: Vec<String>,
    /// Counters that only PyTorch keeps (`num_batches_tracked`, `n_averaged`): read past, and not an error.
    pub ignored: Vec<String>,
}

impl LoadReport {
    /// Whether every tensor of net and file found its counterpart (or was left out on request).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.mismatched.is_empty()
    }
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, value) in [("entry", &self.entry), ("prefix", &self.prefix)] {
            if !value.is_empty() {
                write!(f, "\n  {what:<24}     {value:?}")?;
            }
        }
        let mismatched: Vec<String> = self
            .mismatched
            .iter()
            .map(|m| format!("{} (net {:?}, file {:?})", m.name, m.net, m.file))
            .collect();
        let rows: [(&str, &[String], bool); 6] = [
            ("same name and shape", &self.loaded, false),
            ("missing in the file", &self.missing, true),
            ("unexpected in the file", &self.unexpected, true),
            ("different shape", &mismatched, true),
            ("left out", &self.left_out, true),
            ("PyTorch's counters", &self.ignored, false),
        ];
        for (sort, names, listed) in rows.into_iter().filter(|(_, names, _)| !names.is_empty()) {
            write!(f, "\n  {sort:<24}{:>5}", names.len())?;
            if listed {
                write!(f, "  {}", abbreviated(names))?;
            }
        }
        Ok(())
    }
}

fn abbreviated(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        text.push_str(", …");
    }
    text
}
