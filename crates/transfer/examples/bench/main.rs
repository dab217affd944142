//! Does the same work as xtask's `bench.py` does in PyTorch, timed: the Rust half of `cargo xtask bench`.
//!
//! It reads requests from standard input, one JSON object a line, and answers each with one:
//!
//! ```text
//! {"do": "draw"}                                    pictures into WORK/drawn, once
//! {"do": "open", "task": "forward", "threads": 1,   makes a task ready and does its work once; the answer's
//!  "device": "cpu", "net": "resnet18", …}           `numbers` are what came out, `pieces` how many
//!                                                   pictures a repetition reads (else 1)
//! {"do": "time", "seconds": 0.5}                    repeats the work of the open task for so long; the answer's
//!                                                   `seconds` are one repetition's median
//! ```
//!
//! A request that fails is answered by `{"error": …}`. Weights and inputs are files in WORK, written by the other half.

mod nets;
mod pipeline;
mod probe;
mod texts;

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{arg, command, value_parser};
use serde_json::{Value, json};
use transfer::prelude::{Device, tch};

/// Whatever went wrong, as text.
type Failure = Box<dyn std::error::Error>;

/// A piece of work that can be done again and again.
trait Task {
    /// Does the work once, from the beginning: the numbers that came out, for the other side to have too.
    fn check(&mut self) -> Result<Vec<f64>, Failure>;

    /// Does it once more: how many seconds it took.
    fn run(&mut self) -> Result<f64, Failure>;

    /// How many pieces one repetition is made of, where they are counted.
    fn pieces(&self) -> usize {
        1
    }
}

fn main() -> std::process::ExitCode {
    let given = command!()
        .name("bench")
        .about("The Rust half of `cargo xtask bench`: answers requests on standard input, a JSON object a line")
        .args([
            arg!(--work <FOLDER> "Where the two halves keep what they share")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
            arg!(--data <FOLDER> "A folder with a folder of pictures per class [default: WORK/pictures]")
                .value_parser(value_parser!(PathBuf)),
        ])
        .get_matches();
    let work: &PathBuf = given.get_one("work").expect("it is required");
    let pictures = given.get_one("data").cloned();
    let pictures = pictures.unwrap_or_else(|| work.join("pictures"));
    match serve(work, &pictures) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// Answers requests until there are no more.
fn serve(work: &Path, pictures: &Path) -> Result<(), Failure> {
    let mut open = None;
    let mut out = std::io::stdout().lock();
    let profile = if cfg!(debug_assertions) {
        "dev profile, opt-level 2"
    } else {
        "release profile"
    };
    let greeting = json!({
        "name": format!("transfer {} ({profile})", env!("CARGO_PKG_VERSION")),
        "cuda": tch::Cuda::is_available(),
    });
    writeln!(out, "{greeting}")?;
    for line in std::io::stdin().lock().lines() {
        let answer = serde_json::from_str(&line?)
            .map_err(Failure::from)
            .and_then(|request| answer(&request, &mut open, work, pictures));
        let answer = answer.unwrap_or_else(|error| json!({ "error": error.to_string() }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(
    request: &Value,
    open: &mut Option<Box<dyn Task>>,
    work: &Path,
    pictures: &Path,
) -> Result<Value, Failure> {
    match text(request, "do")? {
        "draw" => {
            pipeline::draw(&work.join("drawn"))?;
            Ok(json!({}))
        }
        "open" => {
            // The last one's threads and memory first.
            *open = None;
            tch::set_num_threads(number(request, "threads")? as i32);
            let device = transfer::device(text(request, "device")?)?;
            let mut task: Box<dyn Task> = match text(request, "task")? {
                "pipeline" => Box::new(pipeline::Pipeline::open(request, pictures)?),
                "forward" => Box::new(nets::Forward::open(request, work, device)?),
                "train" => Box::new(nets::Train::open(request, work, device)?),
                "encode" => Box::new(texts::Encode::open(work, device)?),
                "train text" => Box::new(texts::TrainText::open(work, device)?),
                "load" => Box::new(nets::Load::open(work, device)?),
                "probe" => Box::new(probe::Probe::open(work, device)?),
                "head" => Box::new(probe::Head::open(work, device)?),
                other => return Err(format!("there is no task {other:?}").into()),
            };
            let numbers = task.check()?;
            let pieces = task.pieces();
            *open = Some(task);
            Ok(json!({ "numbers": numbers, "pieces": pieces, "threads": tch::get_num_threads() }))
        }
        "time" => {
            let task = open.as_mut().ok_or("no task is open")?;
            let least = request["seconds"].as_f64().ok_or("seconds are missing")?;
            let (start, least) = (Instant::now(), Duration::from_secs_f64(least));
            let mut seconds = vec![task.run()?];
            while start.elapsed() < least {
                seconds.push(task.run()?);
            }
            seconds.sort_by(f64::total_cmp);
            Ok(json!({ "seconds": seconds[seconds.len() / 2], "repetitions": seconds.len() }))
        }
        other => Err(format!("there is no request {other:?}").into()),
    }
}

/// A request's text of that name.
fn text<'a>(request: &'a Value, name: &str) -> Result<&'a str, Failure> {
    let value = request[name].as_str();
    value.ok_or_else(|| format!("the request has no text {name:?}").into())
}

/// A request's number of that name.
fn number(request: &Value, name: &str) -> Result<u64, Failure> {
    let value = request[name].as_u64();
    value.ok_or_else(|| format!("the request has no number {name:?}").into())
}

/// The seconds of some work, to its end on the device too.
fn timed(device: Device, work: impl FnOnce() -> Result<(), Failure>) -> Result<f64, Failure> {
    let wait = || {
        if let Device::Cuda(index) = device {
            tch::Cuda::synchronize(index as i64);
        }
    };
    wait();
    let start = Instant::now();
    work()?;
    wait();
    Ok(start.elapsed().as_secs_f64())
}
