//! The process that runs the cells: this binary, started again by evcxr.

use crate::{filter, standin};
use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
use rustix::process::Signal;
use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Whether evcxr started this process to run cells.
pub(crate) fn is_wanted() -> bool {
    env::var_os("EVCXR_IS_RUNTIME").is_some()
}

/// Gives the cells the user's own environment, puts the [`filter`] behind standard output, and loads what
/// `TRANSFER_PRELOAD` names.
pub(crate) fn prepare() {
    standin::restore_env();
    if let Err(error) = filter_stdout() {
        eprintln!("failures of cells will not be told: {error}");
    }
    end_with_parent();
    // In the background: evcxr is busy for seconds before it sends the first cell. A missing library is
    // not an error, it may be for a device that this machine lacks.
    if let Some(paths) = env::var_os("TRANSFER_PRELOAD") {
        let paths: Vec<PathBuf> = env::split_paths(&paths).collect();
        std::thread::spawn(move || paths.into_iter().filter(|p| p.exists()).for_each(preload));
    }
}

/// Ends this process soon after the kernel has gone, also in the middle of a cell that would go on for
/// hours. (evcxr closes standard input, which is read between cells only.)
fn end_with_parent() {
    let parent = rustix::process::getppid();
    std::thread::spawn(move || {
        while rustix::process::getppid() == parent {
            std::thread::sleep(Duration::from_secs(1));
        }
        // No destructors: a cell is in the middle of its work.
        let _ = rustix::process::kill_process(rustix::process::getpid(), Signal::KILL);
    });
}

/// Loads a library for good, with its symbols visible to all that is loaded later.
fn preload(path: PathBuf) {
    // SAFETY: loading runs the library's initialisers; the list comes from whoever installed the kernel
    // and names libraries that the cells would load a moment later.
    match unsafe { Library::open(Some(&path), RTLD_NOW | RTLD_GLOBAL) } {
        Ok(library) => std::mem::forget(library),
        Err(error) => eprintln!("{} was not loaded: {error}", path.display()),
    }
}

fn filter_stdout() -> std::io::Result<()> {
    let mut filter = Command::new(env::current_exe()?)
        .env(filter::ROLE, "1")
        .env_remove("EVCXR_IS_RUNTIME")
        .stdin(Stdio::piped())
        .spawn()?;
    let pipe = filter.stdin.take().expect("standard input is piped");
    rustix::stdio::dup2_stdout(pipe)?;
    Ok(())
}
