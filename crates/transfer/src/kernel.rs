//! What a notebook's kernel tells the code of a cell, by the environment. Outside a notebook nothing is set, and nobody
//! asks for anything.

use std::path::Path;

use crate::{Error, Result};

/// Names the file that a kernel makes when the running cell is to stop.
const INTERRUPT_FILE: &str = "EVCXR_INTERRUPT_FILE";
/// Whether the kernel shows an output at once and takes updates of it.
const DISPLAY_PROTOCOL: &str = "EVCXR_DISPLAY_PROTOCOL";

/// Ends a loop of your own where the reader pressed *interrupt*: put `check_interrupt()?` into it. Training, judging,
/// computing features and fetching do so themselves, at every step. It costs about a microsecond.
///
/// # Errors
///
/// [`Error::Interrupted`], once for each time that the kernel asked.
///
/// ```
/// # fn main() -> transfer::Result<()> {
/// for step in 0..1000 {
///     transfer::check_interrupt()?;
///     // …
/// }
/// # Ok(())
/// # }
/// ```
pub fn check_interrupt() -> Result<()> {
    match std::env::var_os(INTERRUPT_FILE) {
        // Taking the file away tells the kernel that it was heard.
        Some(file) if std::fs::remove_file(Path::new(&file)).is_ok() => Err(Error::Interrupted),
        _ => Ok(()),
    }
}

/// Whether an output that was shown can be replaced by a later one.
pub(crate) fn updates_outputs() -> bool {
    std::env::var_os(DISPLAY_PROTOCOL).is_some_and(|version| version == "1")
}
