//! Where things are, and writing files so that a kill leaves the old one or the new one, never half.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The places of one checkout.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    /// The workspace's root.
    pub(crate) root: PathBuf,
}

impl Paths {
    /// The checkout that cargo runs this from, or the one around the current folder.
    pub(crate) fn find() -> Result<Self> {
        let from_cargo = std::env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .and_then(|dir| dir.ancestors().nth(2).map(Path::to_owned));
        let here = std::env::current_dir().context("the current folder is gone")?;
        let candidates = from_cargo
            .into_iter()
            .chain(here.ancestors().map(Path::to_owned));
        for root in candidates {
            if root.join("crates/xtask/Cargo.toml").is_file() {
                return Ok(Self { root });
            }
        }
        bail!(
            "{} is not inside a checkout of this repository: `cd` into it first",
            here.display()
        )
    }

    /// `target/`: the template, logs, caches; `cargo clean` takes all of it away.
    pub(crate) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Where cargo puts what it builds: `target/`, unless the user's `CARGO_TARGET_DIR` says otherwise.
    pub(crate) fn cargo_target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
            Some(dir) => std::path::absolute(&dir).unwrap_or_else(|_| PathBuf::from(dir)),
            None => self.target(),
        }
    }

    /// This tool's own folder: logs, probes, pip's cache.
    pub(crate) fn xtask(&self) -> PathBuf {
        self.target().join("xtask")
    }

    /// The log of one stage.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.xtask().join("log").join(format!("{name}.log"))
    }

    /// The kernel's home: its template and the folders of running kernels.
    pub(crate) fn kernel_home(&self) -> PathBuf {
        self.target().join("lab")
    }

    /// The kernel's binary.
    pub(crate) fn kernel(&self) -> PathBuf {
        self.cargo_target().join("kernel/transfer-kernel")
    }

    /// The environment that this tool makes where the user has none.
    pub(crate) fn venv(&self) -> PathBuf {
        self.root.join(".venv")
    }

    /// The notebooks.
    pub(crate) fn notebooks(&self) -> PathBuf {
        self.root.join("notebooks")
    }

    /// What plain cargo reads to find libtorch (see `.cargo/config.toml`).
    pub(crate) fn libtorch_config(&self) -> PathBuf {
        self.target().join("libtorch.toml")
    }

    /// Jupyter's own files (run time, trust database, workspaces), kept out of the user's home.
    pub(crate) fn jupyter(&self) -> PathBuf {
        self.target().join("jupyter")
    }
}

/// Writes `text` to `path` by way of a neighbour and a rename, and only if it says something new. Returns
/// whether it wrote.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> Result<bool> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)
            .with_context(|| format!("cannot make the folder {}", parent.display()))?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let draft = path.with_file_name(name);
    let written = fs::write(&draft, text).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_rewritten_only_when_it_changes() {
        let dir = std::env::temp_dir().join(format!("xtask-paths-{}", std::process::id()));
        let file = dir.join("deep/libtorch.toml");
        assert!(write_if_changed(&file, "a").unwrap());
        assert!(!write_if_changed(&file, "a").unwrap());
        assert!(write_if_changed(&file, "b").unwrap());
        assert_eq!(
            fs::read_dir(dir.join("deep")).unwrap().count(),
            1,
            "no draft stays behind"
        );
        fs::remove_dir_all(dir).unwrap();
    }
}
