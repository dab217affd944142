//! Who the kernel is.

use super::wire::PROTOCOL;
use serde_json::{Value, json};

/// The content of a `kernel_info_reply`.
pub(super) fn content() -> Value {
    json!({
        "status": "ok",
        "protocol_version": PROTOCOL,
        "implementation": "transfer-kernel",
        "implementation_version": env!("CARGO_PKG_VERSION"),
        "language_info": {
            "name": "rust",
            "version": env!("CARGO_PKG_RUST_VERSION"),
            "mimetype": "text/rust",
            "file_extension": ".rs",
            "pygments_lexer": "rust",
            "codemirror_mode": "rust",
            "nbconvert_exporter": "script",
        },
        "banner": "Rust, on evcxr 0.22. `:help` lists commands, `?name` shows documentation.",
        "help_links": [
            {"text": "The Rust Programming Language", "url": "https://doc.rust-lang.org/stable/book/"},
            {"text": "std", "url": "https://doc.rust-lang.org/stable/std/"},
            {"text": "tch", "url": "https://docs.rs/tch"},
        ],
        "debugger": false,
        "supported_features": ["iopub_welcome"],
    })
}
