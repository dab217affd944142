//! The crate directory of one kernel: a copy of the template made of hard links.

use crate::home::{Home, SEED_LOCK};
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

/// Locked by a kernel for as long as it lives, whatever ends it.
pub(crate) const ALIVE: &str = "alive.lock";

/// The crate that may be edited while kernels run.
const LIBRARY: &str = "transfer";

/// Locked while the template is being copied; see [`wait_until_whole`].
const FILLING: &str = "filling.lock";

/// A crate directory that no other kernel touches; removed when dropped.
pub(crate) struct Workdir {
    dir: PathBuf,
    filling: Option<JoinHandle<()>>,
    lock: Option<File>,
    _alive: File,
}

impl Workdir {
    /// Makes the directory, at once and empty: its name is part of the kernel's environment.
    pub(crate) fn create(home: &Home) -> Result<Self> {
        let register = home.open_register()?;
        register.lock().context("waiting for another kernel")?;
        let dir = new_dir(&home.kernels())?;
        let lock = |name: &str| -> Result<File> {
            let path = dir.join(name);
            let file =
                File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
            file.lock()?;
            Ok(file)
        };
        let (alive, filling) = (lock(ALIVE)?, lock(FILLING)?);
        Ok(Self {
            dir,
            filling: None,
            lock: Some(filling),
            _alive: alive,
        })
    }

    /// Starts to copy the template into the directory, in the background: evcxr and rust-analyzer have seconds of work
    /// before cargo needs what is in it. Where there is no template, the directory stays empty and the first cell
    /// compiles everything.
    pub(crate) fn fill(&mut self, home: &Home) -> Result<()> {
        let guard = home.open_lock()?;
        guard.lock_shared().context("waiting for the template")?;
        let template = home.template();
        let filling = self.lock.take();
        if template.join(SEED_LOCK).exists() {
            // The stand-in for cargo goes by this file from the first moment on.
            copy(&template.join(SEED_LOCK), &self.dir.join(SEED_LOCK))?;
            let to = self.dir.join("target");
            self.filling = Some(std::thread::spawn(move || {
                if let Err(error) = copy_tree(&template.join("target"), &to, LIBRARY) {
                    eprintln!("the template was not copied, the first cell compiles all: {error}");
                }
                drop((filling, guard));
            }));
        }
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Workdir {
    fn drop(&mut self) {
        if let Some(filling) = self.filling.take() {
            let _ = filling.join();
        }
        if let Err(error) = fs::remove_dir_all(&self.dir) {
            eprintln!("{} was not removed: {error}", self.dir.display());
        }
    }
}

/// Waits until the template has been copied to `dir`, for processes that need what is in it.
pub(crate) fn wait_until_whole(dir: &Path) -> io::Result<()> {
    match File::open(dir.join(FILLING)) {
        Ok(filling) => filling.lock_shared(),
        // The template itself is not filled from anywhere.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Removes the directories of kernels that are gone, unless another kernel does something of the kind right now.
pub(crate) fn sweep(home: &Home) -> Result<()> {
    let register = home.open_register()?;
    if register.try_lock().is_err() {
        return Ok(());
    }
    for entry in fs::read_dir(home.kernels())? {
        let dir = entry?.path();
        // A kernel locks this file while it holds the register, and keeps it locked.
        let is_dead = File::open(dir.join(ALIVE)).map_or(true, |alive| alive.try_lock().is_ok());
        if is_dead && let Err(error) = fs::remove_dir_all(&dir) {
            eprintln!("{} was not removed: {error}", dir.display());
        }
    }
    Ok(())
}

fn new_dir(parent: &Path) -> Result<PathBuf> {
    for n in 0.. {
        let dir = parent.join(format!("{}-{n}", std::process::id()));
        match fs::create_dir(&dir) {
            Ok(()) => return Ok(dir),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot make {}", dir.display()));
            }
        }
    }
    unreachable!("the numbers don't end")
}

fn copy_tree(from: &Path, to: &Path, library: &str) -> io::Result<()> {
    // rust-analyzer asks cargo about the target meanwhile, and cargo makes folders and notes of its own.
    // And tests of the library, compiled in the template, may replace files while they are being copied.
    let or_settled = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    };
    or_settled(fs::create_dir(to))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let is_dir = entry.file_type()?.is_dir();
        match way(&from, is_dir, library) {
            Way::Skip => {}
            _ if is_dir => copy_tree(&from, &to, library)?,
            // Where links are not to be had (another file system), a copy does.
            Way::Link if fs::hard_link(&from, &to).is_ok() => {}
            Way::Link | Way::Copy => or_settled(copy(&from, &to))?,
        }
    }
    Ok(())
}

/// How a file of the template comes into a kernel's directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Skip,
    Link,
    Copy,
}

