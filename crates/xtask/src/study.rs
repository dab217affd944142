//! `cargo xtask study`: the table of lesson 8, run by run.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::args::Args;
use crate::example;
use crate::inherited::without_cargos;
use crate::paths::Paths;

const HELP: &str = "\
cargo xtask study [--out FILE] [options of transfer's example `study`: cargo xtask study --options]

Every strategy of transfer learning x backbones x shares of the labels x seeds: accuracy, calibration, accuracy elsewhere,
time, memory, and how soon each is there, a row of a table for each run. Without --out they go to lesson 8's own table.

It can be stopped at any time and goes on where it was. A row is known by all that it depends on, the machine and its threads
too. One thread computes, unless OMP_NUM_THREADS says otherwise, so that rows can be compared whatever else the machine does:
by the processor's time. On more cores, start it several times, with another --arch or --first-seed and another --out each.";

/// Where lesson 8 looks.
const TABLE: &str = "08_which_strategy_when.csv";

/// What glibc's allocator is told: to keep what was freed, which a training asks for again at once. Worth a fifth of the time.
const MALLOC: [(&str, &str); 3] = [
    ("MALLOC_MMAP_THRESHOLD_", "268435456"),
    ("MALLOC_TRIM_THRESHOLD_", "536870912"),
    ("MALLOC_TOP_PAD_", "67108864"),
];

/// Runs the command.
pub(crate) fn command(paths: &Paths, mut args: Args) -> Result<ExitCode> {
    if args.help() {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let options = args.flag("--options");
    let out = args.value("--out")?;
    let (program, _libtorch) = example::build(paths, "study")?;
    let mut command = program.command();
    for (name, value) in MALLOC.into_iter().chain([("OMP_NUM_THREADS", "1")]) {
        if std::env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
    if options {
        command.arg("--help");
    } else {
        let table = paths.notebooks().join(TABLE);
        command.args(args.all()).arg("--out");
        match out {
            Some(file) => command.arg(file),
            None => command.arg(table),
        };
    }
    without_cargos(&mut command);
    let status = command
        .status()
        .context("cannot start the example `study`")?;
    Ok(match status.success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
