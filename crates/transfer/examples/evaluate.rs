//! Judges a net on a folder of pictures: how many it gets right, and how fast.
//!
//! ```sh
//! cargo run --release -p transfer --example evaluate -- \
//!     --arch resnet20_cifar --weights resnet20-12fca82f.th --data cifar10/test
//! ```
//!
//! `--weights` is a file (safetensors or one of torch.save's formats, told by content) or a name such as
//! `ResNet50_Weights.IMAGENET1K_V2`, which is fetched once and brings its architecture and transform along.
//! `--data` is a folder with a folder per class. A class's number is its place among the sorted names, so there
//! have to be as many folders as the net has outputs, sorted as the net's classes are.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::{arg, command, value_parser};
use transfer::data::{DataLoader, Dataset, IMAGENET_MEAN, IMAGENET_STD, ImageFolder, Transform};
use transfer::hub::{self, Weights, WeightsEntry};
use transfer::models::{self, Backbone, WeightFiles};
use transfer::prelude::{Device, Kind, LoadOptions, tch::no_grad};

/// What the command line says.
struct Arguments {
    arch: Option<String>,
    weights: String,
    data: PathBuf,
    entry: Option<String>,
    prefix: Option<String>,
    size: Option<u32>,
    resize: Option<u32>,
    mean: Option<Vec<f32>>,
    std: Option<Vec<f32>>,
    batch_size: usize,
    device: String,
}

impl Arguments {
    fn parse() -> Self {
        let number = || value_parser!(u32).range(1..);
        let mut given = command!()
            .name("evaluate")
            .about("Judges a net on a folder of pictures: how many it gets right, and how fast")
            .args([
                arg!(--arch <NAME> "The net, by torchvision's name (resnet50, vgg16_bn, …) or resnet20_cifar …"),
                arg!(--weights <FILE> "A weights file, or a name such as ResNet50_Weights.IMAGENET1K_V2").required(true),
                arg!(--data <FOLDER> "A folder with a folder of pictures per class").required(true)
                    .value_parser(value_parser!(PathBuf)),
                arg!(--entry <NAME> "The state dict to take, where a file holds several"),
                arg!(--prefix <TEXT> "What names in the file have before the net's; found out if not given"),
                arg!(--size <PIXELS> "The side of the central square; without it, CIFAR nets see the whole picture")
                    .value_parser(number()),
                arg!(--resize <PIXELS> "The shorter side before the cut [default: size x 256 / 224, for CIFAR nets size]")
                    .value_parser(number()).requires("size"),
                arg!(--mean <RGB> "The mean of each colour in [0, 1] [default: ImageNet's]").num_args(3)
                    .value_parser(value_parser!(f32)),
                arg!(--std <RGB> "Their standard deviation [default: ImageNet's]").num_args(3)
                    .value_parser(value_parser!(f32)),
                arg!(--"batch-size" <N> "How many pictures go through the net at once").default_value("64")
                    .value_parser(value_parser!(u64).range(1..)),
                arg!(--device <NAME> "auto, cpu, cuda or cuda:N").default_value("auto"),
            ])
            .get_matches();
        let three = |values: clap::parser::Values<f32>| values.collect();
        Self {
            arch: given.remove_one("arch"),
            weights: given.remove_one("weights").expect("it is required"),
            data: given.remove_one("data").expect("it is required"),
            entry: given.remove_one("entry"),
            prefix: given.remove_one("prefix"),
            size: given.remove_one("size"),
            resize: given.remove_one("resize"),
            mean: given.remove_many("mean").map(three),
            std: given.remove_many("std").map(three),
            batch_size: given
                .remove_one::<u64>("batch-size")
                .expect("it has a default") as usize,
            device: given.remove_one("device").expect("it has a default"),
        }
    }
}

type Failure = Box<dyn std::error::Error>;

fn main() -> std::process::ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        // As text: the debug form of an error shows its fields and not what to do.
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let hub::Located { path: file, entry } = hub::locate(&arguments.weights)?;
    let arch = match (&arguments.arch, entry) {
        (Some(arch), _) => arch,
        (None, Some(entry)) => entry.arch,
        (None, None) => return Err("--arch is needed with a file of weights".into()),
    };
    let pictures = ImageFolder::open(&arguments.data)?;
    println!("{}", pictures.report());
    let device = transfer::device(&arguments.device)?;
    let mut net = models::build_undrawn(arch, pictures.classes().len() as i64, device)?;
    let mut options = LoadOptions::new();
    if let Some(entry) = &arguments.entry {
        options = options.entry(entry);
    }
    if let Some(prefix) = &arguments.prefix {
        options = options.prefix(prefix);
    }
    let start = Instant::now();
    let report = net.load(&file, &options)?;
    println!(
        "{arch} with {file:?}, loaded in {:.2} s:{report}",
        start.elapsed().as_secs_f64()
    );
    let loader = DataLoader::new(
        Arc::new(pictures),
        transform(arguments, arch, entry),
        arguments.batch_size,
    );
    let score = judge(&*net, &loader, device)?;
    println!("{score}");
    Ok(())
}

