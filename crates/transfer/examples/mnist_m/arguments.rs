//! What the command line says.

use std::path::PathBuf;

use clap::{arg, command, value_parser};
use transfer::adapt::METHODS;

/// What is trained, on what, and for how long.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) mnist: PathBuf,
    pub(crate) photos: PathBuf,
    pub(crate) test_photos: PathBuf,
    pub(crate) methods: Vec<String>,
    pub(crate) epochs: usize,
    pub(crate) epoch_len: usize,
    pub(crate) batch: usize,
    pub(crate) lr: f64,
    pub(crate) seeds: std::ops::Range<u64>,
    pub(crate) out: PathBuf,
    pub(crate) without_batch_norm: bool,
    pub(crate) sheet: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn parse() -> Self {
        let matches = command!("mnist_m")
            .about("Domain adaptation from MNIST to MNIST-M: all methods at equal budgets, over seeds")
            .arg(arg!(--mnist <FOLDER> "MNIST's IDX files").value_parser(value_parser!(PathBuf)))
            .arg(arg!(--photos <FOLDER> "Photographs for the pictures to learn from, at any depth").value_parser(value_parser!(PathBuf)))
            .arg(arg!(--"test-photos" <FOLDER> "Others for the pictures to be judged by").value_parser(value_parser!(PathBuf)))
            .arg(arg!(--methods <NAMES> "What to compare, with commas between them; the baselines come by themselves").default_values(METHODS).value_delimiter(','))
            .arg(
                arg!(--epochs <N> "Epochs; 4 of the default length are one pass over MNIST")
                    .default_value("4")
                    .value_parser(value_parser!(usize)),
            )
            .arg(
                arg!(--"epoch-len" <N> "The digits of an epoch")
                    .default_value("15000")
                    .value_parser(value_parser!(usize)),
            )
            .arg(arg!(--batch <N> "Pictures of each domain in a step").default_value("64").value_parser(value_parser!(usize)))
            .arg(arg!(--lr <RATE> "The highest learning rate").default_value("0.003").value_parser(value_parser!(f64)))
            .arg(arg!(--seeds <N> "How many seeds").default_value("3").value_parser(value_parser!(u64)))
            .arg(arg!(--"first-seed" <N> "The first of them").default_value("0").value_parser(value_parser!(u64)))
            .arg(arg!(--out <FILE> "The results, row by row; those that are there are not computed again").default_value("mnist_m.csv").value_parser(value_parser!(PathBuf)))
            .arg(arg!(--sheet <FILE> "A sheet of pictures of both domains").required(false).value_parser(value_parser!(PathBuf)))
            .arg(arg!(--"without-batch-norm" "A net as DANN's paper has it; name another --out"))
            .get_matches();
        let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
        let number = |name: &str| matches.get_one::<usize>(name).copied().unwrap_or_default();
        let seed = |name: &str| matches.get_one::<u64>(name).copied().unwrap_or_default();
        let (first, seeds) = (seed("first-seed"), seed("seeds"));
        Self {
            mnist: path("mnist").unwrap_or_default(),
            photos: path("photos").unwrap_or_default(),
            test_photos: path("test-photos").unwrap_or_default(),
            methods: matches
                .get_many::<String>("methods")
                .unwrap_or_default()
                .cloned()
                .collect(),
            epochs: number("epochs"),
            epoch_len: number("epoch-len"),
            batch: number("batch"),
            lr: matches.get_one::<f64>("lr").copied().unwrap_or_default(),
            seeds: first..first + seeds,
            out: path("out").unwrap_or_default(),
            without_batch_norm: matches.get_flag("without-batch-norm"),
            sheet: path("sheet"),
        }
    }
}
