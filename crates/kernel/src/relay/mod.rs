//! Stands between the process that runs the cells and evcxr, and brings what a cell shows to the kernel at once.
//!
//! evcxr reads the cells' standard output a line at a time, collects rich outputs until the cell has ended, and
//! keeps to itself that a cell panicked or was left by `?`. The relay passes on to evcxr what only evcxr needs, and
//! all else to the kernel as [`frames`], while the cell runs, partial lines included.
//!
//! # The protocol
//!
//! What a cell prints is text, except for these lines (evcxr's own, and two additions: attributes after the type, and
//! the last line):
//!
//! ```text
//! EVCXR_BEGIN_CONTENT <mime type> [id=<id>] [update]
//! <content>
//! EVCXR_END_CONTENT
//! EVCXR_CLEAR_OUTPUT [wait]
//! ```
//!
//! * A block is shown at once. Blocks of different types that follow each other directly are one output in several
//!   forms, of which a front end takes the one that it shows best; a second block of the same type is a second output.
//! * With an `id` (no white space in it), a later block with the same `id` and the word `update` replaces it in place:
//!   Jupyter's `update_display_data`, in every front end and in the saved notebook. An `update` of what is not shown
//!   yet shows it.
//! * `EVCXR_CLEAR_OUTPUT` takes away all that the cell has shown; with `wait`, when the next output arrives.
//! * A content's line must not begin with `EVCXR_`. JSON types carry JSON, images that are not text base64.
//! * A block should be written with one call, under the lock of standard output, and flushed.
//!
//! The environment variable `EVCXR_DISPLAY_PROTOCOL` is `1` where this is understood. A plain evcxr kernel ignores all
//! after the type and shows the last block of each type when the cell has ended, which for an output that was updated is
//! its final state; `EVCXR_CLEAR_OUTPUT` would be text there, and may be printed only where the variable is set.
//!
//! The kernel itself has the stand-in add two things to the code that evcxr generates ([`patch`](crate::patch)): the
//! attribute `result`, and the line `EVCXR_VALUE`, which both mark the value of a cell's last expression.
//!
//! The relay is a process of its own, so that what a cell printed just before a crash is not lost.

mod parser;

use crate::frames::{self, Kind};
use anyhow::{Context, Result};
use parser::{COMPLETE, Event, FAILURE, PANIC, Parser};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{FromRawFd, RawFd};

/// Set for the process that relays: the descriptors of the kernel's pipe and of the cells' standard error.
pub(crate) const ROLE: &str = "TRANSFER_KERNEL_RELAY";

/// Whether this process was started as a relay.
pub(crate) fn is_wanted() -> bool {
    std::env::var_os(ROLE).is_some()
}

/// Relays standard input to the kernel and to standard output until it ends, or the process that writes it does.
pub(crate) fn run() -> Result<()> {
    let descriptors = std::env::var(ROLE)?;
    let (kernel, stderr) = descriptors
        .split_once(',')
        .and_then(|(kernel, stderr)| Some((kernel.parse().ok()?, stderr.parse().ok()?)))
        .with_context(|| format!("{ROLE} is `{descriptors}`, not two descriptors"))?;
    crate::runtime::ignore_interrupts();
    // SAFETY: `runtime` made both for this process, which uses them nowhere else.
    let (kernel, stderr) = unsafe { (file(kernel), file(stderr)) };
    relay(kernel, stderr).context("passing on what the cells print")
}

/// # Safety
/// `descriptor` must be open, and owned by nothing else.
unsafe fn file(descriptor: RawFd) -> File {
    // SAFETY: passed on to the caller.
    unsafe { File::from_raw_fd(descriptor) }
}

fn relay(mut kernel: File, mut stderr: File) -> io::Result<()> {
    let mut stdin = io::stdin().lock();
    let mut evcxr = io::stdout().lock();
    let parent = rustix::process::getppid();
    let mut parser = Parser::default();
    let mut buffer = vec![0; 1 << 16];
    let mut is_open = [true; 2];
    while is_open[0] || is_open[1] {
        let ready = {
            let mut polled = Vec::new();
            if is_open[0] {
                polled.push(PollFd::new(&stdin, PollFlags::IN));
            }
            if is_open[1] {
                polled.push(PollFd::new(&stderr, PollFlags::IN));
            }
            wait(&mut polled, 500)?;
            let mut ready = polled.iter().map(|fd| !fd.revents().is_empty());
            is_open.map(|is_open| is_open && ready.next().unwrap_or(false))
        };
        if ready == [false; 2] && rustix::process::getppid() != parent {
            // The cells' process is gone, and what still holds its pipe was started by a cell.
            break;
        }
        if ready[1] {
            is_open[1] = pass_stderr(&mut stderr, &mut buffer, &mut kernel)?;
        }
        if ready[0] {
            let length = stdin.read(&mut buffer)?;
            is_open[0] = length > 0;
            parser.push(&buffer[..length]);
            while let Some(event) = parser.next() {
                // What was written to standard error before this must not come after it.
                if !matches!(event, Event::Text(_)) {
                    while is_open[1] && is_readable(&stderr)? {
                        is_open[1] = pass_stderr(&mut stderr, &mut buffer, &mut kernel)?;
                    }
                }
                pass(event, &mut kernel, &mut evcxr)?;
            }
        }
    }
    if let Some(rest) = parser.rest() {
        pass(rest, &mut kernel, &mut evcxr)?;
    }
    Ok(())
}

fn wait(polled: &mut [PollFd<'_>], milliseconds: i64) -> io::Result<()> {
    let timeout = Timespec {
        tv_sec: 0,
        tv_nsec: milliseconds * 1_000_000,
    };
    match poll(polled, Some(&timeout)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn is_readable(file: &File) -> io::Result<bool> {
    let mut polled = [PollFd::new(file, PollFlags::IN)];
    wait(&mut polled, 0)?;
    Ok(polled[0].revents().contains(PollFlags::IN))
}

/// Passes on what can be read now; whether there may be more.
fn pass_stderr(stderr: &mut File, buffer: &mut [u8], kernel: &mut File) -> io::Result<bool> {
    let length = stderr.read(buffer)?;
    if length > 0 {
        frames::write(kernel, Kind::Stderr, &buffer[..length])?;
    }
    Ok(length > 0)
}

fn pass(event: Event, kernel: &mut impl Write, evcxr: &mut impl Write) -> io::Result<()> {
    match event {
        Event::Text(text) => frames::write(kernel, Kind::Stdout, &text),
        Event::Display(block) => frames::write(kernel, Kind::Display, &block),
        Event::Clear { wait } => {
            frames::write(kernel, Kind::Clear, if wait { b"wait" } else { b"" })
        }
        Event::Value => frames::write(kernel, Kind::Value, b""),
        Event::Evcxr(line) => {
            // First to the kernel: once evcxr says that the cell has ended, the kernel must have it all.
            match &line[..] {
                PANIC => frames::write(kernel, Kind::Panic, b"")?,
                FAILURE => frames::write(kernel, Kind::Failure, b"")?,
                COMPLETE => frames::write(kernel, Kind::Ended, b"")?,
                _ => {}
            }
            evcxr.write_all(&line)?;
            evcxr.write_all(b"\n")?;
            evcxr.flush()
        }
    }
}
