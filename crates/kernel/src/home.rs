//! Where the kernel keeps what it makes, and what it is told by its environment.

use anyhow::{Context, Result};
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The complete lock file, beside the one that cargo prunes.
pub(crate) const SEED_LOCK: &str = "Cargo.lock.seed";

/// The folders that the kernel works with.
///
/// ```text
/// HOME/template/            the warm crate directory
/// HOME/template.stamp       what the template was made from, once it is whole
/// HOME/kernels/PID-N/       the crate directory of one running kernel
/// HOME/companion/           the library that stands beside the cells, for each compiler
/// HOME/cargo/bin/           cargo and rustup as rust-analyzer and evcxr find them: links to this binary
/// ```
#[derive(Clone, Debug)]
pub(crate) struct Home {
    dir: PathBuf,
    root: PathBuf,
}

impl Home {
    /// Reads `TRANSFER_KERNEL_HOME` and `TRANSFER_ROOT`.
    pub(crate) fn from_env() -> Result<Self> {
        let get = |name: &str| {
            env::var_os(name).map(PathBuf::from).with_context(|| {
                format!("{name} is not set; `cargo xtask lab` writes a kernelspec that sets it")
            })
        };
        Self::new(get("TRANSFER_KERNEL_HOME")?, get("TRANSFER_ROOT")?)
    }

    /// A home in `dir`, made where it does not exist, for the workspace in `root`.
    pub(crate) fn new(dir: PathBuf, root: PathBuf) -> Result<Self> {
        let home = Self { dir, root };
        fs::create_dir_all(home.kernels())
            .with_context(|| format!("cannot make {}", home.kernels().display()))?;
        Ok(home)
    }

    pub(crate) fn template(&self) -> PathBuf {
        self.dir.join("template")
    }

    pub(crate) fn stamp(&self) -> PathBuf {
        self.dir.join("template.stamp")
    }

    /// Where [`companion`](crate::companion)s are.
    pub(crate) fn companions(&self) -> PathBuf {
        self.dir.join("companion")
    }

    /// The file whose lock is held while a kernel's directory is made, or those of dead kernels are removed.
    pub(crate) fn open_register(&self) -> Result<File> {
        let path = self.dir.join("kernels.lock");
        File::create(&path).with_context(|| format!("cannot open {}", path.display()))
    }

    /// The file whose lock is held exclusively while the template is warmed, and shared while it is copied.
    pub(crate) fn open_lock(&self) -> Result<File> {
        let path = self.dir.join("template.lock");
        File::create(&path).with_context(|| format!("cannot open {}", path.display()))
    }

    pub(crate) fn kernels(&self) -> PathBuf {
        self.dir.join("kernels")
    }

    /// evcxr's configuration: nothing in it, but the user's own must not change what was warmed.
    pub(crate) fn config(&self) -> PathBuf {
        self.dir.join("config")
    }

    /// What stands in for `$CARGO_HOME`; see [`crate::standin`].
    pub(crate) fn cargo_home(&self) -> PathBuf {
        self.dir.join("cargo")
    }

    /// The crate that every notebook imports.
    pub(crate) fn library(&self) -> PathBuf {
        self.root.join("crates").join("transfer")
    }

    /// The files that make that crate.
    pub(crate) fn library_files(&self) -> Result<Vec<PathBuf>> {
        crate_files(&self.library())
    }

    pub(crate) fn workspace_file(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

/// Writes `contents` to `path` so that a reader finds the old file or the new one, never a part.
pub(crate) fn write_atomically(path: &Path, contents: &[u8]) -> Result<()> {
    let tmp = path.with_extension(format!("tmp-{}", std::process::id()));
    fs::write(&tmp, contents)
        .and_then(|()| fs::rename(&tmp, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// The files that make a crate.
pub(crate) fn crate_files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = vec![dir.join("Cargo.toml"), dir.join("build.rs")];
    let src = dir.join("src");
    list_files(&src, &mut files).with_context(|| format!("cannot list {}", src.display()))?;
    Ok(files)
}

fn list_files(dir: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            list_files(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
