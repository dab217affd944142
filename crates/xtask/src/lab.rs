//! `cargo xtask lab`: set-up, then JupyterLab on the notebooks.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::env::{Environment, torch};
use crate::inherited::without_cargos;
use crate::paths::Paths;
use crate::setup::{self, Wanted};
use crate::stage::Stages;

const HELP: &str = "\
cargo xtask lab [options]

Sets up what is missing and opens JupyterLab on notebooks/. What is made goes into target/ and .venv, but for two
things: the kernelspec goes into the environment that is used, and rust-src into rustup's toolchain, if missing. The first time this takes minutes, after that
seconds; a set-up that was interrupted goes on where it was.

  --no-browser   start the server, open no browser
  --port N       the server's port (8888; the next free one if it is taken)
  --no-open      set up only, start no server
  --full-torch   install torch with all that it declares: Python's own `import torch` works too,
                 at several GB (chosen without asking where there is an NVIDIA GPU)

An active conda or virtual environment that has the pinned torch, JupyterLab and nbclient is used as it is;
otherwise .venv is made. Only .venv gets the text encoder of the notebooks on texts (85 MB) by itself; for an
environment of your own, the command is shown. TRANSFER_TORCH_CPU_INDEX is the address of PyTorch's CPU builds (empty: don't ask it).";

/// Runs the command.
pub(crate) fn command(paths: &Paths, mut args: Args) -> Result<ExitCode> {
    if args.help() {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let no_browser = args.flag("--no-browser");
    let no_open = args.flag("--no-open");
    let full_torch = args.flag("--full-torch");
    let port = match args.value("--port")? {
        Some(text) => text
            .parse::<u16>()
            .with_context(|| format!("--port wants a number up to 65535, not `{text}`"))?,
        None => 8888,
    };
    args.none_left()?;
    println!("cargo xtask lab, in {}", paths.root.display());

    let mut stages = Stages::new();
    let environment = match setup::run(
        paths,
        &mut stages,
        Wanted {
            full_torch,
            kernel: true,
        },
    ) {
        Ok(environment) => environment,
        Err(error) => bail!(
            "{error:#}\n\n`cargo xtask lab` goes on from here; `cargo xtask doctor` looks at everything."
        ),
    };
    println!("\nReady:\n{}", stages.summary());
    if environment.ours && torch::is_slimmed(&environment.torch_dir) {
        println!("    (libtorch's CPU part only: Python's own `import torch` needs --full-torch)");
    }
    if no_open {
        return Ok(ExitCode::SUCCESS);
    }
    Err(serve(paths, &environment, port, no_browser))
}

/// Becomes JupyterLab. Returns only if that fails.
fn serve(paths: &Paths, environment: &Environment, port: u16, no_browser: bool) -> anyhow::Error {
    let flags: &[&str] = if no_browser { &["--no-browser"] } else { &[] };
    let mut command = server(paths, environment, &paths.notebooks(), port, flags);
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        let error = command.exec();
        anyhow::Error::new(error).context("cannot start JupyterLab")
    }
    #[cfg(not(unix))]
    match command.status() {
        Ok(status) => anyhow::anyhow!("JupyterLab ended: {status}"),
        Err(error) => anyhow::Error::new(error).context("cannot start JupyterLab"),
    }
}

/// JupyterLab on a folder, with what [`Environment::jupyter_variables`] tells it.
pub(crate) fn server(
    paths: &Paths,
    environment: &Environment,
    folder: &Path,
    port: u16,
    flags: &[&str],
) -> Command {
    let mut command = Command::new(&environment.python);
    command.args(["-c", include_str!("../python/lab.py"), "--log-level=WARN"]);
    command.arg(format!("--ServerApp.root_dir={}", folder.display()));
    command.arg(format!("--port={port}"));
    command.args(flags);
    if is_root() {
        command.arg("--allow-root");
    }
    command
        .envs(environment.jupyter_variables(paths))
        .current_dir(folder);
    without_cargos(&mut command);
    command
}

/// Whether this runs as root, to whom JupyterLab says no unless told otherwise.
fn is_root() -> bool {
    crate::toolchain::output("id", &["-u"]).as_deref() == Some("0")
}
