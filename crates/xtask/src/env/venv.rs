//! `.venv`: made, filled and, after a kill at any point, finished.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};

use crate::board::Lane;
use crate::disk;
use crate::paths::{Paths, write_if_changed};

use super::Environment;
use super::broken::broken;
use super::pip::Pip;
use super::python::{self, Probe};
use super::stamp::{Stamp, is_foreign, wanted_pins};
use super::torch::{self, Kind};

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
    own(paths, kind)
}

/// The same for `.venv` alone.
fn own(paths: &Paths, kind: Kind) -> Result<Plan> {
    let python = paths.venv().join("bin/python");
    let stamp = Stamp::read(paths);
    if is_foreign(paths) {
        let lacks =
            match Probe::of(&python).map(|probe| Environment::from_probe(&python, &probe, false)) {
                Some(Ok(environment)) => {
                    return Ok(Plan::Ready(environment, "your own .venv".to_owned()));
                }
                Some(Err(lacks)) => lacks,
                None => "an interpreter that runs".to_owned(),
            };
        bail!(
            "there is a .venv that this set-up has not made and leaves alone, and it lacks {lacks}\n\
             mend: mv .venv .venv.old   (then a new one is made), or install what it lacks and activate it"
        );
    }
    if stamp.as_ref().is_some_and(|stamp| stamp.serves(kind))
        && let Some(probe) = Probe::of(&python)
        && let Ok(environment) = Environment::from_probe(&python, &probe, true)
        && environment.has_text_encoder()
    {
        return Ok(Plan::Ready(environment, ".venv".to_owned()));
    }
    Ok(Plan::Fill(python::best()?.0))
}

