//! Loaded into the process that runs the cells, compiled by the same rustc and linked to the same `libstd` as they are,
//! so that what it does to the standard library's statics holds for them: the panic hook, and what waits in the buffer
//! of standard output.
//!
//! The kernel compiles it once (`src/companion.rs`), and is told by it of panics.

use std::io::Write;
use std::time::Duration;

unsafe extern "C" {
    fn fflush(stream: *mut u8) -> i32;
}

/// Takes location and message of a panic, each as a pointer and a length, while the stack is as the panic found it;
/// gives back whether it was told.
type Panicked = extern "C" fn(*const u8, usize, *const u8, usize) -> bool;

/// Called once, before the first cell, on the thread that runs the cells.
#[unsafe(no_mangle)]
pub extern "C" fn transfer_kernel_companion(panicked: Panicked) {
    let cells = std::thread::current().id();
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let message = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("a value that is not text");
        let place = info.location().map_or_else(String::new, ToString::to_string);
        // What panics on another thread may be caught there, and ends no cell by itself.
        let is_cell = std::thread::current().id() == cells;
        if !is_cell || !panicked(place.as_ptr(), place.len(), message.as_ptr(), message.len()) {
            default(info);
        }
    }));
    let flusher = std::thread::Builder::new().name("flush".to_owned());
    // Without it, a line that has no end yet is seen when it has one.
    let _ = flusher.spawn(|| {
        loop {
            std::thread::sleep(Duration::from_millis(50));
            let _ = std::io::stdout().flush();
            // What libtorch's C++ prints. SAFETY: a null pointer stands for all streams.
            unsafe { fflush(std::ptr::null_mut()) };
        }
    });
}
