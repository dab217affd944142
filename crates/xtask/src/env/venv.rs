//! `.venv`: made, filled and, after a kill at any point, finished.
//!
//! A file inside it says how far it is: `making` from before its first file, `made` once it has pip, `ready` with
//! the pins that are in it once everything is there and checked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use crate::board::Lane;
use crate::disk;
use crate::paths::{Paths, write_if_changed};

use super::pip::Pip;
use super::python::{self, Probe};
use super::torch::{self, Kind};
use super::{Environment, requirements};

/// What is to be done to have an environment.
#[derive(Debug)]
pub(crate) enum Plan {
    /// Nothing: this one is ready. The note says whose it is.
    Ready(Environment, String),
    /// Make `.venv` with this interpreter, or finish it.
    Fill(PathBuf),
}

/// Looks at what is there and decides, without changing anything.
///
/// # Errors
///
/// When there is no Python to make it with, or a `.venv` that somebody else has made and that doesn't serve.
pub(crate) fn plan(paths: &Paths, kind: Kind) -> Result<Plan> {
    match super::active(paths) {
        Some((prefix, Ok(environment))) => {
            let note = format!("the active environment {}", prefix.display());
            return Ok(Plan::Ready(environment, note));
        }
        Some((prefix, Err(lacks))) => {
            println!(
                "  the active environment {} lacks {lacks}: .venv is used instead",
                prefix.display()
            );
        }
        None => {}
    }
    let python = paths.venv().join("bin/python");
    let stamp = Stamp::read(paths);
    if stamp.is_none() && paths.venv().join("pyvenv.cfg").exists() {
        let lacks =
            match Probe::of(&python).map(|probe| Environment::from_probe(&python, &probe, false)) {
                Some(Ok(environment)) => {
                    return Ok(Plan::Ready(environment, "your own .venv".to_owned()));
                }
                Some(Err(lacks)) => lacks,
                None => "an interpreter that runs".to_owned(),
            };
        bail!(
            "there is a .venv that this set-up has not made, and it lacks {lacks}\n\
             mend: mv .venv .venv.old   (then a new one is made), or install what it lacks and activate it"
        );
    }
    if stamp.as_ref().is_some_and(|stamp| stamp.serves(kind))
        && let Some(probe) = Probe::of(&python)
        && let Ok(environment) = Environment::from_probe(&python, &probe, true)
    {
        return Ok(Plan::Ready(environment, ".venv".to_owned()));
    }
    Ok(Plan::Fill(python::best()?.0))
}

/// Makes `.venv` or finishes it.
pub(crate) fn fill(paths: &Paths, lane: &Lane<'_>, base: &Path, kind: Kind) -> Result<Environment> {
    let need = if kind == Kind::Full { 12_000 } else { 2_900 };
    let python = paths.venv().join("bin/python");
    let begun = Stamp::read(paths).is_some_and(|stamp| stamp.state != "making")
        && Probe::of(&python).is_some();
    if !begun {
        disk::require(&paths.root, need, "the Python environment")?;
        make(paths, lane, base)?;
    }
    let pip = Pip::new(paths, &python)?;
    let lists = paths.root.join("crates/xtask/python");

    lane.say("collecting JupyterLab");
    // Everything is pinned, so nothing is left for pip to work out.
    pip.install(
        lane,
        [
            "--no-deps".as_ref(),
            "-r".as_ref(),
            lists.join("requirements.txt").as_os_str(),
        ],
    )?;
    install_torch(lane, &pip, &lists, &python, kind)?;

    lane.say("checking what is installed");
    for broken in broken(&python)? {
        lane.say(&format!("again: {broken}"));
        pip.install(lane, ["--ignore-installed", "--no-deps", &broken])?;
    }
    let probe = Probe::of(&python).context("the interpreter of .venv does not run")?;
    let environment = Environment::from_probe(&python, &probe, true)
        .map_err(|lacks| anyhow!(".venv still lacks {lacks}"))?;
    if kind == Kind::Library {
        torch::slim(&environment.torch_dir).context("cannot drop torch's CUDA part")?;
    }
    // JupyterLab would ask at the first start whether it may fetch news.
    let page = environment
        .prefix
        .join("etc/jupyter/labconfig/page_config.json");
    write_if_changed(
        &page,
        "{\"disabledExtensions\": {\"@jupyterlab/apputils-extension:announcements\": true}}\n",
    )?;
    Stamp {
        state: "ready".to_owned(),
        pins: wanted_pins(),
        kind: kind.name().to_owned(),
    }
    .write(paths)?;
    pip.clean();
    lane.say("");
    Ok(environment)
}

/// An empty environment with pip in it.
fn make(paths: &Paths, lane: &Lane<'_>, base: &Path) -> Result<()> {
    lane.say("making .venv");
    if paths.venv().exists() {
        fs::remove_dir_all(paths.venv()).context("cannot remove the unfinished .venv")?;
    }
    let mut stamp = Stamp {
        state: "making".to_owned(),
        pins: String::new(),
        kind: String::new(),
    };
    stamp.write(paths)?;
    let mut command = Command::new(base);
    command.args(["-m", "venv"]).arg(paths.venv());
    lane.run(&mut command, |_| None).map_err(|error| {
        let text = format!("{error:#}");
        if disk::is_full(&text) {
            return anyhow!("{text}\n\n{}", disk::FULL);
        }
        let version = Probe::of(base).map_or((3, 11), |probe| probe.version);
        anyhow!(
            "{text}\n\nPython cannot make a virtual environment. mend: {}",
            python::install_venv(version)
        )
    })?;
    stamp.state = "made".to_owned();
    stamp.write(paths)
}

