//! `cargo xtask`: from a clone to notebooks that run, and the checks that keep them so.
//!
//! One room per noun: [`mod@env`] finds or makes the Python environment that libtorch and JupyterLab come from,
//! [`kernel`] builds, installs and warms the kernel, [`setup`] does both at once, and the commands
//! ([`lab`], [`mod@test`], [`doctor`], [`notebooks`], [`mod@site`], [`mod@bench`],
//! [`mod@study`]) stand on that. Everything generated lives in
//! `target/` and `.venv`, but for the kernelspec, which goes into the Python environment that is used (the user's own,
//! where that is active and has everything), and `rust-src`, which is added to rustup's toolchain where it is missing.
//! Cargo keeps its downloads, and JupyterLab its settings, where they always do.

mod args;
mod bench;
mod board;
mod browser;
mod cargo_config;
mod disk;
mod doctor;
mod env;
mod example;
mod inherited;
mod kernel;
mod kernelspec;
mod lab;
mod notebooks;
mod paths;
mod setup;
mod site;
mod stage;
mod study;
mod test;
mod toolchain;

use std::process::ExitCode;

use anyhow::{Result, bail};

use args::Args;
use paths::Paths;

const HELP: &str = "\
cargo xtask <command>

  lab         set everything up (again: only what is missing) and open JupyterLab on notebooks/
  test        everything that must pass: format, lints, tests, docs, all notebooks in fresh kernels
  doctor      what is found, what is missing, and the command that mends it
  notebooks   run, check or clear notebooks, look at them in a browser
  site        the executed notebooks as a static site with a search
  kernel      tell Jupyter of the kernel, for use outside this checkout
  bench       the library's speed beside PyTorch's, on this machine
  study       lesson 8's table: strategies of transfer learning, every run of them

`cargo xtask <command> --help` has each command's options.";

fn main() -> ExitCode {
    if cfg!(windows) {
        eprintln!(
            "Windows is not supported natively: the kernel hard-links its template and loads libtorch by rpath.\n\
             Use WSL 2 (`wsl --install -d Ubuntu`), clone inside it, and run the same commands there."
        );
        return ExitCode::FAILURE;
    }
    match dispatch(std::env::args().skip(1).collect()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the command that the arguments name.
fn dispatch(arguments: Vec<String>) -> Result<ExitCode> {
    let mut args = Args::new(arguments);
    let Some(command) = args.word() else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let paths = Paths::find()?;
    match command.as_str() {
        "lab" => lab::command(&paths, args),
        "test" => test::command(&paths, args),
        "doctor" => doctor::command(&paths, args),
        "notebooks" => notebooks::command(&paths, args),
        "site" => site::command(&paths, args),
        "kernel" => kernelspec::command(&paths, args),
        "bench" => bench::command(&paths, args),
        "study" => study::command(&paths, args),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no command `{other}`\n\n{HELP}"),
    }
}
