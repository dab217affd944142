//! An interpreter that can import torch, torchvision and transformers.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::env::torch;
use crate::inherited::without_cargos;
use crate::paths::Paths;

/// The interpreter that is named, or the first of the active environment's, `.venv`'s and the PATH's that will do.
///
/// # Errors
///
/// None will do; the message has what each says, and the commands that make one.
pub(super) fn find(paths: &Paths, named: Option<&Path>) -> Result<PathBuf> {
    let candidates = match named {
        Some(python) => vec![python.to_owned()],
        None => candidates(paths),
    };
    let mut said = String::new();
    for python in candidates {
        match lacks(&python) {
            None => return Ok(python),
            Some(why) => said.push_str(&format!("\n  {}: {why}", python.display())),
        }
    }
    bail!("{}", explain(&said))
}

fn candidates(paths: &Paths) -> Vec<PathBuf> {
    let active = ["VIRTUAL_ENV", "CONDA_PREFIX"]
        .into_iter()
        .filter_map(std::env::var_os)
        .filter(|prefix| !prefix.is_empty())
        .map(|prefix| PathBuf::from(prefix).join("bin/python"));
    let mut all: Vec<PathBuf> = active
        .chain([
            paths.venv().join("bin/python"),
            own(paths).join("bin/python"),
        ])
        .filter(|python| python.exists())
        .collect();
    all.push(PathBuf::from("python3"));
    all.dedup();
    all
}

/// Where the commands of [`explain`] make an environment.
fn own(paths: &Paths) -> PathBuf {
    paths.root.join(OWN)
}

const OWN: &str = "target/bench-python";

/// Why an interpreter will not do: the last line of what it says.
fn lacks(python: &Path) -> Option<String> {
    let mut command = Command::new(python);
    command
        .args(["-c", "import torch, torchvision, transformers"])
        .stdin(Stdio::null());
    match without_cargos(&mut command).output() {
        Err(error) => Some(error.to_string()),
        Ok(output) if output.status.success() => None,
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr);
            let last = text.lines().rev().find(|line| !line.trim().is_empty());
            Some(last.map_or_else(|| output.status.to_string(), str::to_owned))
        }
    }
}

fn explain(said: &str) -> String {
    format!(
        "PyTorch is what this compares with, and no Python here has torch, torchvision and transformers:{said}\n\
         (.venv holds torch's C++ library alone, unless `cargo xtask lab --full-torch` made it.)\n\
         mend, with some GB and without touching .venv:\n  \
           python3 -m venv {OWN}\n  \
           {OWN}/bin/python -m pip install torch=={} torchvision transformers\n  \
           cargo xtask bench\n\
         or name an interpreter that has both: cargo xtask bench --python PATH",
        torch::pinned()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_usable_interpreter_the_error_says_what_to_do() {
        let paths = Paths {
            root: "/nowhere".into(),
        };
        let error = find(&paths, Some(Path::new("/nowhere/bin/python")))
            .unwrap_err()
            .to_string();
        for needed in [
            "/nowhere/bin/python: ",
            "pip install torch==",
            "--python PATH",
        ] {
            assert!(error.contains(needed), "{error}");
        }
        assert!(error.contains(torch::pinned()), "{error}");
    }

    #[test]
    fn what_an_interpreter_says_is_its_last_line() {
        // `false` runs and fails without a word.
        let why = lacks(Path::new("false")).unwrap();
        assert!(why.contains('1'), "{why}");
        assert_eq!(lacks(Path::new("true")), None);
    }
}
