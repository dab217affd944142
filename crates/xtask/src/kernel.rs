//! The kernel as this tool sees it: built, installed into the Python environment, and warmed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, anyhow, bail};
use serde_json::{Value, json};

use crate::board::Lane;
use crate::disk;
use crate::env::Environment;
use crate::inherited::without_cargos;
use crate::paths::{Paths, write_if_changed};
use crate::toolchain::{cargo, install_cxx};

/// Builds the kernel's binary; a second time cargo finds nothing to do.
pub(crate) fn build(paths: &Paths, lane: &Lane<'_>) -> Result<()> {
    if !paths.kernel().exists() {
        disk::require(&paths.root, 2_000, "the kernel's build")?;
    }
    lane.say("starting cargo");
    let mut command = build_command(paths);
    let mut compiled = 0;
    lane.run(&mut command, |line| {
        let (verb, what) = line.trim().split_once(' ')?;
        match verb {
            "Compiling" => {
                compiled += 1;
                let name = what.split_whitespace().next()?;
                Some(format!("crate {compiled}, {name}"))
            }
            "Downloading" | "Downloaded" | "Updating" | "Blocking" => Some(line.trim().to_owned()),
            _ => None,
        }
    })
    .map_err(|error| explain(&error))?;
    lane.say("");
    if !paths.kernel().exists() {
        bail!(
            "cargo has built the kernel, but not to {}: is there a `build.target` in your cargo configuration? \
             Take it out, or set it for the projects that need it only",
            paths.kernel().display()
        );
    }
    Ok(())
}

/// The build, with the binary going to where it is looked for, whatever the user's settings for other builds.
fn build_command(paths: &Paths) -> Command {
    let mut command = cargo();
    command
        .args(["build", "--profile", "kernel", "--package", "kernel"])
        .arg("--target-dir")
        .arg(paths.cargo_target())
        .env_remove("CARGO_BUILD_TARGET")
        .current_dir(&paths.root);
    command
}

/// Makes or refreshes the template that kernels start from.
pub(crate) fn warm(paths: &Paths, environment: &Environment, lane: &Lane<'_>) -> Result<()> {
    if !paths.kernel_home().join("template").exists() {
        disk::require(&paths.root, 2_500, "the kernel's warm template")?;
    }
    lane.say("looking at the template");
    let mut command = Command::new(paths.kernel());
    command
        .arg("warm")
        .envs(environment.variables(paths))
        .current_dir(&paths.root);
    without_cargos(&mut command);
    lane.run(&mut command, |line| {
        Some(line.trim().to_owned()).filter(|line| !line.is_empty())
    })
    .map_err(|error| explain(&error))?;
    lane.say("");
    Ok(())
}

/// What the kernel says of its template: the line, and whether it is warm. `None` before the kernel is built.
pub(crate) fn status(paths: &Paths, environment: Option<&Environment>) -> Option<(String, bool)> {
    let mut command = Command::new(paths.kernel());
    command
        .arg("status")
        .stdin(Stdio::null())
        .current_dir(&paths.root);
    match environment {
        Some(environment) => command.envs(environment.variables(paths)),
        None => command
            .env("TRANSFER_ROOT", &paths.root)
            .env("TRANSFER_KERNEL_HOME", paths.kernel_home()),
    };
    let output = without_cargos(&mut command).output().ok()?;
    let line = String::from_utf8_lossy(&output.stdout)
        .lines()
        .next()
        .unwrap_or("no answer")
        .to_owned();
    Some((line, output.status.success()))
}

/// Where the kernelspec is, or goes.
pub(crate) fn spec_file(environment: &Environment) -> PathBuf {
    environment
        .prefix
        .join("share/jupyter/kernels/rust/kernel.json")
}

/// This checkout's own copy of the kernelspec, which its JupyterLab and its runner look at first: two checkouts
/// may share an environment.
fn own_spec_file(paths: &Paths) -> PathBuf {
    paths.jupyter().join("data/kernels/rust/kernel.json")
}

/// Installs the kernelspec into the environment and beside this checkout's template, never among the user's own
/// kernels. Returns whether the environment's changed.
///
/// Its name is that of a plain `evcxr_jupyter`, so that notebooks open with either.
pub(crate) fn install(paths: &Paths, environment: &Environment) -> Result<bool> {
    let text = spec_text(paths, environment);
    write_if_changed(&own_spec_file(paths), &text)?;
    write_if_changed(&spec_file(environment), &text)
}

/// Whether the environment's kernelspec is the one of this checkout.
pub(crate) fn is_installed(paths: &Paths, environment: &Environment) -> bool {
    let text = spec_text(paths, environment);
    std::fs::read_to_string(spec_file(environment)).is_ok_and(|found| found == text)
}

/// The kernelspec's text.
pub(crate) fn spec_text(paths: &Paths, environment: &Environment) -> String {
    format!("{:#}\n", spec(paths, &paths.kernel(), environment))
}