fn transform(arguments: &Arguments, arch: &str, entry: Option<&WeightsEntry>) -> Transform {
    let cifar = arch.ends_with("_cifar");
    let shaped = match (arguments.size, entry) {
        (Some(size), _) => {
            let resize = if cifar {
                size
            } else {
                (size * 256 + 112) / 224
            };
            Transform::new()
                .resize(arguments.resize.unwrap_or(resize))
                .center_crop(size)
        }
        (None, Some(entry)) => entry.transform(),
        (None, None) if cifar => Transform::new(),
        (None, None) => Transform::imagenet(224),
    };
    let three = |given: &Option<Vec<f32>>, default: [f32; 3]| match given.as_deref() {
        Some(&[r, g, b]) => [r, g, b],
        _ => default,
    };
    let (mean, std) = entry.map_or((IMAGENET_MEAN, IMAGENET_STD), |entry| {
        (entry.preprocessing.mean, entry.preprocessing.std)
    });
    shaped.normalize(three(&arguments.mean, mean), three(&arguments.std, std))
}

/// What was right, of how many, how fast.
struct Score {
    seen: usize,
    correct: usize,
    /// The true class among the five likeliest, where there are more than five.
    correct5: Option<usize>,
    unreadable: Vec<String>,
    seconds: f64,
}

fn judge(net: &dyn Backbone, loader: &DataLoader, device: Device) -> Result<Score, Failure> {
    let (all, classes) = (loader.dataset().len(), loader.dataset().classes().len());
    let mut score = Score {
        seen: 0,
        correct: 0,
        correct5: (classes > 5).then_some(0),
        unreadable: Vec::new(),
        seconds: 0.0,
    };
    let start = Instant::now();
    for batch in loader.batches(0) {
        let batch = batch?;
        score
            .unreadable
            .extend(batch.skipped.iter().map(ToString::to_string));
        if batch.indices.is_empty() {
            continue;
        }
        let logits = no_grad(|| net.forward_t(&batch.xs.to_device(device), false));
        let likeliest = logits.topk(classes.min(5) as i64, -1, true, true).1;
        let right = likeliest.eq_tensor(&batch.labels.to_device(device).unsqueeze(1));
        let count = |columns: i64| {
            right
                .narrow(1, 0, columns)
                .sum(Kind::Int64)
                .int64_value(&[]) as usize
        };
        score.seen += batch.indices.len();
        score.correct += count(1);
        if let Some(correct5) = &mut score.correct5 {
            *correct5 += count(5);
        }
        progress(score.seen, all, start.elapsed().as_secs_f64());
    }
    score.seconds = start.elapsed().as_secs_f64();
    Ok(score)
}

/// A line that is written over, for people who watch; nothing in a log.
fn progress(seen: usize, all: usize, seconds: f64) {
    let mut out = std::io::stderr();
    if out.is_terminal() {
        let left = seconds / seen as f64 * (all - seen) as f64;
        let _ = write!(out, "\r{seen} of {all} pictures, {left:.0} s left \x1b[K");
        if seen == all {
            let _ = writeln!(out);
        }
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = |count: usize| 100.0 * count as f64 / self.seen.max(1) as f64;
        writeln!(
            f,
            "correct {} of {} ({:.2} %)",
            self.correct,
            self.seen,
            share(self.correct)
        )?;
        if let Some(correct5) = self.correct5 {
            writeln!(
                f,
                "among the five likeliest {correct5} ({:.2} %)",
                share(correct5)
            )?;
        }
        if !self.unreadable.is_empty() {
            writeln!(
                f,
                "{} pictures could not be read and are not counted:",
                self.unreadable.len()
            )?;
            for line in &self.unreadable {
                writeln!(f, "  {line}")?;
            }
        }
        write!(
            f,
            "{:.1} images/s ({:.1} s)",
            self.seen as f64 / self.seconds,
            self.seconds
        )
    }
}
