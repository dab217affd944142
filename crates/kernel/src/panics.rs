//! Takes notes of panics and crashes in the process that runs the cells.
//!
//! The standard library's own backtraces know only the libraries that were loaded when the first one was taken, and
//! every cell is a library that is loaded later.

use crate::notes::Notes;
use std::ffi::{CStr, OsStr, c_void};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Called by the companion's hook; see `companion/lib.rs`.
pub(crate) extern "C" fn panicked(
    place: *const u8,
    place_length: usize,
    message: *const u8,
    message_length: usize,
) -> bool {
    // SAFETY: the companion passes two texts that live until this returns.
    let (place, message) = unsafe {
        (
            std::slice::from_raw_parts(place, place_length),
            std::slice::from_raw_parts(message, message_length),
        )
    };
    let (place, message) = (
        String::from_utf8_lossy(place),
        String::from_utf8_lossy(message),
    );
    let note = format!("{place}{}\n\n{message}", frames());
    Notes::from_env().is_some_and(|notes| fs::write(notes.panic(), note).is_ok())
}

/// The signals of a crash.
const SIGNALS: [libc::c_int; 5] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGILL,
    libc::SIGFPE,
    libc::SIGABRT,
];

/// The room that a crash's note is written in, also when the stack has overflowed.
const STACK: usize = 256 << 10;

/// Has the thread that runs the cells keep a stack for [`watch_crashes`].
pub(crate) fn reserve_stack() {
    let memory = Box::leak(vec![0_u8; STACK].into_boxed_slice());
    let stack = libc::stack_t {
        ss_sp: memory.as_mut_ptr().cast(),
        ss_flags: 0,
        ss_size: STACK,
    };
    // SAFETY: the memory is never given back.
    unsafe { libc::sigaltstack(&stack, std::ptr::null_mut()) };
}

/// Takes notes of crashes from now on, instead of evcxr, whose own handler tells of them on standard error and turns
/// every signal into an abort.
pub(crate) fn watch_crashes() {
    for signal in SIGNALS {
        // SAFETY: the handler runs once, and then the process ends as it would have without.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = crashed as extern "C" fn(libc::c_int) as libc::sighandler_t;
            action.sa_flags = libc::SA_ONSTACK | libc::SA_RESETHAND;
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    }
}

/// Not everything here is allowed in a signal's handler; the process is lost already, and a second crash ends it.
extern "C" fn crashed(signal: libc::c_int) {
    if let Some(notes) = Notes::from_env() {
        let _ = fs::write(notes.crash(), format!("\n\nsignal {signal}"));
        let _ = fs::write(notes.crash(), format!("{}\n\nsignal {signal}", frames()));
    }
    // SAFETY: the default action is in place again, and ends the process when this returns.
    unsafe { libc::raise(signal) };
}

/// The frames in the cells' code, `\nsrc/lib.rs:line:column` each, the innermost first.
fn frames() -> String {
    let mut text = String::new();
    backtrace::clear_symbol_cache();
    backtrace::trace(|frame| {
        // Only cells are looked into: to read libtorch's symbols takes seconds.
        if let Some(dir) = crate_of(frame.ip()) {
            backtrace::resolve_frame(frame, |symbol| {
                let place = symbol
                    .filename()
                    .and_then(|file| file.strip_prefix(&dir).ok());
                if let (Some(file), Some(line)) = (place, symbol.lineno()) {
                    let column = symbol.colno().unwrap_or(1);
                    let _ = write!(text, "\n{}:{line}:{column}", file.display());
                }
            });
        }
        true
    });
    text
}

/// The crate directory of the cell whose code is at `address`: its library is
/// `DIR/target/TRIPLE/debug/libcode_N.so`.
fn crate_of(address: *mut c_void) -> Option<std::path::PathBuf> {
    // SAFETY: `dladdr` fills the structure or says that it did not; the name that it gives stays valid, because cells'
    // libraries are never unloaded.
    let name = unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(address, &mut info) == 0 || info.dli_fname.is_null() {
            return None;
        }
        CStr::from_ptr(info.dli_fname)
    };
    let path = Path::new(OsStr::from_bytes(name.to_bytes()));
    let file = path.file_name()?.to_str()?;
    file.starts_with("libcode_")
        .then(|| path.ancestors().nth(4).map(Path::to_owned))
        .flatten()
}
