//! The notes that the kernel's processes leave for each other: small files in a folder of the kernel's crate directory.
//!
//! A note outlives whatever happens to the process that wrote it, and is there or not: nothing waits for it.

use anyhow::{Context, Result};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Names the folder for all processes of the kernel.
pub(crate) const FOLDER: &str = "TRANSFER_KERNEL_NOTES";

/// Names the file that asks a cell to stop, for the libraries that a cell runs.
///
/// It is part of the kernel's public protocol. While the file exists, the user wants the running cell to stop. A loop
/// that can stop looks for it at each step (`Path::exists`, about a microsecond), removes it (which tells the kernel that
/// it was heard) and returns an error. Where the variable is not set, nobody asks.
pub(crate) const INTERRUPT_FILE: &str = "EVCXR_INTERRUPT_FILE";

/// The folder of notes of one kernel.
#[derive(Clone, Debug)]
pub(crate) struct Notes(PathBuf);

impl Notes {
    /// The folder in the crate directory `dir`, made where it does not exist.
    pub(crate) fn create(dir: &Path) -> Result<Self> {
        let notes = dir.join("notes");
        fs::create_dir_all(&notes).with_context(|| format!("cannot make {}", notes.display()))?;
        Ok(Self(notes))
    }

    /// The folder that the environment names, in the kernel's other processes.
    pub(crate) fn from_env() -> Option<Self> {
        env::var_os(FOLDER).map(|dir| Self(dir.into()))
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// Asks the running cell to stop; see [`INTERRUPT_FILE`].
    pub(crate) fn interrupt(&self) -> PathBuf {
        self.0.join("interrupt")
    }

    /// The process group of the build that runs now, or ran last.
    pub(crate) fn build(&self) -> PathBuf {
        self.0.join("build")
    }

    /// What the companion noted of a panic: `file:line:column`, frames like it, an empty line, and the message.
    pub(crate) fn panic(&self) -> PathBuf {
        self.0.join("panic")
    }

    /// What was noted of a crash, in the same form; the message is the signal's.
    pub(crate) fn crash(&self) -> PathBuf {
        self.0.join("crash")
    }

    /// What [`patch`](crate::patch)ed code noted of a `?`: `file:line:column` and the message.
    pub(crate) fn failure(&self) -> PathBuf {
        self.0.join("failure")
    }

    /// Takes away what an earlier cell left.
    pub(crate) fn clear(&self) {
        for path in [
            self.interrupt(),
            self.build(),
            self.panic(),
            self.crash(),
            self.failure(),
        ] {
            let _ = fs::remove_file(path);
        }
    }
}
