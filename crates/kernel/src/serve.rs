//! Serving Jupyter: evcxr's kernel in a crate directory of its own.

use crate::home::Home;
use crate::template::{self, State};
use crate::toolchain::Toolchain;
use crate::workdir::{self, Workdir};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// Runs the kernel for the connection file in this process' arguments until Jupyter ends it.
pub(crate) fn serve(home: &Home) -> Result<()> {
    if let Err(error) = workdir::sweep(home) {
        eprintln!("what dead kernels left behind was not removed: {error}");
    }
    if let Err(error) = freshen(home) {
        // The first cell of the notebook shows what is wrong, where the reader sees it.
        eprintln!("the template was not warmed: {error:#}");
    }
    let workdir = Workdir::create(home)?;
    template::enter(home, workdir.path(), &Toolchain::find()?)?;
    evcxr_jupyter::main().context("evcxr")
}

/// Warms the template again where the library was edited since, which takes seconds. What takes minutes
/// (another compiler, other versions) would outlast Jupyter's patience with a kernel that starts.
fn freshen(home: &Home) -> Result<()> {
    let what = match State::of(home) {
        State::Warm => return Ok(()),
        State::Stale(what) => what,
        State::Missing => bail!("there is none. `cargo xtask lab` makes it"),
    };
    if !Path::new(&what).starts_with(home.library()) {
        bail!(
            "{what} has changed: the first cell will take minutes. `cargo xtask lab` warms it once for all"
        );
    }
    // In a process of its own: evcxr takes its directory from the environment, once.
    let status = Command::new(std::env::current_exe()?)
        .arg("warm")
        .status()?;
    anyhow::ensure!(
        status.success(),
        "`transfer-kernel warm` ended with {status}"
    );
    Ok(())
}
