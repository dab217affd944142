//! What the command line says.

use std::path::PathBuf;

use clap::{ArgMatches, arg, command, value_parser};
use transfer::models::ARCHITECTURES;
use transfer::train::Strategy;

use crate::Failure;

/// A net, its weights, and the side of its pictures.
#[derive(Debug, Clone)]
pub(crate) struct Pretrained {
    pub(crate) arch: String,
    pub(crate) weights: String,
    pub(crate) size: u32,
}

/// Those of lesson 8 whose weights can be had by name; its VGG-11 needs `--arch` and `--weights`.
const BACKBONES: [(&str, &str); 2] = [
    ("resnet18", "ResNet18_Weights.DRAWN_V1"),
    ("resnet20_cifar", "CifarResNet_Weights.ResNet20"),
];

/// Which runs, of what, and where their rows go.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) data: Option<PathBuf>,
    pub(crate) elsewhere: Option<PathBuf>,
    pub(crate) backbones: Vec<Pretrained>,
    pub(crate) strategies: Vec<Strategy>,
    pub(crate) shares: Vec<f64>,
    pub(crate) seeds: u64,
    pub(crate) first_seed: u64,
    pub(crate) steps: usize,
    pub(crate) looks: usize,
    pub(crate) batch: usize,
    pub(crate) lr: f64,
    pub(crate) rank: i64,
    pub(crate) drawn: u64,
    pub(crate) device: String,
    pub(crate) out: PathBuf,
}

impl Arguments {
    pub(crate) fn parse() -> Result<Self, Failure> {
        let path = || value_parser!(PathBuf);
        let size = || value_parser!(usize);
        let names = "scratch,probe,lpft,all,gradual,l2sp,bss,lora,distillation";
        let given = command!()
            .name("study")
            .about("Strategies of transfer learning x shares of the labels x seeds, a row of a table each; what is in the table is not run again")
            .args([
                arg!(--data <FOLDER> "A folder per class, or train/ and val/ with such folders [default: leaves are drawn]")
                    .required(false).value_parser(path()),
                arg!(--elsewhere <FOLDER> "Pictures of the same classes that look different, to judge by").required(false).value_parser(path()),
                arg!(--arch <NAME> "The net [default: one after the other, ResNet-18 and ResNet-20 of lesson 8]").required(false)
                    .value_parser(ARCHITECTURES),
                arg!(--weights <FILE> "A weights file, or a name such as VGG11_Weights.IMAGENET1K_V1 [default: lesson 8's]")
                    .required(false),
                arg!(--size <PIXELS> "The side of the pictures [default: 64, for CIFAR nets 32]").required(false)
                    .value_parser(value_parser!(u32).range(32..=1024)),
                arg!(--strategies <NAMES> "With commas between them").default_value(names).value_delimiter(','),
                arg!(--shares <SHARES> "Of the labelled pictures of each class, with commas between them")
                    .default_value("0.15,0.3,0.5,1").value_delimiter(',').value_parser(value_parser!(f64)),
                arg!(--seeds <N> "How many seeds").default_value("3").value_parser(value_parser!(u64).range(1..)),
                arg!(--"first-seed" <N> "The first of them").default_value("0").value_parser(value_parser!(u64)),
                arg!(--steps <N> "Steps of a training with all labels; with fewer, the more often each is seen")
                    .default_value("192").value_parser(size()),
                arg!(--looks <N> "How often a training is watched").default_value("8").value_parser(size()),
                arg!(--batch <N> "Pictures in a step").default_value("16").value_parser(size()),
                arg!(--lr <RATE> "The highest rate, from which strategies derive theirs").default_value("0.0005")
                    .value_parser(value_parser!(f64)),
                arg!(--rank <N> "LoRA's rank").default_value("8").value_parser(value_parser!(i64)),
                arg!(--drawn <SEED> "Where the pictures are drawn or split from").default_value("0").value_parser(value_parser!(u64)),
                arg!(--device <NAME> "auto, cpu, cuda or cuda:N").default_value("auto"),
                arg!(--out <FILE> "The table, of comma-separated values").required(true).value_parser(path()),
            ])
            .get_matches();
        Self::of(given)
    }

    fn of(mut given: ArgMatches) -> Result<Self, Failure> {
        let named = "it is required or has a default";
        let arch: Option<String> = given.remove_one("arch");
        let weights: Option<String> = given.remove_one("weights");
        let size: Option<u32> = given.remove_one("size");
        let strategies = given.remove_many::<String>("strategies").expect(named);
        let strategies: transfer::Result<_> = strategies.map(|name| name.parse()).collect();
        Ok(Self {
            data: given.remove_one("data"),
            elsewhere: given.remove_one("elsewhere"),
            backbones: backbones(arch.as_deref(), weights.as_deref(), size)?,
            strategies: strategies?,
            shares: given.remove_many("shares").expect(named).collect(),
            seeds: given.remove_one("seeds").expect(named),
            first_seed: given.remove_one("first-seed").expect(named),
            steps: given.remove_one("steps").expect(named),
            looks: given.remove_one("looks").expect(named),
            batch: given.remove_one("batch").expect(named),
            lr: given.remove_one("lr").expect(named),
            rank: given.remove_one("rank").expect(named),
            drawn: given.remove_one("drawn").expect(named),
            device: given.remove_one("device").expect(named),
            out: given.remove_one("out").expect(named),
        })
    }
}

fn backbones(
    arch: Option<&str>,
    weights: Option<&str>,
    size: Option<u32>,
) -> Result<Vec<Pretrained>, Failure> {
    let of = |arch: &str, weights: &str| {
        let own = if arch.ends_with("_cifar") { 32 } else { 64 };
        Pretrained {
            arch: arch.to_owned(),
            weights: weights.to_owned(),
            size: size.unwrap_or(own),
        }
    };
    let known = || BACKBONES.into_iter();
    match (arch, weights) {
        (None, None) => Ok(known().map(|(arch, weights)| of(arch, weights)).collect()),
        (Some(arch), Some(weights)) => Ok(vec![of(arch, weights)]),
        (None, Some(weights)) => Err(format!("--weights {weights} needs --arch beside it").into()),
        (Some(arch), None) => match known().find(|(known, _)| *known == arch) {
            Some((arch, weights)) => Ok(vec![of(arch, weights)]),
            None => Err(format!("--arch {arch} needs --weights beside it").into()),
        },
    }
}