/// rustc and the linker replace their outputs by new files, so these can be linked. cargo writes into its
/// own: of those, what decides whether a package is up to date is copied, and what only explains why not
/// is left behind, because making thousands of files is most of what a copy costs.
fn way(path: &Path, is_dir: bool, library: &str) -> Way {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let parent = path.parent().unwrap_or(path);
    let grandparent = parent
        .parent()
        .and_then(Path::file_name)
        .unwrap_or_default();
    let is_output = parent.ends_with("deps") || grandparent == "build" || parent.ends_with("out");
    let is_library = LIBRARIES.iter().any(|end| name.ends_with(end));
    if is_of_the_cell(&name) || (parent.ends_with("deps") && !is_library) {
        Way::Skip
    } else if is_dir || name.starts_with(library) || name.starts_with(&format!("lib{library}")) {
        Way::Copy
    } else if grandparent == ".fingerprint" && !is_unit_of(parent, library) {
        match &*name {
            name if name.ends_with(".json") => Way::Skip,
            name if name == "invoked.timestamp" || name.starts_with("dep-") => Way::Link,
            _ => Way::Copy,
        }
    } else if is_output && !matches!(&*name, "output" | "root-output") {
        Way::Link
    } else {
        Way::Copy
    }
}

/// The outputs that later compilations read. (Tests are executables; `.d` files only explain.)
const LIBRARIES: [&str; 4] = [".rlib", ".rmeta", ".so", ".dylib"];

/// Whether `dir` is the fingerprint of the crate that is edited: cargo goes by its files' times.
fn is_unit_of(dir: &Path, library: &str) -> bool {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    name.strip_prefix(library)
        .is_some_and(|rest| rest.starts_with('-'))
}

/// What belongs to the cells that warmed the template, locks, and what only speeds up compiling a crate
/// again. evcxr's crate is named `ctx`.
fn is_of_the_cell(name: &str) -> bool {
    [".cargo-lock", "incremental", "doc", "examples"].contains(&name)
        || name.starts_with("ctx-")
        || ["libctx", "libcode_", "ctx.", ".evcxr-"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// Copies a small file with its mode and the time of its last change, by which cargo goes. `fs::copy`
/// takes several times as long.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let metadata = source.metadata()?;
    let mut options = File::options();
    let mut copy = options
        .write(true)
        .create_new(true)
        .mode(metadata.mode())
        .open(to)?;
    io::copy(&mut source, &mut copy)?;
    copy.set_modified(metadata.modified()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> (tempfile::TempDir, Home) {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().join("home"), dir.path().to_owned()).unwrap();
        (dir, home)
    }

    #[test]
    fn outputs_are_linked_and_what_cargo_writes_into_is_copied() {
        let (_dir, home) = home();
        let write = |path: &str| {
            let path = home.template().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "contents").unwrap();
        };
        let linked = [
            "target/debug/deps/libimage-1.rlib",
            "target/debug/build/torch-1/out/libtch.a",
        ];
        let copied = [
            SEED_LOCK,
            "target/debug/.fingerprint/image-1/lib-image",
            "target/debug/.fingerprint/transfer-1/dep-lib-transfer",
            "target/debug/build/torch-1/output",
            "target/debug/deps/libtransfer-1.rlib",
        ];
        let skipped = [
            "target/debug/.cargo-lock",
            "target/debug/.fingerprint/ctx-1/lib-ctx",
            "target/debug/.fingerprint/image-1/lib-image.json",
            "target/debug/deps/image-1.d",
            "target/debug/deps/libctx.so",
        ];
        linked
            .iter()
            .chain(&copied)
            .chain(&skipped)
            .for_each(|path| write(path));
        let mut workdir = Workdir::create(&home).unwrap();
        workdir.fill(&home).unwrap();
        wait_until_whole(workdir.path()).unwrap();
        let of = |dir: &Path, path: &str| fs::metadata(dir.join(path)).unwrap();
        for (paths, is_link) in [(&linked[..], true), (&copied[..], false)] {
            for path in paths {
                let (old, new) = (of(&home.template(), path), of(workdir.path(), path));
                assert_eq!(old.ino() == new.ino(), is_link, "{path}");
                assert_eq!(old.modified().unwrap(), new.modified().unwrap(), "{path}");
            }
        }
        for path in skipped {
            assert!(!workdir.path().join(path).exists(), "{path}");
        }
    }

    #[test]
    fn only_the_directories_of_dead_kernels_are_swept() {
        let (_dir, home) = home();
        let alive = Workdir::create(&home).unwrap();
        let dead = home.kernels().join("1-0");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join(ALIVE), "").unwrap();
        let half_removed = home.kernels().join("2-0");
        fs::create_dir(&half_removed).unwrap();
        sweep(&home).unwrap();
        assert!(alive.path().exists());
        assert!(!dead.exists() && !half_removed.exists());
        let path = alive.path().to_owned();
        drop(alive);
        assert!(!path.exists());
    }
}
