//! The process that runs the cells: this binary, started again by evcxr.
//!
//! ```text
//! evcxr ── instructions ──▶ stdin thread ──▶ the cells ── stdout, stderr ──▶ relay ── evcxr's words ──▶ evcxr
//!                               └──────────────── frames ───────────────────────┴────────────────────▶ kernel
//! ```

use crate::frames::{self, Kind};
use crate::{companion, panics, relay, standin};
use anyhow::{Context, Result};
use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::Signal;
use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::FromRawFd;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The number of the pipe that leads to the kernel.
pub(crate) const OUTPUT: &str = "TRANSFER_KERNEL_OUTPUT";

/// Whether evcxr started this process to run cells.
pub(crate) fn is_wanted() -> bool {
    env::var_os("EVCXR_IS_RUNTIME").is_some()
}

/// Gives the cells the user's own environment, puts the [`relay`] behind their outputs, and loads what they need.
pub(crate) fn prepare() {
    standin::restore_env();
    ignore_interrupts();
    end_with_parent();
    // The template is warmed without a kernel that listens.
    if let Some(output) = env::var(OUTPUT).ok().and_then(|fd| fd.parse().ok()) {
        if let Err(error) = connect(output) {
            eprintln!("the kernel will not see what cells show: {error:#}");
        }
        if let Err(error) = companion::load(panics::panicked) {
            eprintln!("panics will be told without the cell's line: {error:#}");
        }
        panics::reserve_stack();
    }
    // In the background: evcxr is busy for seconds before it sends the first cell. A missing library is
    // not an error, it may be for a device that this machine lacks.
    if let Some(paths) = env::var_os("TRANSFER_PRELOAD") {
        let paths: Vec<PathBuf> = env::split_paths(&paths).collect();
        std::thread::spawn(move || paths.into_iter().filter(|p| p.exists()).for_each(preload));
    }
}

/// Leaves interrupts that a terminal or a front end sends to all processes of the kernel to the kernel itself. A
/// handler, not `SIG_IGN`: what a cell starts can be interrupted.
pub(crate) fn ignore_interrupts() {
    extern "C" fn nothing(_: libc::c_int) {}
    // SAFETY: the handler does nothing.
    unsafe {
        libc::signal(
            libc::SIGINT,
            nothing as extern "C" fn(libc::c_int) as libc::sighandler_t,
        )
    };
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

/// Starts the relay on standard output and standard error, and tells the kernel when a cell begins to run.
fn connect(output: i32) -> Result<()> {
    // SAFETY: the kernel opened it for this process, and nothing else here uses it.
    let kernel = unsafe { File::from_raw_fd(output) };
    let (read, write) = rustix::pipe::pipe()?;
    // The relay would wait for ever for the end of what it holds open itself.
    fcntl_setfd(&write, FdFlags::CLOEXEC)?;
    let mut relay = Command::new(env::current_exe()?)
        .env(relay::ROLE, format!("{output},{}", read.as_raw_fd()))
        .env_remove("EVCXR_IS_RUNTIME")
        .stdin(Stdio::piped())
        .spawn()
        .context("starting the relay")?;
    let stdout = relay.stdin.take().context("standard input is piped")?;
    rustix::stdio::dup2_stdout(stdout)?;
    rustix::stdio::dup2_stderr(write)?;
    drop(read);
    // What cells start has no business with it.
    fcntl_setfd(&kernel, FdFlags::CLOEXEC)?;
    watch_stdin(kernel)
}

/// Passes evcxr's instructions on, and tells the kernel of each that runs a cell.
fn watch_stdin(mut kernel: File) -> Result<()> {
    let (read, write) = rustix::pipe::pipe()?;
    fcntl_setfd(&read, FdFlags::CLOEXEC)?;
    fcntl_setfd(&write, FdFlags::CLOEXEC)?;
    let instructions: OwnedFd = rustix::io::dup(rustix::stdio::stdin())?;
    fcntl_setfd(&instructions, FdFlags::CLOEXEC)?;
    rustix::stdio::dup2_stdin(read)?;
    std::thread::spawn(move || {
        let mut to = File::from(write);
        let mut line = Vec::new();
        let mut from = BufReader::new(File::from(instructions));
        let mut is_first = true;
        while from
            .read_until(b'\n', &mut line)
            .is_ok_and(|length| length > 0)
        {
            if line.starts_with(b"LOAD_AND_RUN ") {
                if std::mem::take(&mut is_first) {
                    panics::watch_crashes();
                }
                let _ = frames::write(&mut kernel, Kind::Started, b"");
            }
            if to.write_all(&line).is_err() {
                break;
            }
            line.clear();
        }
    });
    Ok(())
}