/// Makes `.venv` or finishes it.
pub(crate) fn fill(paths: &Paths, lane: &Lane<'_>, base: &Path, kind: Kind) -> Result<Environment> {
    let need = if kind == Kind::Full { 12_200 } else { 3_100 };
    let python = paths.venv().join("bin/python");
    let begun = Stamp::read(paths).is_some_and(|stamp| stamp.state != "making")
        && Probe::of(&python).is_some_and(|probe| probe.pip);
    if !begun {
        disk::require(&paths.root, need, "the Python environment")?;
        make(paths, lane, base)?;
    }
    let pip = Pip::new(paths, &python)?;
    let lists = paths.root.join("crates/xtask/python");

    lane.say("collecting JupyterLab");
    // Everything is pinned, so nothing is left for pip to work out.
    install_list(lane, &pip, &lists.join("requirements.txt"))?;
    install_torch(lane, &pip, &lists, &python, kind, false)?;
    lane.say("collecting the text encoder");
    install_list(lane, &pip, &lists.join("text.txt"))?;

    lane.say("checking what is installed");
    for (name, version) in broken(&python)? {
        lane.say(&format!("again: {name} {version}"));
        if name == "torch" {
            install_torch(lane, &pip, &lists, &python, kind, true)?;
        } else {
            let pin = format!("{name}=={version}");
            pip.install(lane, ["--ignore-installed", "--no-deps", &pin])?;
        }
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
    if is_foreign(paths) {
        bail!("{} is not of this set-up's making", paths.venv().display());
    }
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

/// What a list pins, and nothing else.
fn install_list(lane: &Lane<'_>, pip: &Pip<'_>, list: &Path) -> Result<()> {
    pip.install(
        lane,
        ["--no-deps".as_ref(), "-r".as_ref(), list.as_os_str()],
    )
}

/// torch, from where it is smallest; with `again`, although it seems to be there.
fn install_torch(
    lane: &Lane<'_>,
    pip: &Pip<'_>,
    lists: &Path,
    python: &Path,
    kind: Kind,
    again: bool,
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
        let partial =
            here.is_some_and(|(_, dir)| torch::is_slimmed(&dir) || gpu && !torch::has_cuda(&dir));
        if again || partial {
            lane.say("torch once more, whole");
            // What is broken may not let itself be uninstalled.
            let how = if again {
                "--ignore-installed"
            } else {
                "--force-reinstall"
            };
            let once_more = [how, "--no-deps", &version].map(str::to_owned);
            pip.install(lane, arguments.iter().cloned().chain(once_more))?;
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
    let mut arguments = vec!["--no-deps"];
    if again {
        arguments.push("--ignore-installed");
    }
    if again || !here {
        lane.say("looking for PyTorch's CPU index");
        if let Some(index) = torch::cpu_index(python) {
            let from_there = ["--index-url", &index, &version];
            match pip.install(lane, arguments.iter().copied().chain(from_there)) {
                Ok(()) => return Ok(()),
                Err(error) if disk::is_full(&format!("{error:#}")) => return Err(error),
                Err(_) => lane.say("not from there; PyPI"),
            }
        }
    }
    arguments.push(&version);
    pip.install(lane, arguments)?;
    // The CPU build needs nothing of CUDA; PyPI's Linux wheel needs two of its libraries.
    let cuda_build = Probe::of(python)
        .and_then(|probe| probe.torch_dir)
        .is_some_and(|dir| torch::has_cuda(&dir) || torch::is_slimmed(&dir));
    if cuda_build {
        install_list(lane, pip, &lists.join("torch-cuda-libs.txt"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Board;
    use crate::env::requirements;

    /// A checkout of its own for a test, which removes it.
    fn checkout(name: &str) -> Paths {
        let name = format!("xtask-venv-{name}-{}", std::process::id());
        let root = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        Paths { root }
    }

    #[test]
    fn an_environment_of_somebody_else_is_left_alone() {
        for (name, file) in [
            ("venv", "pyvenv.cfg"),
            ("conda", "conda-meta/history"),
            ("any", "notes.txt"),
        ] {
            let paths = checkout(name);
            let file = paths.venv().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "mine").unwrap();
            let text = own(&paths, Kind::Library).unwrap_err().to_string();
            assert!(
                text.contains("not made") && text.contains("mv .venv"),
                "{text}"
            );
            Board::show(None, |board| {
                let lane = board.lane("x", paths.log("x"));
                fill(&paths, &lane, Path::new("false"), Kind::Library).unwrap_err();
            });
            assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
            fs::remove_dir_all(paths.root).unwrap();
        }
        // A file, and a link to nowhere.
        let paths = checkout("file");
        fs::write(paths.venv(), "elsewhere").unwrap();
        assert!(is_foreign(&paths));
        fs::remove_dir_all(paths.root).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn an_environment_of_ours_without_pip_is_made_again() {
        use std::os::unix::fs::PermissionsExt;
        let paths = checkout("pip");
        let python = paths.venv().join("bin/python");
        fs::create_dir_all(python.parent().unwrap()).unwrap();
        // What the probe says after an upgrade of the system's Python.
        let said = r#"{"version": [3, 12], "prefix": "/x", "venv": true, "ensurepip": true, "pip": false}"#;
        fs::write(&python, format!("#!/bin/sh\necho '{said}'\n")).unwrap();
        fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
        let stamp = Stamp {
            state: "ready".to_owned(),
            pins: String::new(),
            kind: "library".to_owned(),
        };
        stamp.write(&paths).unwrap();
        assert!(Probe::of(&python).is_some_and(|probe| !probe.pip));
        Board::show(None, |board| {
            let lane = board.lane("x", paths.log("x"));
            fill(&paths, &lane, Path::new("false"), Kind::Library).unwrap_err();
        });
        assert!(
            !python.exists(),
            "it went on with an environment that has no pip"
        );
        fs::remove_dir_all(paths.root).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn an_environment_of_ours_without_the_text_encoder_gets_it() {
        use std::os::unix::fs::PermissionsExt;
        let paths = checkout("text");
        let python = paths.venv().join("bin/python");
        let torch_dir = paths.venv().join("torch");
        let library = match cfg!(target_os = "macos") {
            true => "lib/libtorch_cpu.dylib",
            false => "lib/libtorch_cpu.so",
        };
        let header = "include/torch/csrc/api/include/torch/torch.h";
        for file in [
            python.clone(),
            torch_dir.join(library),
            torch_dir.join(header),
        ] {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        let stamp = Stamp {
            state: "ready".to_owned(),
            pins: wanted_pins(),
            kind: "library".to_owned(),
        };
        stamp.write(&paths).unwrap();
        let pinned = requirements::text_encoder().1;
        for (text_encoder, ready) in [(Some(pinned), true), (Some("0.0.1"), false), (None, false)] {
            let said = serde_json::json!({
                "version": [3, 12], "prefix": paths.venv(), "venv": true, "ensurepip": true, "pip": true,
                "torch_dir": torch_dir, "torch": torch::pinned(), "jupyterlab": "4.6.6", "nbclient": "0.11.0",
                "text_encoder": text_encoder,
            });
            fs::write(&python, format!("#!/bin/sh\necho '{said}'\n")).unwrap();
            fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
            // Without a Python to fill it with there is no plan.
            let plan = own(&paths, Kind::Library);
            assert_eq!(
                matches!(plan, Ok(Plan::Ready(..))),
                ready,
                "{text_encoder:?}: {plan:?}"
            );
        }
        fs::remove_dir_all(paths.root).unwrap();
    }
}
