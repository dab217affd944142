//! Transfer learning on the command line: a folder of pictures, pretrained weights, and a strategy or several.
//!
//! ```sh
//! cargo run --release -p transfer --example finetune -- --data hymenoptera --arch resnet20_cifar \
//!     --weights resnet20-12fca82f.th --strategy scratch,probe,full --epochs 10 --seeds 3 --out out
//! ```
//!
//! Every strategy gets the same pictures, the same number of epochs, the same seeds, and one cycle of the learning rate
//! in each of its phases; of each run the last epoch counts, whatever the validation said on the way. A probe sees the
//! pictures as they are, all others see them changed at random. The folder that `--out` names then has `results.csv`, the
//! history of every run, charts, and of each strategy the model of the first seed.

mod arguments;
mod report;
mod strategy;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use arguments::Arguments;
use report::Run;
use strategy::{Loaders, Strategy};
use transfer::data::{
    Amount, DataLoader, Dataset, IMAGENET_MEAN, IMAGENET_STD, ImageFolder, Layout, Splits, Subset,
    Transform, stratified,
};
use transfer::hub::{self, Located, Weights};
use transfer::models::{self, Backbone, WeightFiles};
use transfer::prelude::{Device, LoadOptions};
use transfer::train::{CrossEntropy, OneCycle, Precision, Schedule, TrainConfig, evaluate};

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let device = transfer::device(&arguments.device)?;
    let needs_weights = arguments
        .strategies
        .iter()
        .any(|strategy| strategy.is_pretrained());
    let weights = match &arguments.weights {
        Some(given) => Some(hub::locate(given)?),
        None if needs_weights => {
            return Err("--weights is needed by every strategy but scratch and random".into());
        }
        None => None,
    };
    let splits = open(arguments)?;
    for report in &splits.reports {
        println!("{report}");
    }
    std::fs::create_dir_all(&arguments.out)?;
    let mut runs: Vec<Run> = Vec::new();
    for &strategy in &arguments.strategies {
        for seed in 0..arguments.seeds {
            println!("\n{strategy}, seed {seed}");
            let run = train(arguments, &splits, strategy, weights.as_ref(), seed, device)?;
            println!(
                "{strategy}, seed {seed}: {:.2} % of {} right",
                100.0 * run.accuracy,
                run.judged
            );
            if let Some(left_out) = run.left_out() {
                println!("{left_out}");
            }
            runs.push(run);
            // After every run, so that an interruption loses one run and not all.
            report::write_table(&arguments.out, &runs)?;
        }
    }
    report::write_charts(&arguments.out, &runs)?;
    println!("\n{}\nwritten to {:?}", report::table(&runs), arguments.out);
    Ok(())
}

/// The pictures to learn from and those to be judged by.
fn open(arguments: &Arguments) -> Result<Splits, Failure> {
    let Some(val) = &arguments.val else {
        return Ok(ImageFolder::open_splits(
            &arguments.data,
            arguments.test_share,
            0,
        )?);
    };
    let (train, test) = (ImageFolder::open(&arguments.data)?, ImageFolder::open(val)?);
    if train.classes() != test.classes() {
        let (ours, theirs) = (train.classes(), test.classes());
        return Err(format!(
            "{:?} has the classes {ours:?}, and {val:?} has {theirs:?}",
            arguments.data
        )
        .into());
    }
    let reports = vec![train.report().clone(), test.report().clone()];
    Ok(Splits {
        train: Arc::new(train),
        test: Arc::new(test),
        reports,
    })
}

