//! Shows what is in a weights file: its state dicts, and the tensors of one of them.
//!
//! ```sh
//! cargo run --release -p transfer --example inspect -- checkpoint.pth --entry state_dict --read
//! ```

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{arg, command, value_parser};
use transfer::checkpoint::Checkpoint;

fn main() -> ExitCode {
    let given = command!()
        .name("inspect")
        .about("Shows what is in a weights file: safetensors, or torch.save's formats")
        .args([
            arg!(<FILE> "The file").value_parser(value_parser!(PathBuf)),
            arg!(--entry <NAME> "The state dict to show, where there are several"),
            arg!(--read "Reads all tensors too, and says how long it took and what memory"),
        ])
        .get_matches();
    let path: &PathBuf = given.get_one("FILE").expect("it is required");
    let entry: Option<&String> = given.get_one("entry");
    match show(path, entry, given.get_flag("read")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn show(path: &PathBuf, entry: Option<&String>, read: bool) -> transfer::Result<()> {
    let start = Instant::now();
    let mut file = Checkpoint::open(path)?;
    println!(
        "{path:?}: {:?}, state dicts {:?}",
        file.format(),
        file.entries()
    );
    if let Some(entry) = entry {
        file = file.entry(entry)?;
    }
    let names = file.names()?;
    for name in &names {
        println!(
            "  {name:<48} {:?} {:?}",
            file.kind(name)?,
            file.shape(name)?
        );
    }
    let entry = file.chosen().unwrap_or_default();
    println!(
        "{} tensors in {entry:?}, listed in {:.3} s",
        names.len(),
        start.elapsed().as_secs_f64()
    );
    if read {
        let (start, before) = (Instant::now(), peak_memory());
        let tensors = file.read()?;
        let seconds = start.elapsed().as_secs_f64();
        let bytes: usize = tensors
            .values()
            .map(|xs| xs.numel() * xs.kind().elt_size_in_bytes())
            .sum();
        println!(
            "{:.1} MB of numbers read in {seconds:.3} s",
            bytes as f64 / 1e6
        );
        if let (Some(before), Some(after)) = (before, peak_memory()) {
            println!(
                "the peak of memory grew by {:.1} MB",
                (after - before) / 1e6
            );
        }
    }
    Ok(())
}

/// The most memory that this process has held, in bytes, where the system tells (Linux).
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0)
}
