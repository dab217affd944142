//! Makes the backbone that the crate ships: a ResNet-18 that has seen nothing but pictures that this crate draws.
//!
//! ```sh
//! cargo run --release -p transfer --bin pretrain -- --out resnet18.safetensors
//! ```
//!
//! Half of the pictures are from formulas, half are leaves of drawn species; the net answers the questions that each
//! picture comes with. No picture is seen twice. What is written is the net without its head, in 16 bits.

mod answers;
mod arguments;
mod pictures;

use std::process::ExitCode;
use std::sync::Arc;

use arguments::Arguments;
use pictures::Mixture;
use transfer::checkpoint::{self, StateDict};
use transfer::data::{DataLoader, Layout, Transform};
use transfer::models::{Backbone, ResNet, ResNetConfig};
use transfer::prelude::{Kind, tch};
use transfer::train::{Every, Learner, OptimizerConfig, Schedule, Span, State, TrainConfig};

type Failure = Box<dyn std::error::Error>;

/// Steps between two lines of progress.
const TOLD_EVERY: usize = 50;
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
    let train = Arc::new(Mixture::new(arguments.pictures, arguments.size, seed)?);
    let judged = Arc::new(Mixture::new(JUDGED, arguments.size, seed ^ u64::MAX)?);
    let plain = Transform::square(arguments.size);
    let turned = plain.clone().random_horizontal_flip(0.5);
    // Each picture is drawn anew: their order is as random as they are.
    let loader = DataLoader::new(train, turned, arguments.batch_size)
        .drop_last()
        .layout(Layout::ChannelsLast);
    let net = ResNet::new(ResNetConfig::RESNET18, answers::outputs(), device, seed);
    let config = TrainConfig::new()
        .optimizer(OptimizerConfig::sgd(0.9).weight_decay(1e-4))
        .lr(arguments.lr)
        .schedule(Schedule::Cosine { end: 0.0 }.warmed_up(Span::Steps(500)))
        .batch_loss(answers::loss())
        .precision(arguments.precision)
        .ema(0.999)
        .seed(seed);
    let mut learner = Learner::new(Box::new(net), loader)
        .config(config)
        .on_step(tell);
    if let Some(folder) = &arguments.checkpoints {
        learner = learner.checkpoint_to(folder, Every::Seconds(120.0));
        if let Some(resumed) = learner.resume(folder)? {
            println!("goes on from {}", resumed.path.display());
        }
    }
    println!(
        "{} pictures of {size} x {size} in steps of {} on {device:?}",
        arguments.pictures,
        arguments.batch_size,
        size = arguments.size
    );
    let history = learner.fit(1)?;
    if let Some(epoch) = history.epochs.last() {
        println!("{epoch}");
    }
    let judged = DataLoader::new(judged, plain, arguments.batch_size);
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