fn train(
    arguments: &Arguments,
    splits: &Splits,
    strategy: Strategy,
    weights: Option<&Located>,
    seed: u64,
    device: Device,
) -> Result<Run, Failure> {
    let pictures: Arc<dyn Dataset> = match arguments.per_class {
        Some(count) => {
            let split = stratified(&splits.train.labels(), Amount::PerClass(count), seed)?;
            Arc::new(Subset::new(splits.train.clone(), split.chosen))
        }
        None => splits.train.clone(),
    };
    let net = net(
        arguments,
        strategy,
        weights,
        splits.train.classes().len() as i64,
        seed,
        device,
    )?;
    let (judged, augmented) = transforms(arguments, weights);
    // A frozen trunk's features are computed once, which random pictures would not allow.
    let learned = if strategy.is_frozen() {
        judged.clone()
    } else {
        augmented
    };
    let test = DataLoader::new(splits.test.clone(), judged, arguments.batch_size);
    let config = TrainConfig::new()
        .lr(arguments.lr)
        .schedule(Schedule::OneCycle(OneCycle::FASTAI))
        .label_smoothing(0.1)
        .precision(arguments.precision)
        .seed(seed);
    // Convolutions in bfloat16 are fastest with the channels of a pixel side by side.
    let layout = match arguments.precision {
        Precision::Full => Layout::default(),
        Precision::Bfloat16 => Layout::ChannelsLast,
    };
    let train = DataLoader::new(pictures.clone(), learned, arguments.batch_size)
        .shuffled(seed)
        .layout(layout);
    let loaders = Loaders {
        train,
        test: arguments.judge_epochs.then(|| test.clone()),
    };
    let start = Instant::now();
    let (net, history) = strategy.train(net, loaders, config, (arguments.epochs, arguments.lr))?;
    let seconds = start.elapsed().as_secs_f64();
    let evaluation = evaluate(&*net, &test, &CrossEntropy::default())?;
    let name = format!("{strategy}-seed{seed}");
    if !history.epochs.is_empty() {
        let file = arguments.out.join(format!("{name}-history.csv"));
        std::fs::write(file, history.epochs_to_csv())?;
    }
    if seed == 0 {
        net.save(arguments.out.join(format!("{strategy}.safetensors")))?;
        std::fs::write(
            arguments.out.join("classes.txt"),
            splits.train.classes().join("\n") + "\n",
        )?;
    }
    Ok(Run {
        strategy,
        seed,
        accuracy: evaluation.accuracy,
        judged: evaluation.predictions.indices.len(),
        unreadable: evaluation.predictions.skipped.len(),
        seconds,
        pictures: match strategy.is_frozen() {
            true => pictures.len() - history.skipped,
            false => history.epochs.iter().map(|epoch| epoch.pictures).sum(),
        },
        parameters: net.parameter_counts(),
        history,
    })
}

/// How pictures are judged and how they are learned from: the same for every strategy, as the weights want it.
fn transforms(arguments: &Arguments, weights: Option<&Located>) -> (Transform, Transform) {
    let size = arguments.size;
    if arguments.arch.ends_with("_cifar") {
        let judged = Transform::square(size);
        let augmented = judged.clone().random_crop(size, 4);
        return (judged, augmented.random_horizontal_flip(0.5));
    }
    let entry = weights.and_then(|located| located.entry);
    let (judged, mean, std) = match entry.map(|entry| (entry, entry.preprocessing)) {
        Some((entry, known)) => (entry.transform_at(size), known.mean, known.std),
        None => (Transform::imagenet(size), IMAGENET_MEAN, IMAGENET_STD),
    };
    let scale = [arguments.min_scale, 1.0];
    let augmented = Transform::new()
        .random_resized_crop_with(size, scale, [3.0 / 4.0, 4.0 / 3.0])
        .random_horizontal_flip(0.5)
        .normalize(mean, std);
    (judged, augmented)
}

fn net(
    arguments: &Arguments,
    strategy: Strategy,
    weights: Option<&Located>,
    classes: i64,
    seed: u64,
    device: Device,
) -> Result<Box<dyn Backbone>, Failure> {
    let Some(weights) = weights.filter(|_| strategy.is_pretrained()) else {
        return Ok(models::build(&arguments.arch, classes, device, seed)?);
    };
    let mut net = models::build_undrawn(&arguments.arch, 1, device)?;
    let report = net.load(&weights.path, &LoadOptions::new().without(net.head_name()))?;
    if seed == 0 {
        println!("{}{report}", weights.path.display());
    }
    transfer::set_seed(seed);
    net.replace_head(classes);
    Ok(net)
}
