//! What a killed pip has left half-installed.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::python::Probe;
use super::torch;

/// The packages that a killed pip has left half-installed, with their versions.
pub(super) fn broken(python: &Path) -> Result<Vec<(String, String)>> {
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
    let slimmed = Probe::of(python)
        .and_then(|probe| probe.torch_dir)
        .is_some_and(|dir| torch::is_slimmed(&dir));
    let said = String::from_utf8_lossy(&output.stdout);
    Ok(broken_of(&said, slimmed))
}

/// The packages in what the script says. What has been dropped from torch is not broken, and a version's build
/// (`+cpu`) is for no index but the one that it came from.
fn broken_of(said: &str, slimmed: bool) -> Vec<(String, String)> {
    let mut packages = Vec::new();
    for line in said.lines() {
        let (package, file) = line.split_once('\t').unwrap_or((line, ""));
        let Some((name, version)) = package.split_once("==") else {
            continue;
        };
        if slimmed && name == "torch" && torch::is_slimmed_away(file) {
            continue;
        }
        let package = (name.to_owned(), torch::base_version(version).to_owned());
        if !packages.contains(&package) {
            packages.push(package);
        }
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_been_dropped_from_torch_is_not_broken() {
        let said = "torch==2.13.0+cpu\ttorch/lib/libtorch_cuda.so\n\
            torch==2.13.0+cpu\ttorch/lib/libtorch.so\n\
            idna==3.20\tidna/core.py\nidna==3.20\tidna/codec.py\nhalf==1\t\n";
        let named = |slimmed| {
            let packages = broken_of(said, slimmed).into_iter();
            let names = packages.map(|(name, version)| format!("{name} {version}"));
            names.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(named(true), "idna 3.20, half 1");
        assert_eq!(named(false), "torch 2.13.0, idna 3.20, half 1");
        let said = "torch==2.13.0+cpu\ttorch/lib/libc10.so\n";
        assert_eq!(broken_of(said, true).len(), 1);
    }
}
