//! Which strategy when: every way to use a pretrained net, with every share of the labels, over seeds, a row of a table for each
//! run. `cargo xtask study` runs it; lesson 8 reads its table.
//!
//! ```sh
//! cargo run --release -p transfer --example study -- --out study.csv
//! cargo run --release -p transfer --example study -- --out study.csv --arch resnet20_cifar --weights CifarResNet_Weights.ResNet20
//! ```
//!
//! It can be stopped at any time: what is in the table is not run again. A row is known by all that it depends on, the machine too,
//! since it tells times. The pictures to judge by choose nothing.

mod arguments;
mod task;

use std::fmt::Display;
use std::process::ExitCode;
use std::time::Instant;

use arguments::{Arguments, Pretrained};
use transfer::data::Transform;
use transfer::hub::{self, Weights};
use transfer::train::{Strategy, StrategyRun, StrategyTask, StrategyTrial};
use transfer::{Machine, Study};

type Failure = Box<dyn std::error::Error>;

/// Who teaches where another net than this one is distilled into: the net, its weights, the side of its pictures.
const TEACHER: (&str, &str, u32) = ("resnet18", "ResNet18_Weights.DRAWN_V1", 64);

fn main() -> ExitCode {
    match Arguments::parse().and_then(|arguments| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let task = task::task(arguments)?;
    let columns = StrategyRun::columns(&task, arguments.looks);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut study = Study::open(&arguments.out, &StrategyRun::KEYS, &columns)?;
    let runs = runs(arguments);
    println!(
        "{} classes, {} pictures to learn from, {} to be judged by; {} runs, {} rows are in {} already",
        task.train.classes().len(),
        task.train.len(),
        task.test.len(),
        arguments.backbones.len() * runs.len(),
        study.len(),
        arguments.out.display()
    );
    // Weights that cannot be had keep nobody from the other nets' rows.
    let mut missing = Vec::new();
    for backbone in &arguments.backbones {
        println!("{}, {}", backbone.arch, backbone.weights);
        match trial(arguments, backbone) {
            Ok(trial) => all(&mut study, arguments, backbone, &trial, &task, &runs)?,
            Err(error) => missing.push(format!("{}: {error}", backbone.weights)),
        }
    }
    match missing.is_empty() {
        true => Ok(()),
        false => Err(missing.join("\n").into()),
    }
}

/// All runs of one net.
fn all(
    study: &mut Study,
    arguments: &Arguments,
    backbone: &Pretrained,
    trial: &StrategyTrial,
    task: &StrategyTask,
    runs: &[(Strategy, f64, u64)],
) -> Result<(), Failure> {
    let start = Instant::now();
    for (number, run) in (1..).zip(runs) {
        let before = study.len();
        let row = one(study, arguments, backbone, trial, task, *run)?;
        let (strategy, share, seed) = *run;
        let percent = 100.0 * share;
        let state = match study.len() > before {
            true => format!("{:.1} s", row[2 + task.elsewhere.len()]),
            false => "was there".to_owned(),
        };
        println!(
            "{number:>4} of {}: {:<18} {percent:>3.0} %  seed {seed}  accuracy {:5.1} %  {state}  ({:.0} min so far)",
            runs.len(),
            strategy.name(),
            row[0],
            start.elapsed().as_secs_f64() / 60.0
        );
    }
    Ok(())
}

/// All runs, seed by seed, so that a table that is not complete has whole comparisons.
fn runs(arguments: &Arguments) -> Vec<(Strategy, f64, u64)> {
    let seeds = arguments.first_seed..arguments.first_seed + arguments.seeds;
    let of_seed = |seed: u64| {
        let of_share = move |share: &f64| {
            let share = *share;
            let strategies = arguments.strategies.iter();
            strategies.map(move |strategy| (*strategy, share, seed))
        };
        arguments.shares.iter().flat_map(of_share)
    };
    seeds.flat_map(of_seed).collect()
}

/// One run, or its row where there is one.
fn one(
    study: &mut Study,
    arguments: &Arguments,
    backbone: &Pretrained,
    trial: &StrategyTrial,
    task: &StrategyTask,
    (strategy, share, seed): (Strategy, f64, u64),
) -> Result<Vec<f64>, Failure> {
    let name = |path: &Option<std::path::PathBuf>| {
        let path = path.as_ref().and_then(|path| path.file_name());
        path.map(|name| name.to_string_lossy().into_owned())
    };
    let machine = machine();
    let data = name(&arguments.data).unwrap_or_else(|| "leaves".to_owned());
    let elsewhere = name(&arguments.elsewhere).unwrap_or_default();
    let trial = trial.with_steps_for(share, arguments.steps);
    let keys: [&dyn Display; StrategyRun::KEYS.len()] = [
        &machine,
        &data,
        &elsewhere,
        &arguments.drawn,
        &backbone.arch,
        &backbone.weights,
        &backbone.size,
        &trial.batch,
        &trial.lr,
        &trial.rank,
        &trial.looks,
        &strategy,
        &share,
        &trial.steps,
        &seed,
    ];
    study.run(&keys, || {
        let few = task.share(share, seed)?;
        let run = strategy.run(&trial, &few, task, seed)?;
        Ok(run.row(trial.looks))
    })
}

/// What times depend on.
fn machine() -> String {
    let machine = Machine::here();
    let processor = machine.processor.unwrap_or_else(|| "unknown".to_owned());
    let device = format!("{:?}", machine.device);
    format!(
        "{} x{} {device}",
        processor.replace(',', " "),
        machine.threads
    )
}

fn trial(arguments: &Arguments, backbone: &Pretrained) -> Result<StrategyTrial, Failure> {
    let located = hub::locate(&backbone.weights)?;
    let still = match located.entry {
        Some(entry) => entry.transform_at(backbone.size),
        None => Transform::square(backbone.size),
    };
    let device = transfer::device(&arguments.device)?;
    let (arch, weights, side) = TEACHER;
    let teacher = match backbone.arch == arch {
        true => None,
        false => {
            // As it will see them: as its student does, and then of its own size.
            let still = still.clone().resize(side);
            let path = hub::locate(weights)?.path;
            let teacher = StrategyTrial::new(arch, path, still, side);
            Some((
                Box::new(StrategyTrial { device, ..teacher }),
                i64::from(side),
            ))
        }
    };
    Ok(StrategyTrial {
        batch: arguments.batch,
        looks: arguments.looks,
        lr: arguments.lr,
        rank: arguments.rank,
        teacher,
        device,
        ..StrategyTrial::new(&backbone.arch, located.path, still, backbone.size)
    })
}
