//! What the command line says.

use std::path::PathBuf;

use clap::{arg, command, value_parser};
use transfer::multitask::{ARCHITECTURES, WEIGHTINGS};

/// What is trained, and for how long.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) mnist: PathBuf,
    pub(crate) weightings: Vec<String>,
    pub(crate) architectures: Vec<String>,
    pub(crate) epochs: usize,
    pub(crate) batch: usize,
    pub(crate) lr: f64,
    pub(crate) seeds: std::ops::Range<u64>,
    pub(crate) device: String,
    pub(crate) out: PathBuf,
    pub(crate) sheet: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn parse() -> Self {
        let matches = command!("multi_mnist")
            .about("Two digits in one picture: one net for both, by every rule, against a net for each, at equal budgets, over seeds")
            .arg(arg!(--mnist <FOLDER> "MNIST's IDX files").value_parser(value_parser!(PathBuf)))
            .arg(arg!(--weightings <NAMES> "Which rules, with commas between them").default_values(WEIGHTINGS).value_delimiter(','))
            .arg(
                arg!(--architectures <NAMES> "Which architectures beside hard sharing, with commas between them")
                    .default_values(&ARCHITECTURES[1..])
                    .value_delimiter(','),
            )
            .arg(arg!(--epochs <N> "Passes over the 60,000 pictures").default_value("10").value_parser(value_parser!(usize)))
            .arg(arg!(--batch <N> "Pictures in a step").default_value("256").value_parser(value_parser!(usize)))
            .arg(arg!(--lr <RATE> "The highest learning rate").default_value("0.005").value_parser(value_parser!(f64)))
            .arg(arg!(--seeds <N> "How many seeds").default_value("3").value_parser(value_parser!(u64)))
            .arg(arg!(--"first-seed" <N> "The first of them").default_value("0").value_parser(value_parser!(u64)))
            .arg(arg!(--device <NAME> "auto, cpu, cuda or cuda:N").default_value("auto"))
            .arg(arg!(--out <FILE> "The results, row by row; those that are there are not computed again").default_value("multi_mnist.csv").value_parser(value_parser!(PathBuf)))
            .arg(arg!(--sheet <FILE> "A sheet of pictures").required(false).value_parser(value_parser!(PathBuf)))
            .get_matches();
        let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
        let number = |name: &str| matches.get_one::<usize>(name).copied().unwrap_or_default();
        let seed = |name: &str| matches.get_one::<u64>(name).copied().unwrap_or_default();
        let names = |name: &str| {
            let names = matches.get_many::<String>(name).unwrap_or_default();
            names.filter(|name| !name.is_empty()).cloned().collect()
        };
        let (first, seeds) = (seed("first-seed"), seed("seeds"));
        Self {
            mnist: path("mnist").unwrap_or_default(),
            weightings: names("weightings"),
            architectures: names("architectures"),
            epochs: number("epochs"),
            batch: number("batch"),
            lr: matches.get_one::<f64>("lr").copied().unwrap_or_default(),
            seeds: first..first + seeds,
            device: matches
                .get_one::<String>("device")
                .cloned()
                .unwrap_or_default(),
            out: path("out").unwrap_or_default(),
            sheet: path("sheet"),
        }
    }
}
