//! Executing notebooks with nbclient, each in a fresh kernel.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use crate::args::Args;
use crate::env::{self, Environment};
use crate::inherited::without_cargos;
use crate::kernel;
use crate::paths::Paths;

use super::{file, find, name, parameters};

/// One notebook to execute, and how.
#[derive(Debug)]
pub(crate) struct Job {
    notebook: PathBuf,
    set: Vec<(String, String)>,
    save: Option<PathBuf>,
    timeout: u64,
    verbose: bool,
}

impl Job {
    /// The notebook as it is, saved nowhere.
    pub(crate) fn new(notebook: &Path) -> Self {
        Self {
            notebook: notebook.to_owned(),
            set: Vec::new(),
            save: None,
            timeout: 1800,
            verbose: false,
        }
    }
}

/// Runs the command.
pub(crate) fn command(paths: &Paths, mut args: Args) -> Result<ExitCode> {
    let here = std::env::current_dir()?;
    let mut set = Vec::new();
    for text in args.values("--set")? {
        let Some((name, value)) = text.split_once('=') else {
            bail!("--set wants name=value, not `{text}`")
        };
        set.push((
            name.trim().to_owned(),
            parameters::from_callers_folder(value.trim(), &here),
        ));
    }
    let in_place = args.flag("--in-place");
    let save = args.value("--save")?.map(|dir| here.join(dir));
    if in_place && save.is_some() {
        bail!("--save and --in-place exclude each other");
    }
    let verbose = args.flag("--verbose");
    let timeout = timeout(&mut args, 1800)?;
    let books = find(paths, &args.words()?)?;
    if books.is_empty() {
        bail!("there are no notebooks in {}", paths.notebooks().display());
    }
    let environment = ready(paths)?;
    for notebook in books {
        let save = if in_place {
            Some(notebook.clone())
        } else {
            save.as_ref()
                .map(|dir| dir.join(notebook.file_name().unwrap_or_default()))
        };
        execute(
            paths,
            &environment,
            &Job {
                notebook,
                set: set.clone(),
                save,
                timeout,
                verbose,
            },
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The seconds of `--timeout`, or these.
pub(crate) fn timeout(args: &mut Args, otherwise: u64) -> Result<u64> {
    match args.value("--timeout")? {
        Some(text) => text
            .parse()
            .with_context(|| format!("--timeout wants seconds, not `{text}`")),
        None => Ok(otherwise),
    }
}

/// The environment and the kernel that notebooks run in, where the set-up has been done.
///
/// # Errors
///
/// With the command that does it.
pub(crate) fn ready(paths: &Paths) -> Result<Environment> {
    let environment = match env::ready(paths) {
        Ok(environment) => environment,
        Err(lacks) => bail!("{lacks}\nmend: cargo xtask lab --no-open"),
    };
    if !paths.kernel().exists() {
        bail!("the kernel is not built yet\nmend: cargo xtask lab --no-open");
    }
    // Another checkout may have put its own there since.
    kernel::install(paths, &environment)?;
    Ok(environment)
}

/// Executes one notebook; the lines about its cells go straight to the terminal.
///
/// # Errors
///
/// When a parameter is not one, or at the first cell that fails.
pub(crate) fn execute(paths: &Paths, environment: &Environment, job: &Job) -> Result<()> {
    let notebook = file::read(&job.notebook)?;
    let mut sources = Map::new();
    for (index, source) in
        parameters::apply(&notebook, &job.set).with_context(|| name(&job.notebook))?
    {
        sources.insert(index.to_string(), source.into());
    }
    // Data that a notebook names by a relative path lies beside it.
    let folder = job.notebook.parent().unwrap_or(Path::new("."));
    let request: Value = json!({
        "notebook": job.notebook.display().to_string(),
        "cwd": folder.display().to_string(),
        "sources": sources,
        "save": job.save.as_ref().map(|path| path.display().to_string()),
        "timeout": job.timeout,
        "verbose": job.verbose,
        "kernel": "rust",
    });
    println!("{}", name(&job.notebook));
    let mut command = Command::new(&environment.python);
    command
        .args([
            "-c",
            include_str!("../../python/run_notebook.py"),
            &request.to_string(),
        ])
        .envs(environment.jupyter_variables(paths))
        .current_dir(folder);
    let status = without_cargos(&mut command)
        .status()
        .context("cannot start the environment's Python")?;
    if !status.success() {
        bail!("the notebook {} failed", name(&job.notebook));
    }
    Ok(())
}
