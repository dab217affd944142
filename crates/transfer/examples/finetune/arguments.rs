//! What the command line says.

use std::path::PathBuf;

use clap::{arg, command, value_parser};
use transfer::models::ARCHITECTURES;
use transfer::train::Precision;

use crate::strategy::Strategy;

pub(crate) struct Arguments {
    pub(crate) data: PathBuf,
    pub(crate) val: Option<PathBuf>,
    pub(crate) test_share: f64,
    pub(crate) arch: String,
    pub(crate) weights: Option<String>,
    pub(crate) strategies: Vec<Strategy>,
    pub(crate) epochs: usize,
    pub(crate) seeds: u64,
    pub(crate) per_class: Option<usize>,
    pub(crate) size: u32,
    pub(crate) judge_epochs: bool,
    pub(crate) min_scale: f32,
    pub(crate) lr: f64,
    pub(crate) batch_size: usize,
    pub(crate) precision: Precision,
    pub(crate) device: String,
    pub(crate) out: PathBuf,
}

impl Arguments {
    pub(crate) fn parse() -> Self {
        let path = || value_parser!(PathBuf);
        let count = || value_parser!(u64).range(1..);
        let names = Strategy::ALL.map(Strategy::name);
        let mut given = command!()
            .name("finetune")
            .about("Trains a net on a folder of pictures, by one strategy of transfer learning or several")
            .args([
                arg!(--data <FOLDER> "A folder per class, or train/ and val/ with such folders").required(true)
                    .value_parser(path()),
                arg!(--val <FOLDER> "The pictures to be judged by, if they are elsewhere").value_parser(path()),
                arg!(--"test-share" <SHARE> "What is set apart of each class where there is no val/")
                    .default_value("0.3").value_parser(value_parser!(f64)),
                arg!(--arch <NAME> "The net").default_value("resnet18").value_parser(ARCHITECTURES),
                arg!(--weights <FILE> "A weights file, or a name such as ResNet18_Weights.IMAGENET1K_V1"),
                arg!(--strategy <NAME> "One or several, with commas between them").default_value("full")
                    .value_delimiter(',').value_parser(names),
                arg!(--epochs <N> "Passes over the pictures").default_value("10").value_parser(count()),
                arg!(--seeds <N> "How many times each strategy is run").default_value("3").value_parser(count()),
                arg!(--"per-class" <K> "Learns from so many pictures of each class, drawn by the seed")
                    .value_parser(count()),
                arg!(--size <PIXELS> "The side of the pictures [default: 224, for CIFAR nets 32]")
                    .value_parser(value_parser!(u32).range(32..=1024)),
                arg!(--judge <WHEN> "The net is judged after every epoch, for its curve, or at the end only")
                    .default_value("epochs").value_parser(["epochs", "end"]),
                arg!(--"min-scale" <SHARE> "The least share of a picture's area that training sees, cut out at random")
                    .default_value("0.35").value_parser(value_parser!(f32)),
                arg!(--lr <RATE> "The head's highest learning rate").default_value("0.002")
                    .value_parser(value_parser!(f64)),
                arg!(--"batch-size" <N> "Pictures in a step").default_value("32")
                    .value_parser(value_parser!(u64).range(2..)),
                arg!(--precision <KIND> "Of training: full, or bfloat16, faster where the processor has it")
                    .default_value("full").value_parser(["full", "bfloat16"]),
                arg!(--device <NAME> "auto, cpu, cuda or cuda:N").default_value("auto"),
                arg!(--out <FOLDER> "Where results go").required(true).value_parser(path()),
            ])
            .get_matches();
        let named = "it is required or has a default";
        let arch: String = given.remove_one("arch").expect(named);
        let size = if arch.ends_with("_cifar") { 32 } else { 224 };
        let chosen: Vec<String> = given.remove_many("strategy").expect(named).collect();
        let mut number = |name: &str| given.remove_one::<u64>(name);
        Self {
            epochs: number("epochs").expect(named) as usize,
            seeds: number("seeds").expect(named),
            per_class: number("per-class").map(|count| count as usize),
            batch_size: number("batch-size").expect(named) as usize,
            data: given.remove_one("data").expect(named),
            val: given.remove_one("val"),
            test_share: given.remove_one("test-share").expect(named),
            weights: given.remove_one("weights"),
            strategies: Strategy::ALL
                .into_iter()
                .filter(|strategy| chosen.iter().any(|name| name == strategy.name()))
                .collect(),
            size: given.remove_one("size").unwrap_or(size),
            judge_epochs: given.remove_one::<String>("judge").expect(named) == "epochs",
            min_scale: given.remove_one("min-scale").expect(named),
            precision: given
                .remove_one::<String>("precision")
                .expect(named)
                .parse()
                .expect(named),
            lr: given.remove_one("lr").expect(named),
            device: given.remove_one("device").expect(named),
            out: given.remove_one("out").expect(named),
            arch,
        }
    }
}
