//! `cargo xtask notebooks browse`: JupyterLab in a headless browser, as its reader has it. The server is that of
//! `cargo xtask lab`; what opens, clicks and looks is Python (`python/browser`), which speaks WebDriver through the
//! standard library: Selenium would bring eight packages into an environment that is the reader's, for eight requests.

mod find;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::args::Args;
use crate::env::Environment;
use crate::inherited::without_cargos;
use crate::lab;
use crate::notebooks::{self, run};
use crate::paths::Paths;

/// The notebooks that are looked at where none is named: short ones, with charts, tables and pictures.
const CHOSEN: [&str; 2] = ["00", "01"];

/// Runs the command.
pub(crate) fn command(paths: &Paths, mut args: Args) -> Result<ExitCode> {
    let timeout = run::timeout(&mut args, TIMEOUT)?;
    let names = args.words()?;
    let environment = run::ready(paths)?;
    let pair = find::pair()
        .map_err(|missing| anyhow::anyhow!("{}", missing.replace("; mend:", "\nmend:")))?;
    browse(paths, &environment, &pair, &names, timeout)?;
    Ok(ExitCode::SUCCESS)
}

/// Seconds that a notebook may be without progress.
const TIMEOUT: u64 = 600;

/// The stage of `cargo xtask test`: looks at the chosen notebooks, and says in its note with what, or why not.
///
/// # Errors
///
/// When something is not to be seen as it should be.
pub(crate) fn stage(paths: &Paths, environment: &Environment) -> Result<String> {
    match find::pair() {
        Ok(pair) => {
            browse(paths, environment, &pair, &[], TIMEOUT)?;
            Ok(pair.version)
        }
        Err(missing) => Ok(format!("skipped: {missing}")),
    }
}

/// Opens the notebooks, runs them and looks at them.
fn browse(
    paths: &Paths,
    environment: &Environment,
    pair: &find::Pair,
    names: &[String],
    timeout: u64,
) -> Result<()> {
    let chosen = CHOSEN.map(str::to_owned);
    let books = notebooks::find(paths, if names.is_empty() { &chosen } else { names })?;
    println!("  with {}", pair.version);
    let pictures = paths.xtask().join("browser");
    let scratch = Scratch::new(paths, &pictures)?;
    let folder = scratch.notebooks();
    let server = lab::server(
        paths,
        environment,
        &folder,
        8888,
        &["--no-browser", "--expose-app-in-browser"],
    );
    let words: Vec<String> = std::iter::once(server.get_program())
        .chain(server.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let request = json!({
        "server": words,
        "browser": pair.browser,
        "driver": pair.driver,
        "notebooks": books,
        "folder": folder,
        "scratch": scratch.0,
        "pictures": pictures,
        "timeout": timeout,
    });
    let mut python = Command::new(&environment.python);
    python
        // Without leaving bytecode in the sources.
        .args([
            "-B".as_ref(),
            paths.root.join("crates/xtask/python/browser").as_os_str(),
        ])
        .arg(request.to_string())
        .envs(environment.jupyter_variables(paths))
        .current_dir(&folder)
        // It ends when this does, in whatever way.
        .stdin(Stdio::piped());
    let mut child = without_cargos(&mut python)
        .spawn()
        .context("cannot start the environment's Python")?;
    let _open = child.stdin.take();
    let status = child
        .wait()
        .context("cannot wait for the environment's Python")?;
    if !status.success() {
        bail!(
            "JupyterLab in the browser is not as it should be ({status}); pictures and logs: {}",
            pictures.display()
        );
    }
    Ok(())
}

/// A folder like the checkout, with copies of the notebooks, which JupyterLab saves as it likes: `../crates/transfer`
/// leads to the library from there. It goes with the value.
#[derive(Debug)]
struct Scratch(PathBuf);

impl Scratch {
    fn new(paths: &Paths, beside: &Path) -> Result<Self> {
        // Of an earlier run, which may have failed.
        let pictures = fs::read_dir(beside).into_iter().flatten().flatten();
        for entry in
            pictures.filter(|entry| entry.path().extension().is_some_and(|kind| kind == "png"))
        {
            let _ = fs::remove_file(entry.path());
        }
        let scratch = Self(beside.join(format!("run-{}", std::process::id())));
        fs::create_dir_all(scratch.notebooks())
            .with_context(|| format!("cannot make the folder {}", scratch.notebooks().display()))?;
        // What lessons keep beside them.
        for entry in fs::read_dir(paths.notebooks())?.flatten() {
            let file = entry.path();
            if file.is_file() && file.extension().is_some_and(|kind| kind != "ipynb") {
                fs::copy(&file, scratch.notebooks().join(entry.file_name()))
                    .with_context(|| format!("cannot copy {}", file.display()))?;
            }
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(paths.root.join("crates"), scratch.0.join("crates"))
            .context("cannot make a link")?;
        Ok(scratch)
    }

    fn notebooks(&self) -> PathBuf {
        self.0.join("notebooks")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_scratch_folder_is_like_the_checkout_and_goes_again() {
        let root = std::env::temp_dir().join(format!("xtask-browser-{}", std::process::id()));
        let paths = Paths { root: root.clone() };
        fs::create_dir_all(root.join("crates/transfer")).unwrap();
        fs::create_dir_all(paths.notebooks()).unwrap();
        fs::write(paths.notebooks().join("02_x.csv"), "a\n1\n").unwrap();
        fs::write(paths.notebooks().join("02_x.ipynb"), "{}").unwrap();
        let beside = paths.xtask().join("browser");
        fs::create_dir_all(&beside).unwrap();
        fs::write(beside.join("02_x_failed.png"), "").unwrap();
        {
            let scratch = Scratch::new(&paths, &beside).unwrap();
            let folder = scratch.notebooks();
            assert!(folder.join("../crates/transfer").is_dir());
            assert!(folder.join("02_x.csv").is_file() && !folder.join("02_x.ipynb").exists());
            assert!(!beside.join("02_x_failed.png").exists());
        }
        assert_eq!(fs::read_dir(&beside).unwrap().count(), 0);
        // The link's target is not what has been removed.
        assert!(root.join("crates/transfer").is_dir());
        fs::remove_dir_all(root).unwrap();
    }
}
