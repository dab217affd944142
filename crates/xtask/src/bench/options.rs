//! What the command line says.

use std::path::PathBuf;
use std::thread::available_parallelism;

use anyhow::{Context, Result, bail};

use crate::args::Args;

/// What `--help` prints.
pub(super) const HELP: &str = "\
cargo xtask bench [options]

Measures the library beside PyTorch on this machine. Both do the same work: picture files to batches, forward passes,
steps of training, a linear head on stored features, weights from a file. Before a piece of work is timed, what comes
out of it is compared. Prints a row for each: both medians, then PyTorch's time divided by transfer's (above 1:
transfer is faster), the median of the rounds' ratios with the smallest and the largest.

  --python PATH    an interpreter with torch and torchvision (otherwise: the active environment's, .venv's, PATH's)
  --data FOLDER    JPEGs to read, a folder per class (otherwise 128 pictures of 500 x 375 that are drawn once)
  --threads LIST   numbers of threads, and `all` for as many as there are cores (1,all)
  --device LIST    cpu, cuda, or both (cpu, and cuda where both sides see it)
  --only TEXT      rows whose name has this in it (several times: any of them)
  --rounds N       how often the two take turns (5)
  --seconds S      how long each works in a turn, at least one repetition (0.5)
  --program PATH   an example `bench` that is built already. Without it, the example is built as notebook cells are
                   (dev profile, opt-level 2, dependencies too). Only what Rust itself computes can differ in a
                   release build (pictures, parsing); the nets' arithmetic is libtorch's in both. To see:
                   cargo build --release -p transfer --example bench, then
                   --program target/release/examples/bench

The pictures, weights and inputs are in target/xtask/bench.";

/// The options with their defaults.
#[derive(Debug)]
pub(super) struct Options {
    /// Numbers of threads.
    pub(super) threads: Vec<u64>,
    /// The devices; `None`: those that both sides see.
    pub(super) devices: Option<Vec<String>>,
    /// What a row's name must have in it; empty: all rows.
    pub(super) only: Vec<String>,
    /// How often the two take turns.
    pub(super) rounds: usize,
    /// How long each works in a turn.
    pub(super) seconds: f64,
    /// The interpreter for PyTorch.
    pub(super) python: Option<PathBuf>,
    /// A folder of pictures.
    pub(super) data: Option<PathBuf>,
    /// An example that is built already.
    pub(super) program: Option<PathBuf>,
}

impl Options {
    /// Takes them from the command line.
    ///
    /// # Errors
    ///
    /// One is unknown, makes no sense, or names a file that is not there.
    pub(super) fn of(mut args: Args) -> Result<Self> {
        let here = std::env::current_dir()?;
        let cores = available_parallelism().map_or(1, |cores| cores.get() as u64);
        let threads = args.value("--threads")?.unwrap_or("1,all".to_owned());
        let devices = args.value("--device")?;
        let options = Self {
            threads: threads_of(&threads, cores)?,
            devices: devices.map(|list| list.split(',').map(str::to_owned).collect()),
            only: args.values("--only")?,
            rounds: number(&mut args, "--rounds", 5)?,
            seconds: number(&mut args, "--seconds", 0.5)?,
            python: args.value("--python")?.map(|python| {
                // A name without a folder is looked for on the PATH. Links stay: an environment is known by its own.
                let on_path = !python.contains('/');
                if on_path {
                    PathBuf::from(python)
                } else {
                    here.join(python)
                }
            }),
            data: args.value("--data")?.map(|path| here.join(path)),
            program: args.value("--program")?.map(|path| here.join(path)),
        };
        args.none_left()?;
        if options.rounds == 0 || !(0.0..=60.0).contains(&options.seconds) {
            bail!("--rounds wants 1 or more, --seconds 0 to 60");
        }
        for path in options.data.iter().chain(&options.program) {
            if !path.exists() {
                bail!("there is no {}", path.display());
            }
        }
        Ok(options)
    }
}

/// `1,all` as numbers, each once.
fn threads_of(list: &str, cores: u64) -> Result<Vec<u64>> {
    let mut threads = Vec::new();
    for text in list.split(',').map(str::trim) {
        let number = match text {
            "all" => cores,
            _ => text.parse().ok().filter(|number| *number > 0).with_context(|| {
                format!("--threads wants numbers from 1 on, and `all`, separated by commas, not `{text}`")
            })?,
        };
        if !threads.contains(&number) {
            threads.push(number);
        }
    }
    Ok(threads)
}

/// The number after an option, or its default.
fn number<T: std::str::FromStr>(args: &mut Args, name: &str, default: T) -> Result<T> {
    match args.value(name)? {
        Some(text) => text
            .parse()
            .ok()
            .with_context(|| format!("{name} wants a number, not `{text}`")),
        None => Ok(default),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_numbers_or_all_and_each_once() {
        assert_eq!(threads_of("1,all", 8).unwrap(), [1, 8]);
        assert_eq!(threads_of("all, 1,2", 1).unwrap(), [1, 2]);
        for wrong in ["", "0", "two", "1,,2", "-1"] {
            let error = threads_of(wrong, 8).unwrap_err().to_string();
            assert!(error.contains("--threads"), "{wrong}: {error}");
        }
    }

    #[test]
    fn options_that_make_no_sense_are_refused() {
        let options = |text: &str| {
            Options::of(Args::new(text.split(' ').map(str::to_owned).collect()))
                .map(|options| (options.rounds, options.seconds))
                .map_err(|error| error.to_string())
        };
        assert_eq!(options("--rounds 3 --seconds=0.1"), Ok((3, 0.1)));
        for (wrong, named) in [
            ("--rounds 0", "--rounds"),
            ("--seconds -1", "--seconds"),
            ("--seconds NaN", "--seconds"),
            ("--rounds many", "`many`"),
            ("--data /nowhere/at/all", "/nowhere/at/all"),
            ("--program /nowhere/at/all", "/nowhere/at/all"),
            ("--speed 1", "--speed"),
        ] {
            let error = options(wrong).unwrap_err();
            assert!(error.contains(named), "{wrong}: {error}");
        }
    }
}
