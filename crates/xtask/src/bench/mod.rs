//! `cargo xtask bench`: the library's speed beside PyTorch's, on this machine, in one go.
//!
//! Two programs do the same work: `transfer`'s example `bench` and `python/bench.py`. Both stay open and answer
//! requests ([`side`]); [`jobs`] says which. Each piece of work is done once by both and what comes out compared
//! ([`same`]), then they take turns, so that whatever else the machine does meets both; [`table`] shows the medians.

mod jobs;
mod options;
mod python;
mod same;
mod side;
mod table;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread::available_parallelism;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::args::Args;
use crate::env;
use crate::example::{self, Program};
use crate::inherited::without_cargos;
use crate::paths::Paths;
use jobs::Job;
use options::{HELP, Options};
use side::Side;
use table::Row;

/// Runs the command.
pub(crate) fn command(paths: &Paths, mut args: Args) -> Result<ExitCode> {
    if args.help() {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let options = Options::of(args)?;
    // Asked first: without it, a set-up would be for nothing.
    let python = python::find(paths, options.python.as_deref())?;
    let (program, libtorch) = match &options.program {
        Some(program) => {
            let environment = env::ready(paths).ok();
            let torch_dir = environment.as_ref().map(|ready| &*ready.torch_dir);
            (Program::at(program, torch_dir), None)
        }
        None => {
            let (program, version) = example::build(paths, "bench")?;
            (program, Some(version))
        }
    };
    let work = paths.xtask().join("bench");
    std::fs::create_dir_all(&work).with_context(|| format!("cannot make {}", work.display()))?;
    let mut script = Command::new(&python);
    script.arg(paths.root.join("crates/xtask/python/bench.py"));
    let mut ours = Side::start(with_folders(program.command(), &work, &options))?;
    let mut theirs = Side::start(with_folders(script, &work, &options))?;
    if options.data.is_none() {
        ours.ask(&json!({ "do": "draw" }))?;
    }
    theirs.ask(&json!({ "do": "prepare" }))?;

    let devices = match &options.devices {
        Some(devices) => devices.clone(),
        None if ours.cuda && theirs.cuda => vec!["cpu".to_owned(), "cuda".to_owned()],
        None => vec!["cpu".to_owned()],
    };
    let jobs: Vec<Job> = jobs::all(&devices, &options.threads)
        .into_iter()
        .filter(|job| {
            options.only.is_empty() || options.only.iter().any(|only| job.name.contains(only))
        })
        .collect();
    if jobs.is_empty() {
        bail!("--only leaves nothing to measure");
    }
    println!("{}", machine());
    println!(
        "{}{} beside {}",
        ours.name,
        libtorch.map_or(String::new(), |version| format!(" on libtorch {version}")),
        theirs.name
    );
    println!(
        "{} rounds of {} s or more, in turns; where: device, CPU threads; ratio above 1: transfer is faster\n",
        options.rounds, options.seconds
    );
    println!("{}", table::heading());
    // A row at a time: the whole takes minutes.
    for job in &jobs {
        let row = measure(job, &mut ours, &mut theirs, &options)
            .with_context(|| format!("{}, {}", job.name, job.place()))?;
        println!("{row}");
    }
    println!("\n{}", machine());
    Ok(ExitCode::SUCCESS)
}

fn with_folders(mut command: Command, work: &Path, options: &Options) -> Command {
    command.arg("--work").arg(work);
    if let Some(data) = &options.data {
        command.arg("--data").arg(data);
    }
    without_cargos(&mut command);
    command
}

/// Does one job on both sides: once to compare, then in turns, with the other one first in every second round.
fn measure(job: &Job, ours: &mut Side, theirs: &mut Side, options: &Options) -> Result<Row> {
    let opened = [ours.ask(&job.request)?, theirs.ask(&job.request)?];
    let difference = same::compare(&opened[0], &opened[1], job.tolerance)?;
    let time = json!({ "do": "time", "seconds": options.seconds });
    let mut rounds = Vec::new();
    for round in 0..options.rounds {
        rounds.push(if round % 2 == 0 {
            let first = ours.seconds(&time)?;
            [first, theirs.seconds(&time)?]
        } else {
            let first = theirs.seconds(&time)?;
            [ours.seconds(&time)?, first]
        });
    }
    let pieces = opened[0]["pieces"].as_f64().unwrap_or(1.0);
    Ok(Row {
        name: job.name.to_owned(),
        place: job.place(),
        unit: job.unit,
        pieces,
        rounds,
        difference,
    })
}

/// The machine and how busy it is.
fn machine() -> String {
    let cores = available_parallelism().map_or(1, |cores| cores.get());
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or(std::env::consts::ARCH, |(_, model)| model);
    let load = read("/proc/loadavg");
    match load.split(' ').next().filter(|load| !load.is_empty()) {
        Some(load) => format!("{model}, {cores} cores, load {load}"),
        None => format!("{model}, {cores} cores"),
    }
}
