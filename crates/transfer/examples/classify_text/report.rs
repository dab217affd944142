//! What is printed.

use std::fmt;

use transfer::Result;
use transfer::metrics::Summary;
use transfer::text::{TextDataset, TextLoader, Tokenizer};

/// One training.
pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) seed: u64,
    pub(crate) accuracies: Vec<f64>,
    pub(crate) parameters: (i64, i64),
    pub(crate) train_seconds: f64,
    pub(crate) seconds: f64,
    pub(crate) megabytes: f64,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<18} seed {}: ", self.method, self.seed)?;
        for accuracy in &self.accuracies {
            write!(f, "{:.2} %  ", 100.0 * accuracy)?;
        }
        write!(
            f,
            "{:.1} s to train, {:.0} MB",
            self.train_seconds, self.megabytes
        )
    }
}

/// What was read, and what of it cannot be used.
pub(crate) fn files(
    train: &TextDataset,
    judges: &[(&'static str, TextDataset)],
    tokenizer: &Tokenizer,
) -> Result<()> {
    let all = std::iter::once(("train", train)).chain(judges.iter().map(|(name, of)| (*name, of)));
    for (name, of) in all {
        println!(
            "{name}: {} texts of {} classes",
            of.len(),
            of.classes().len()
        );
        for row in of.bad_rows().iter().take(5) {
            println!("  line {} is left out: {}", row.line, row.reason);
        }
        if of.bad_rows().len() > 5 {
            println!("  and {} more", of.bad_rows().len() - 5);
        }
        let cut = TextLoader::new(of, tokenizer, 1)?.truncated().len();
        if cut > 0 {
            let most = tokenizer.max_length();
            println!("  {cut} are cut off at {most} tokens (--max-length)");
        }
    }
    Ok(())
}

/// Means and deviations over the seeds.
pub(crate) fn table(rows: &[Row], judges: &[(&'static str, TextDataset)]) {
    let names: Vec<String> = judges
        .iter()
        .map(|(name, _)| format!("{name}, %"))
        .collect();
    println!(
        "\n| method | seeds | {} | train, s | all, s | MB | learn, % |",
        names.join(" | ")
    );
    println!("|---|---|{}---|---|---|---|", "---|".repeat(names.len()));
    let mut methods: Vec<&str> = rows.iter().map(|row| row.method).collect();
    methods.dedup();
    for method in methods {
        let of: Vec<&Row> = rows.iter().filter(|row| row.method == method).collect();
        let summary = |value: &dyn Fn(&Row) -> f64| {
            Summary::of(&of.iter().map(|row| value(row)).collect::<Vec<_>>())
        };
        let said = |at: usize| {
            let Summary { mean, std, .. } = summary(&|row| 100.0 * row.accuracies[at]);
            format!("{mean:.2} ± {std:.2}")
        };
        let accuracies: Vec<String> = (0..judges.len()).map(said).collect();
        let mean = |value: &dyn Fn(&Row) -> f64| summary(value).mean;
        println!(
            "| {method} | {} | {} | {:.1} | {:.1} | {:.0} | {:.2} |",
            of.len(),
            accuracies.join(" | "),
            mean(&|row| row.train_seconds),
            mean(&|row| row.seconds),
            mean(&|row| row.megabytes),
            mean(&|row| 100.0 * row.parameters.0 as f64 / row.parameters.1 as f64),
        );
    }
}