/// torch, from where it is smallest.
fn install_torch(
    lane: &Lane<'_>,
    pip: &Pip<'_>,
    lists: &Path,
    python: &Path,
    kind: Kind,
) -> Result<()> {
    let version = format!("torch=={}", torch::pinned());
    let here = Probe::of(python).and_then(|probe| Some((probe.torch?, probe.torch_dir?)));
    if kind == Kind::Full {
        let constraints = lists
            .join("torch-full-constraints.txt")
            .display()
            .to_string();
        let jupyter = lists.join("requirements.txt").display().to_string();
        let gpu = torch::gpu().is_some();
        let mut arguments = Vec::new();
        if !gpu && let Some(index) = torch::cpu_index(python) {
            arguments.extend(["--extra-index-url".to_owned(), index]);
        }
        if here.is_some_and(|(_, dir)| torch::is_slimmed(&dir) || gpu && !torch::has_cuda(&dir)) {
            lane.say("torch once more, whole");
            let again = ["--force-reinstall", "--no-deps", &version].map(str::to_owned);
            pip.install(lane, arguments.iter().cloned().chain(again))?;
        }
        arguments.extend([
            "-c".to_owned(),
            constraints,
            "-c".to_owned(),
            jupyter,
            version,
        ]);
        return pip.install(lane, arguments);
    }
    let here = here.is_some_and(|(found, _)| torch::base_version(&found) == torch::pinned());
    if !here {
        lane.say("looking for PyTorch's CPU index");
        if let Some(index) = torch::cpu_index(python) {
            match pip.install(lane, ["--no-deps", "--index-url", &index, &version]) {
                Ok(()) => return Ok(()),
                Err(error) if disk::is_full(&format!("{error:#}")) => return Err(error),
                Err(_) => lane.say("not from there; PyPI"),
            }
        }
    }
    pip.install(lane, ["--no-deps", &version])?;
    // The CPU build needs nothing of CUDA; PyPI's Linux wheel needs two of its libraries.
    let cuda_build = Probe::of(python)
        .and_then(|probe| probe.torch_dir)
        .is_some_and(|dir| torch::has_cuda(&dir) || torch::is_slimmed(&dir));
    if cuda_build {
        let libraries = lists.join("torch-cuda-libs.txt");
        pip.install(
            lane,
            ["--no-deps".as_ref(), "-r".as_ref(), libraries.as_os_str()],
        )?;
    }
    Ok(())
}

/// The packages that a killed pip has left half-installed, as `name==version`.
fn broken(python: &Path) -> Result<Vec<String>> {
    let output = Command::new(python)
        .args(["-I", "-c", include_str!("../../python/verify.py")])
        .output()
        .context("cannot check what is installed")?;
    if !output.status.success() {
        bail!(
            "cannot check what is installed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect())
}

fn wanted_pins() -> String {
    [
        requirements::JUPYTER,
        requirements::TORCH,
        requirements::CUDA_LIBS,
        requirements::FULL,
    ]
    .concat()
}

/// How far `.venv` is.
#[derive(Debug, PartialEq)]
struct Stamp {
    state: String,
    pins: String,
    kind: String,
}

impl Stamp {
    fn file(paths: &Paths) -> PathBuf {
        paths.venv().join("transfer-setup.json")
    }

    fn read(paths: &Paths) -> Option<Self> {
        let value: Value =
            serde_json::from_str(&fs::read_to_string(Self::file(paths)).ok()?).ok()?;
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        Some(Self {
            state: text("state")?,
            pins: text("pins")?,
            kind: text("kind")?,
        })
    }

    fn write(&self, paths: &Paths) -> Result<()> {
        let value = json!({ "state": self.state, "pins": self.pins, "kind": self.kind });
        write_if_changed(&Self::file(paths), &format!("{value:#}\n")).map(|_| ())
    }

    /// Whether everything that is pinned now is in there, and torch as whole as it is wanted.
    fn serves(&self, kind: Kind) -> bool {
        let whole = self.kind == Kind::Full.name() || kind == Kind::Library;
        self.state == "ready" && self.pins == wanted_pins() && whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_finished_environment_with_todays_pins_serves() {
        let root = std::env::temp_dir().join(format!("xtask-venv-{}", std::process::id()));
        let paths = Paths { root: root.clone() };
        assert_eq!(Stamp::read(&paths), None);
        let mut stamp = Stamp {
            state: "ready".to_owned(),
            pins: wanted_pins(),
            kind: "library".to_owned(),
        };
        stamp.write(&paths).unwrap();
        assert_eq!(Stamp::read(&paths).as_ref(), Some(&stamp));
        assert!(stamp.serves(Kind::Library) && !stamp.serves(Kind::Full));
        stamp.kind = "full".to_owned();
        assert!(stamp.serves(Kind::Library) && stamp.serves(Kind::Full));
        stamp.pins.push_str("x==1\n");
        assert!(!stamp.serves(Kind::Full), "pins have changed since");
        stamp.pins = wanted_pins();
        stamp.state = "made".to_owned();
        assert!(!stamp.serves(Kind::Library), "a kill left it unfinished");
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn an_environment_of_somebody_else_is_left_alone() {
        let root = std::env::temp_dir().join(format!("xtask-foreign-{}", std::process::id()));
        let paths = Paths { root: root.clone() };
        fs::create_dir_all(paths.venv()).unwrap();
        fs::write(paths.venv().join("pyvenv.cfg"), "").unwrap();
        let error = plan(&paths, Kind::Library);
        // An active environment that has everything may be in use where this test runs.
        if let Err(error) = error {
            assert!(error.to_string().contains("mv .venv"), "{error}");
        }
        fs::remove_dir_all(root).unwrap();
    }
}
