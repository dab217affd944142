//! The real cargo and rustc.

use anyhow::{Context, Result};
use std::env;
use std::path::PathBuf;
use std::process::Command;

/// The real tools, found once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Toolchain {
    pub(crate) cargo: PathBuf,
    pub(crate) rustc: PathBuf,
}

impl Toolchain {
    /// Asks rustup for the tools themselves, past its proxies; without rustup, those on `PATH`.
    pub(crate) fn find() -> Result<Self> {
        Ok(Self {
            cargo: find_tool("cargo")?,
            rustc: find_tool("rustc")?,
        })
    }
}

fn find_tool(name: &str) -> Result<PathBuf> {
    let from_rustup =
        find_on_path("rustup").map(|rustup| Command::new(rustup).args(["which", name]).output());
    if let Some(Ok(output)) = from_rustup
        && output.status.success()
    {
        return Ok(String::from_utf8(output.stdout)?.trim().into());
    }
    find_on_path(name).with_context(|| {
        format!("{name} was not found on PATH; install Rust from https://rustup.rs")
    })
}

/// A program on `PATH`, or where rustup puts it: what starts from a desktop may not know of that folder.
pub(crate) fn find_on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let folders = env::split_paths(&path).chain(cargo_home.map(|home| home.join("bin")));
    folders
        .map(|dir| dir.join(name))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_on_the_path_is_found() {
        assert!(find_on_path("sh").is_some_and(|path| path.ends_with("sh")));
        assert_eq!(find_on_path("no-such-program"), None);
    }
}