fn spec(paths: &Paths, kernel: &Path, environment: &Environment) -> Value {
    let variables: serde_json::Map<String, Value> = environment
        .spec_variables(paths)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    json!({
        "argv": [kernel.display().to_string(), "--control_file", "{connection_file}"],
        "display_name": "Rust",
        "language": "rust",
        "interrupt_mode": "message",
        "env": variables,
    })
}

/// A build's failure with its mend, where the text tells it.
pub(crate) fn explain(error: &anyhow::Error) -> anyhow::Error {
    let text = format!("{error:#}");
    let mend = if disk::is_full(&text) {
        disk::FULL.to_owned()
    } else if text.contains("linker `cc` not found") || text.contains("failed to find tool") {
        format!("a compiler or linker is missing. mend: {}", install_cxx())
    } else if [
        "Couldn't resolve host",
        "Could not resolve host",
        "failed to download",
        "Connection refused",
        "network failure",
    ]
    .iter()
    .any(|sign| text.contains(sign))
    {
        "cargo cannot reach crates.io. Connect, or set a proxy (export HTTPS_PROXY=http://host:port), or a mirror in \
         ~/.cargo/config.toml; then run the same command again: what has been downloaded and compiled is kept."
            .to_owned()
    } else {
        return anyhow!("{text}");
    };
    anyhow!("{text}\n\n{mend}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spec_says_where_libtorch_and_the_state_are() {
        let paths = Paths {
            root: "/repo".into(),
        };
        let environment = Environment {
            python: "/e/bin/python".into(),
            prefix: "/e".into(),
            torch_dir: "/e/lib/torch".into(),
            torch_version: "2.13.0".to_owned(),
            text_encoder: None,
            ours: true,
        };
        let spec = spec(
            &paths,
            Path::new("/repo/target/kernel/transfer-kernel"),
            &environment,
        );
        assert_eq!(spec["argv"][2], "{connection_file}");
        assert_eq!(spec["env"]["LIBTORCH"], "/e/lib/torch");
        assert_eq!(spec["env"]["TRANSFER_KERNEL_HOME"], "/repo/target/lab");
        assert_eq!(
            spec["env"][crate::inherited::LIBRARY_PATH],
            format!("/e/lib/torch/lib:${{{}}}", crate::inherited::LIBRARY_PATH)
        );
        assert_eq!(
            spec["env"]["PATH"].as_str(),
            crate::inherited::kernel_path().as_deref()
        );
        assert_eq!(
            spec_file(&environment),
            Path::new("/e/share/jupyter/kernels/rust/kernel.json")
        );
    }

    #[test]
    fn the_binary_goes_to_where_it_is_looked_for() {
        let paths = Paths {
            root: "/repo".into(),
        };
        let command = build_command(&paths);
        let arguments: Vec<&Path> = command.get_args().map(Path::new).collect();
        let place = arguments
            .iter()
            .position(|argument| *argument == Path::new("--target-dir"))
            .unwrap();
        assert!(arguments[place + 1].is_absolute());
        assert_eq!(
            arguments[place + 1].join("kernel/transfer-kernel"),
            paths.kernel()
        );
        assert!(
            command
                .get_envs()
                .any(|(name, value)| name == "CARGO_BUILD_TARGET" && value.is_none())
        );
    }

    #[test]
    fn two_checkouts_on_one_environment_each_keep_their_spec() {
        let dir = std::env::temp_dir().join(format!("xtask-spec-{}", std::process::id()));
        let environment = Environment {
            python: dir.join("e/bin/python"),
            prefix: dir.join("e"),
            torch_dir: dir.join("e/torch"),
            torch_version: "2.13.0".to_owned(),
            text_encoder: None,
            ours: false,
        };
        let checkouts = ["a", "b"].map(|name| Paths {
            root: dir.join(name),
        });
        for paths in &checkouts {
            assert!(install(paths, &environment).unwrap());
        }
        assert!(
            !is_installed(&checkouts[0], &environment) && is_installed(&checkouts[1], &environment)
        );
        for paths in &checkouts {
            let variables = environment.jupyter_variables(paths);
            let (_, path) = variables
                .iter()
                .find(|(name, _)| *name == "JUPYTER_PATH")
                .unwrap();
            let first = std::env::split_paths(path).next().unwrap();
            let text = std::fs::read_to_string(first.join("kernels/rust/kernel.json")).unwrap();
            let spec: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(
                spec["env"]["TRANSFER_ROOT"],
                paths.root.display().to_string()
            );
        }
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_failed_build_names_its_mend() {
        let explained = |text: &str| explain(&anyhow!("{text}")).to_string();
        assert!(explained("error: linker `cc` not found").contains("mend: "));
        assert!(explained("No space left on device (os error 28)").contains("disk is full"));
        assert!(explained("[6] Could not resolve host: index.crates.io").contains("crates.io"));
        assert_eq!(
            explained("error[E0308]: mismatched types"),
            "error[E0308]: mismatched types"
        );
    }
}
