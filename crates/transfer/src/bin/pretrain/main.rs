//! Makes the backbone that the crate ships: a ResNet-18 that has seen nothing but pictures that this crate draws. Or another net
//! in the same way.
//!
//! ```sh
//! cargo run --release -p transfer --bin pretrain -- --out resnet18.safetensors
//! cargo run --release -p transfer --bin pretrain -- --out vgg11.safetensors --arch vgg11_bn_pooled --precision bfloat16
//! ```
//!
//! By the recipe that the shipped weights were made with, half of the pictures are leaves of drawn species, half are
//! views of pictures from formulas; the net answers the questions that each picture comes with, and finds the two views
//! that belong together. No leaf is seen twice. What is written is the net without its head, in 16 bits.

mod answers;
mod arguments;
mod pictures;
mod recipe;

use std::process::ExitCode;
use std::sync::Arc;

use arguments::Arguments;
use pictures::{Pictures, Sizes};
use transfer::checkpoint::{self, StateDict};
use transfer::data::{DataLoader, IMAGENET_MEAN, IMAGENET_STD, Layout, Transform};
use transfer::models::{self, Backbone};
use transfer::prelude::{Kind, tch};
use transfer::train::{Every, Learner, Precision, Schedule, Span, State, TrainConfig};

type Failure = Box<dyn std::error::Error>;

/// Steps between two lines of progress.
const TOLD_EVERY: usize = 50;
/// The share of the steps in which the learning rate rises.
const WARM_UP: f64 = 0.05;
/// Pictures that no training sees, for what the net has learned in the end.
const JUDGED: usize = 4000;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{}", arguments::USAGE);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("error: {error}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let device = transfer::device(&arguments.device)?;
    let seed = arguments.seed;
    let (recipe, size) = (arguments.recipe, arguments.size);
    let steps = arguments.pictures / arguments.batch_size;
    let sizes = Sizes {
        first: arguments.first_size,
        last: size,
        // Whole batches.
        small: steps * 7 / 8 * arguments.batch_size,
    };
    let train = Arc::new(Pictures::new(recipe, arguments.pictures, sizes, seed)?);
    let judged = Pictures::new(recipe, JUDGED, Sizes::all(size), seed ^ u64::MAX)?;
    let plain = Transform::new().normalize(IMAGENET_MEAN, IMAGENET_STD);
    let turned = plain.clone().random_horizontal_flip(0.5);
    // Convolutions in bfloat16 are fastest with the channels of a pixel side by side, those in 32 bits are not.
    let layout = match arguments.precision {
        Precision::Full => Layout::ChannelsFirst,
        Precision::Bfloat16 => Layout::ChannelsLast,
    };
    // Each picture is drawn anew: their order is as random as they are.
    let loader = DataLoader::new(train, turned, arguments.batch_size)
        .augment_seed(seed)
        // A picture less would part all pairs behind it.
        .strict()
        .drop_last()
        .layout(layout);
    let net = models::build(&arguments.arch, answers::outputs(recipe), device, seed)?;
    let config = TrainConfig::new()
        .optimizer(arguments.optimizer)
        .lr(arguments.lr)
        .schedule(Schedule::Cosine { end: 0.0 }.warmed_up(Span::Share(WARM_UP)))
        .batch_loss(answers::loss(recipe))
        .precision(arguments.precision)
        .ema(0.99)
        .seed(seed);
    let mut learner = Learner::new(net, loader).config(config).on_step(tell);
    if let Some(folder) = &arguments.checkpoints {
        learner = learner.checkpoint_to(folder, Every::Seconds(120.0));
        if let Some(resumed) = learner.resume(folder)? {
            println!("goes on from {}", resumed.path.display());
        }
    }
    println!(
        "{}, recipe {recipe}: {} pictures of {}, then {size} pixels in steps of {} on {device:?}",
        arguments.arch, arguments.pictures, arguments.first_size, arguments.batch_size,
    );
    let history = learner.fit(1)?;
    if let Some(epoch) = history.epochs.last() {
        println!("{epoch}");
    }
    let judged = DataLoader::new(Arc::new(judged), plain, arguments.batch_size);
    println!("{}", answers::report(&learner.predict(&judged)?)?);
    save(learner.net(), arguments)
}

fn tell(state: &State<'_>) {
    if state.step.is_multiple_of(TOLD_EVERY) {
        println!("{state}");
    }
}

/// Writes all but the head, in 16 bits.
fn save(net: &dyn Backbone, arguments: &Arguments) -> Result<(), Failure> {
    let mut tensors = StateDict::new();
    for (name, variable) in net.var_store().variables() {
        if name.starts_with(&format!("{}.", net.head_name())) {
            continue;
        }
        let half = tch::no_grad(|| variable.to_kind(Kind::Half));
        if !half
            .isfinite()
            .all()
            .to_kind(Kind::Bool)
            .int64_value(&[])
            .eq(&1)
        {
            return Err(format!("{name} has numbers that 16 bits do not hold").into());
        }
        tensors.insert(name, half);
    }
    checkpoint::write(&arguments.out, &tensors)?;
    println!("written to {}", arguments.out.display());
    Ok(())
}
