//! A Jupyter kernel for Rust that starts warm.
//!
//! Its [`front`] speaks Jupyter's protocol; evaluation ([`eval`]) is evcxr's, as a library, with this around it:
//!
//! * a **template** ([`template`]): a crate directory in which everything that a notebook depends on is
//!   compiled already. Every kernel works in a copy of its own ([`workdir`]), made of hard links.
//! * a **stand-in for cargo** ([`standin`]): keeps the versions of the workspace's `Cargo.lock`, needs no
//!   network, tells rust-analyzer only of the packages that a cell can name ([`prune`]), adds to the cells' code
//!   what tells the kernel where a `?` was ([`patch`]), and compiles most cells without cargo ([`direct`]).
//! * **outputs at once** ([`relay`], whose documentation has the protocol of cells; [`frames`]).
//! * beside the cells, in their process ([`runtime`]): the libraries that they need, loaded while the kernel starts, and
//!   a **companion** ([`companion`]) that tells of panics ([`panics`]), of which [`notes`] are taken.
//!
//! One binary plays all parts; the environment and the name that it was called by tell which.

mod companion;
mod direct;
mod edited;
mod eval;
mod frames;
mod front;
mod home;
mod notes;
mod panics;
mod patch;
mod prune;
mod relay;
mod runtime;
mod standin;
mod template;
mod toolchain;
mod workdir;

use anyhow::{Result, bail};
use home::Home;
use std::path::Path;
use std::process::ExitCode;

/// rust-analyzer makes and drops millions of small things.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "\
transfer-kernel: a Jupyter kernel for Rust that starts warm

  transfer-kernel --control_file FILE   serve Jupyter (this is what a kernelspec calls)
  transfer-kernel warm                  compile what notebooks depend on; quick if nothing changed
  transfer-kernel cargo ARGS            run cargo in the workspace on what the template has compiled
  transfer-kernel status                say whether the template is warm (exit 0), stale (1) or not there (2)

Environment:
  TRANSFER_KERNEL_HOME   folder for everything that the kernel writes
  TRANSFER_ROOT          the workspace: crates/transfer and Cargo.lock are taken from there
  TRANSFER_PRELOAD       shared libraries to load into the process that runs the cells, separated by `:`
  TRANSFER_KERNEL_GRACE  seconds that a cell may take to hear an interrupt before it is killed (15)";

fn main() -> ExitCode {
    // One line, which `cargo xtask` shows; a backtrace would push it out of sight.
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    if relay::is_wanted() {
        return relay::run();
    }
    if let Some(tool) = standin::called_as() {
        return standin::run(tool);
    }
    // Must come before anything else: evcxr starts this binary again to run the cells.
    if runtime::is_wanted() {
        runtime::prepare();
    }
    evcxr::runtime_hook();

    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["cargo", ..] => template::cargo(&Home::from_env()?, &args[1..]),
        ["--control_file", file] => front::serve(Home::from_env()?, Path::new(file)),
        ["warm"] => {
            // A kernel that warms its template has put the stand-ins into this process' environment already.
            standin::uninstall();
            template::warm(&Home::from_env()?)
        }
        ["status"] => {
            let state = template::State::of(&Home::from_env()?);
            println!("{state}");
            std::process::exit(state.exit_code());
        }
        ["--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        [] => bail!("{USAGE}"),
        _ => bail!("unknown arguments: {}\n\n{USAGE}", args.join(" ")),
    }
}
