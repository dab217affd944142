//! Stages: a heading when one starts, its seconds when it ends, a table at the end.

use std::time::{Duration, Instant};

use anyhow::Result;

/// The stages of one run, with what became of each.
#[derive(Debug)]
pub(crate) struct Stages {
    started: Instant,
    rows: Vec<Row>,
}

/// One finished stage.
#[derive(Debug)]
struct Row {
    name: String,
    note: String,
    took: Duration,
    passed: bool,
}

impl Stages {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            rows: Vec::new(),
        }
    }

    /// Runs one stage. What it returns beside its value is the note in its line of the table.
    pub(crate) fn run<T>(
        &mut self,
        name: &str,
        work: impl FnOnce() -> Result<(T, String)>,
    ) -> Result<T> {
        println!("▸ {name}");
        let begun = Instant::now();
        let result = work();
        let took = begun.elapsed();
        match result {
            Ok((value, note)) => {
                let gap = if note.is_empty() { "" } else { "  " };
                println!("  ✓ {}{gap}{note}", seconds(took));
                self.rows.push(Row {
                    name: name.to_owned(),
                    note,
                    took,
                    passed: true,
                });
                Ok(value)
            }
            Err(error) => {
                println!("  ✗ {}", seconds(took));
                self.rows.push(Row {
                    name: name.to_owned(),
                    note: "failed".to_owned(),
                    took,
                    passed: false,
                });
                Err(error)
            }
        }
    }

    /// Notes a stage that was measured elsewhere, as those that run at the same time are.
    pub(crate) fn record(&mut self, name: &str, took: Duration, note: impl Into<String>) {
        self.rows.push(Row {
            name: name.to_owned(),
            note: note.into(),
            took,
            passed: true,
        });
    }

    /// The table of all stages.
    pub(crate) fn summary(&self) -> String {
        let width = self
            .rows
            .iter()
            .map(|row| row.name.chars().count())
            .max()
            .unwrap_or(0)
            .max(5);
        let mut text = String::new();
        for row in &self.rows {
            let mark = if row.passed { '✓' } else { '✗' };
            let pad = width - row.name.chars().count();
            let line = format!(
                "  {mark} {}{:pad$} {}  {}",
                row.name,
                "",
                seconds(row.took),
                row.note
            );
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push_str(&format!(
            "    {:width$} {}",
            "total",
            seconds(self.started.elapsed())
        ));
        text
    }

    /// How many stages passed, and how many failed.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let passed = self.rows.iter().filter(|row| row.passed).count();
        (passed, self.rows.len() - passed)
    }
}

/// A duration in seconds, of the same width from 0.0 to 9999.9.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:>6.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn stages_are_counted_and_listed() {
        let mut stages = Stages::new();
        assert_eq!(
            stages.run("good", || Ok((7, "seven".to_owned()))).unwrap(),
            7
        );
        stages.run::<()>("bad", || bail!("no")).unwrap_err();
        assert_eq!(stages.counts(), (1, 1));
        let summary = stages.summary();
        assert!(
            summary.contains("✓ good") && summary.contains("seven"),
            "{summary}"
        );
        assert!(summary.contains("✗ bad"), "{summary}");
    }
}
