//! The set-up: what `lab` and `test` stand on. The kernel compiles while pip downloads and unpacks, which
//! wait for the network and the disk most of the time.

use std::fs::File;
use std::thread;

use anyhow::{Result, anyhow, bail};

use crate::board::{self, Board};
use crate::cargo_config;
use crate::env::venv::{self, Plan};
use crate::env::{Environment, requirements, torch};
use crate::kernel;
use crate::paths::Paths;
use crate::stage::{Stages, seconds};
use crate::toolchain;

/// How much is to be set up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// torch with all it declares, also where no GPU asks for it.
    pub(crate) full_torch: bool,
    /// The kernel too, not libtorch alone.
    pub(crate) kernel: bool,
}

/// Sets up what is missing. A second run finds everything in place.
pub(crate) fn run(paths: &Paths, stages: &mut Stages, wanted: Wanted) -> Result<Environment> {
    let kind = if wanted.full_torch || torch::gpu().is_some() {
        torch::Kind::Full
    } else {
        torch::Kind::Library
    };
    let lock = board::lock(&paths.xtask().join("lock"));
    let lock = lock.as_ref();
    let plan = stages.run("prerequisites", || {
        let rustc = toolchain::rustc()?;
        toolchain::cxx(paths)?;
        let source = toolchain::ensure_rust_src(paths, &rustc);
        if let Some((torch_sys, Some(torch))) = torch::wanted_by_lock(paths)
            && torch != torch::pinned()
        {
            bail!(
                "Cargo.lock has torch-sys {torch_sys}, which goes with torch {torch}, but torch {} is pinned\n\
                 mend: git checkout Cargo.lock",
                torch::pinned()
            );
        }
        let plan = venv::plan(paths, kind)?;
        let short = rustc.split(" (").next().unwrap_or(&rustc).to_owned();
        Ok((plan, if source.is_empty() { short } else { format!("{short}; {source}") }))
    })?;
    let environment = python_and_kernel(paths, stages, wanted, plan, kind, lock)?;
    if let Some(own) = cargo_config::users_libtorch(paths) {
        println!(
            "  note: LIBTORCH={own} is set in your shell: plain cargo uses that one, notebooks use {}",
            environment.torch_dir.display()
        );
    }
    // An environment of the user's own is used as it is.
    if !environment.ours && !environment.has_text_encoder() {
        println!(
            "  note: the text encoder of the notebooks on texts is not in {}: they fetch it, or\n    {}",
            environment.prefix.display(),
            requirements::install_text_encoder(&environment.python)
        );
    }
    cargo_config::write(paths, &environment.torch_dir)?;
    if wanted.kernel {
        kernel::install(paths, &environment)?;
        stages.run("kernel template", || {
            Board::show(lock, |board| {
                kernel::warm(
                    paths,
                    &environment,
                    &board.lane("template", paths.log("warm")),
                )
            })?;
            Ok(((), "warm".to_owned()))
        })?;
    }
    Ok(environment)
}

/// The two long stages side by side. When one fails, the other is stopped: what it has done so far is kept.
fn python_and_kernel(
    paths: &Paths,
    stages: &mut Stages,
    wanted: Wanted,
    plan: Plan,
    kind: torch::Kind,
    lock: Option<&File>,
) -> Result<Environment> {
    println!(
        "▸ Python environment{}",
        if wanted.kernel {
            " and kernel, at the same time"
        } else {
            ""
        }
    );
    if let Plan::Fill(base) = &plan {
        println!(
            "  .venv is made with {} and filled with JupyterLab and libtorch {}",
            base.display(),
            torch::pinned()
        );
    }
    let (python, built) = Board::show(lock, |board| {
        thread::scope(|scope| {
            let build = wanted.kernel.then(|| {
                scope.spawn(|| {
                    let lane = board.lane("kernel", paths.log("kernel"));
                    let result = kernel::build(paths, &lane).inspect_err(|_| board.stop());
                    (result, lane.took())
                })
            });
            let lane = board.lane("python", paths.log("python"));
            let python = match plan {
                Plan::Ready(environment, note) => Ok((environment, note)),
                Plan::Fill(base) => venv::fill(paths, &lane, &base, kind)
                    .map(|environment| (environment, ".venv".to_owned()))
                    .inspect_err(|_| board.stop()),
            };
            let took = lane.took();
            let built = build.map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| (Err(anyhow!("the build's thread died")), took))
            });
            ((python, took), built)
        })
    });
    let stopped = |error: &anyhow::Error| error.to_string() == "stopped";
    let (python, took) = python;
    if let Some((Err(error), _)) = &built
        && !stopped(error)
    {
        bail!("the kernel could not be built: {error:#}");
    }
    let (environment, note) =
        python.map_err(|error| anyhow!("the Python environment could not be made: {error:#}"))?;
    println!(
        "  ✓ {}  {note}: torch {}",
        seconds(took),
        environment.torch_version
    );
    stages.record(
        "Python environment",
        took,
        format!("{note}: torch {}", environment.torch_version),
    );
    if let Some((result, took)) = built {
        result?;
        println!("  ✓ {}  kernel", seconds(took));
        stages.record("kernel build", took, "at the same time");
    }
    Ok(environment)
}
