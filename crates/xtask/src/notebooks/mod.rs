//! `cargo xtask notebooks`: run them, check them, clear them, look at them in a browser.

pub(crate) mod check;
mod clear;
mod file;
mod literal;
mod parameters;
pub(crate) mod run;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::browser;
use crate::paths::Paths;

const HELP: &str = "\
cargo xtask notebooks run   [NN …] [--set name=value …] [--save DIR | --in-place] [--timeout S] [--verbose]
cargo xtask notebooks check [NN …]
cargo xtask notebooks clear [NN …]
cargo xtask notebooks browse [NN …] [--timeout S]

NN is a notebook's number or the beginning of its name (01), or a path; without one: all of them.

run    executes from top to bottom, each in a fresh kernel, with a line per cell and its seconds; stops at the
       first error or panic.
         --set name=value   replaces the value of `let name = …;` in the cell tagged `parameters`
         --save DIR         writes the executed notebooks to DIR
         --in-place         writes them where they are
         --timeout S        seconds that one cell may take (1800)
         --verbose          prints what the cells print
check  the conventions: executed in order [1] … [n], no error, no path of this machine, one `:dep`, a
       `parameters` cell, links that exist, the kernel `rust`.
clear  takes outputs and numbers out.
browse opens JupyterLab in a headless Chromium on copies (of 00 and 01), runs each with *Run All Cells*, and looks at
       every cell, in the light theme and the dark one: numbers, charts, tables, pictures, no error.
         --timeout S        seconds without progress (600)";

/// Runs the command.
pub(crate) fn command(paths: &Paths, mut args: Args) -> Result<ExitCode> {
    let help = args.help();
    match args.word().as_deref() {
        _ if help => {}
        None | Some("help") => {}
        Some("run") => return run::command(paths, args),
        Some("check") => return check::command(paths, args),
        Some("clear") => return clear::command(paths, args),
        Some("browse") => return browser::command(paths, args),
        Some(other) => bail!("there is no `notebooks {other}`\n\n{HELP}"),
    }
    println!("{HELP}");
    Ok(ExitCode::SUCCESS)
}

/// The notebooks that are meant, in the order of their numbers; all of them when none is named.
pub(crate) fn find(paths: &Paths, names: &[String]) -> Result<Vec<PathBuf>> {
    let dir = paths.notebooks();
    let mut all: Vec<PathBuf> = fs::read_dir(&dir)
        .with_context(|| format!("cannot list {}", dir.display()))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "ipynb")
        })
        .collect();
    all.sort();
    if names.is_empty() {
        return Ok(all);
    }
    let mut chosen = Vec::new();
    for wanted in names {
        let before = chosen.len();
        chosen.extend(
            all.iter()
                .filter(|path| name(path).starts_with(wanted.as_str()))
                .cloned(),
        );
        if chosen.len() == before && Path::new(wanted).is_file() {
            chosen.push(std::path::absolute(wanted)?);
        }
        if chosen.len() == before {
            let there: Vec<String> = all.iter().map(|path| name(path)).collect();
            bail!(
                "no notebook begins with `{wanted}`; there are: {}",
                there.join(", ")
            );
        }
    }
    Ok(chosen)
}

/// A notebook's name, without folder and extension.
pub(crate) fn name(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
