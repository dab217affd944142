//! What the command line says.

use std::ops::Range;
use std::path::PathBuf;

use clap::{ArgMatches, arg, command, value_parser};
use transfer::text::TextOptions;
use transfer::train::TextBudget;

/// What is trained on what, and how.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) train: PathBuf,
    pub(crate) dev: PathBuf,
    pub(crate) test: Option<PathBuf>,
    pub(crate) methods: Vec<String>,
    pub(crate) shots: Option<usize>,
    pub(crate) seeds: Range<u64>,
    pub(crate) encoder: String,
    pub(crate) lr: Option<f64>,
    pub(crate) budget: TextBudget,
    pub(crate) max_length: Option<usize>,
    pub(crate) device: String,
    pub(crate) save: Option<PathBuf>,
    text: Option<String>,
    label: Option<String>,
    header: bool,
    quotes: bool,
}

impl Arguments {
    pub(crate) fn parse() -> Self {
        let path = || value_parser!(PathBuf);
        let size = || value_parser!(usize);
        let matches = command!("classify_text")
            .about("Trains a classifier of texts by several methods, and judges it, over seeds")
            .arg(arg!(--train <FILE> "Texts and labels to learn from (CSV, TSV, JSON lines)").value_parser(path()))
            .arg(arg!(--dev <FILE> "Texts and labels to be judged by").value_parser(path()))
            .arg(arg!(--test <FILE> "Others to be judged by").required(false).value_parser(path()))
            .arg(
                arg!(--method <NAMES> "bow, scratch, knn, probe, setfit, lora, top, full; with commas between them")
                    .default_value("probe")
                    .value_delimiter(','),
            )
            .arg(arg!(--shots <K> "So many labels of each class, drawn anew with every seed [default: all]").required(false).value_parser(size()))
            .arg(arg!(--seeds <N> "How many seeds").default_value("3").value_parser(value_parser!(u64).range(1..)))
            .arg(arg!(--"first-seed" <N> "The first of them").default_value("0").value_parser(value_parser!(u64)))
            .arg(arg!(--encoder <NAME> "A Hugging Face folder, or a name").default_value("all-MiniLM-L6-v2"))
            .arg(arg!(--epochs <N> "Passes over the texts; more where they are few, for --steps").default_value("3").value_parser(size()))
            .arg(arg!(--lr <RATE> "The highest rate of the encoder [default: by method]").required(false).value_parser(value_parser!(f64)))
            .arg(arg!(--batch <N> "Texts in a step").default_value("16").value_parser(size()))
            .arg(arg!(--rank <N> "LoRA's rank").default_value("4").value_parser(value_parser!(i64)))
            .arg(arg!(--steps <N> "Steps of a training at least").default_value("60").value_parser(size()))
            .arg(arg!(--"setfit-steps" <N> "SetFit's steps").default_value("20").value_parser(size()))
            .arg(arg!(--"max-length" <N> "Tokens after which a text is cut off [default: the encoder's]").required(false).value_parser(size()))
            .arg(arg!(--text <COLUMN> "The column of the texts [default: found by its name]").required(false))
            .arg(arg!(--label <COLUMN> "The column of the labels [default: found by its name]").required(false))
            .arg(arg!(--"no-header" "The first line is a row: text, label"))
            .arg(arg!(--"no-quotes" "A quote is a letter like any other"))
            .arg(arg!(--device <NAME> "auto, cpu, cuda or cuda:N").default_value("auto"))
            .arg(arg!(--save <FOLDER> "Where nets go, for TextClassifier::open and Hugging Face's libraries").required(false).value_parser(path()))
            .get_matches();
        Self::of(&matches)
    }

    fn of(matches: &ArgMatches) -> Self {
        let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
        let number = |name: &str| matches.get_one::<usize>(name).copied();
        let seed = |name: &str| matches.get_one::<u64>(name).copied().unwrap_or_default();
        let word = |name: &str| matches.get_one::<String>(name).cloned();
        let (first, seeds) = (seed("first-seed"), seed("seeds"));
        Self {
            train: path("train").unwrap_or_default(),
            dev: path("dev").unwrap_or_default(),
            test: path("test"),
            methods: matches
                .get_many::<String>("method")
                .unwrap_or_default()
                .cloned()
                .collect(),
            shots: number("shots"),
            seeds: first..first + seeds,
            encoder: word("encoder").unwrap_or_default(),
            lr: matches.get_one::<f64>("lr").copied(),
            budget: TextBudget {
                batch: number("batch").unwrap_or_default(),
                epochs: number("epochs").unwrap_or_default(),
                steps: number("steps").unwrap_or_default(),
                setfit_steps: number("setfit-steps").unwrap_or_default(),
                rank: matches.get_one::<i64>("rank").copied().unwrap_or_default(),
            },
            max_length: number("max-length"),
            device: word("device").unwrap_or_default(),
            save: path("save"),
            text: word("text"),
            label: word("label"),
            header: !matches.get_flag("no-header"),
            quotes: !matches.get_flag("no-quotes"),
        }
    }

    /// How the files are read.
    pub(crate) fn options(&self) -> TextOptions {
        let mut options = TextOptions::new();
        if let Some(name) = &self.text {
            options = options.text_column(name);
        }
        if let Some(name) = &self.label {
            options = options.label_column(name);
        }
        if !self.header {
            options = options.without_header();
        }
        if !self.quotes {
            options = options.without_quotes();
        }
        options
    }
}
