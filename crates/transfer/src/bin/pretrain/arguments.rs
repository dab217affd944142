//! What the command line says. A binary of the library has the library's dependencies: no parser is among them.

use std::path::PathBuf;
use std::str::FromStr;

use transfer::Error;
use transfer::train::{OptimizerConfig, Precision};

use crate::recipe::Recipe;

pub(crate) const USAGE: &str = "\
Makes the backbone that the crate ships, or another one in the same way

Usage: pretrain [OPTIONS] --out <FILE>

Options:
      --out <FILE>            The weights, as safetensors
      --arch <NAME>           The net: resnet18, vgg11_bn_pooled, … [default: resnet18]
      --recipe <NAME>         leaves, mixture or views [default: views]
      --pictures <N>          How many pictures are learned from [default: 360000]
      --size <PIXELS>         Their side [default: 64]
      --first-size <PIXELS>   Of the first seven eighths of them [default: 48]
      --batch-size <N>        Pictures in a step [default: 128]
      --optimizer <NAME>      sgd or adamw [default: adamw]
      --lr <RATE>             The highest learning rate [default: 0.0015]
      --seed <N>              Where all randomness starts [default: 0]
      --precision <KIND>      full or bfloat16, which is faster where the processor computes with it [default: full]
      --device <NAME>         auto, cpu, cuda or cuda:N [default: auto]
      --checkpoints <FOLDER>  Where the state is kept every two minutes, and gone on from
  -h, --help                  Print help";

/// The command line.
#[derive(Debug, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) out: PathBuf,
    pub(crate) arch: String,
    pub(crate) recipe: Recipe,
    pub(crate) pictures: usize,
    pub(crate) size: u32,
    pub(crate) first_size: u32,
    pub(crate) batch_size: usize,
    pub(crate) optimizer: OptimizerConfig,
    pub(crate) lr: f64,
    pub(crate) seed: u64,
    pub(crate) precision: Precision,
    pub(crate) device: String,
    pub(crate) checkpoints: Option<PathBuf>,
}

impl Arguments {
    /// None where help is asked for.
    pub(crate) fn parse(given: impl IntoIterator<Item = String>) -> Result<Option<Self>, String> {
        let mut found = Self {
            out: PathBuf::new(),
            arch: "resnet18".to_owned(),
            recipe: Recipe::Views,
            pictures: 360_000,
            size: 64,
            first_size: 48,
            batch_size: 128,
            optimizer: adamw(),
            lr: 0.0015,
            seed: 0,
            precision: Precision::Full,
            device: "auto".to_owned(),
            checkpoints: None,
        };
        let mut given = given.into_iter();
        while let Some(option) = given.next() {
            if option == "-h" || option == "--help" {
                return Ok(None);
            }
            let mut value = || given.next().ok_or(format!("{option} needs a value"));
            match option.as_str() {
                "--out" => found.out = value()?.into(),
                "--arch" => found.arch = value()?,
                "--pictures" => found.pictures = number(&option, &value()?, 2)?,
                "--recipe" => found.recipe = value()?.parse()?,
                "--size" => found.size = number(&option, &value()?, 32)?,
                "--first-size" => found.first_size = number(&option, &value()?, 32)?,
                "--batch-size" => found.batch_size = number(&option, &value()?, 2)?,
                "--optimizer" => found.optimizer = optimizer(&value()?)?,
                "--lr" => found.lr = number(&option, &value()?, f64::MIN_POSITIVE)?,
                "--seed" => found.seed = number(&option, &value()?, 0)?,
                "--precision" => {
                    found.precision = value()?.parse().map_err(|e: Error| e.to_string())?
                }
                "--device" => found.device = value()?,
                "--checkpoints" => found.checkpoints = Some(value()?.into()),
                _ => return Err(format!("there is no option {option:?}")),
            }
        }
        if found.out.as_os_str().is_empty() {
            return Err("--out is missing".to_owned());
        }
        if found.recipe.has_views() && (!found.batch_size.is_multiple_of(4) || found.batch_size < 8)
        {
            let step = found.batch_size;
            return Err(format!(
                "--batch-size is {step}, and views need 8 or another multiple of 4: two pairs or more, none of them parted"
            ));
        }
        if found.pictures < found.batch_size {
            let (pictures, step) = (found.pictures, found.batch_size);
            return Err(format!(
                "{pictures} pictures do not make one step of {step}"
            ));
        }
        Ok(Some(found))
    }
}

fn adamw() -> OptimizerConfig {
    OptimizerConfig::adamw().weight_decay(0.05)
}

fn optimizer(name: &str) -> Result<OptimizerConfig, String> {
    match name {
        "sgd" => Ok(OptimizerConfig::sgd(0.9).weight_decay(1e-4)),
        "adamw" => Ok(adamw()),
        _ => Err(format!("there is no optimizer {name:?}, but sgd and adamw")),
    }
}

fn number<T: FromStr + PartialOrd + std::fmt::Display>(
    option: &str,
    value: &str,
    least: T,
) -> Result<T, String> {
    match value.parse() {
        Ok(number) if number >= least => Ok(number),
        _ => Err(format!(
            "{option} is {value:?}, not a number from {least} on"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Arguments>, String> {
        Arguments::parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn options_are_read_and_mistakes_named() {
        let found = parse("--out a --pictures 300 --precision bfloat16 --lr 0.05").unwrap();
        let found = found.unwrap();
        assert_eq!((found.pictures, found.lr), (300, 0.05));
        assert_eq!((found.size, found.first_size), (64, 48));
        assert_eq!(found.arch, "resnet18");
        assert_eq!(found.precision, Precision::Bfloat16);
        let other = parse("--out a --arch vgg11_bn_pooled").unwrap().unwrap();
        assert_eq!(other.arch, "vgg11_bn_pooled");
        assert_eq!(parse("--out a --help"), Ok(None));
        for (line, part) in [
            ("", "--out is missing"),
            ("--out", "needs a value"),
            ("--out a --size 8", "not a number from 32"),
            ("--out a --lr nan", "\"nan\""),
            ("--out a --recipe cake", "there is no recipe \"cake\""),
            ("--out a --precision half", "by the name \"half\""),
            ("--out a --batch-size 4", "none of them parted"),
            ("--out a --pictures 64", "do not make one step"),
            ("--outt a", "no option \"--outt\""),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
