//! The hub against servers on this machine: what is fetched, what is refused, and what is left on the disk.

mod archives;
mod cache;
mod detectors;
mod downloads;
mod processes;
mod server;
mod servers;
mod tables;
mod text_encoders;
mod text_folders;

use std::path::Path;
use std::time::Duration;

use transfer::data::Preprocessing;
use transfer::hub::{Hub, WeightsEntry};

/// Bytes that repeat nowhere, so that a piece in the wrong place shows.
pub(crate) fn bytes(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..count).map(next).collect()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// Entries are written by hand elsewhere, so their text is static.
pub(crate) fn leaked(text: impl Into<String>) -> &'static str {
    Box::leak(text.into().into_boxed_str())
}

/// An entry for a file of these bytes at this address.
pub(crate) fn entry(url: String, body: &[u8]) -> WeightsEntry {
    let url = leaked(url);
    WeightsEntry {
        name: "Test_Weights.V1",
        arch: "test",
        url,
        file_name: url.rsplit('/').next().unwrap(),
        sha256_prefix: leaked(sha256(body)),
        megabytes: body.len() as f64 / f64::from(1 << 20),
        num_params: 0,
        num_classes: None,
        acc1: None,
        acc5: None,
        licence: "none",
        recipe: "none",
        preprocessing: Preprocessing {
            resize: 256,
            crop: 224,
            mean: [0.0; 3],
            std: [1.0; 3],
        },
    }
}

/// A hub that waits long for a busy machine; tests of silence wait as long as [`impatient`].
pub(crate) fn hub(folder: &Path) -> Hub {
    Hub::in_folder(folder)
        .quiet()
        .timeouts(Duration::from_secs(5), Duration::from_secs(30))
        .retries(0, Duration::from_millis(1))
}

/// The same, that leaves a silent server soon.
pub(crate) fn impatient(folder: &Path) -> Hub {
    hub(folder).timeouts(Duration::from_secs(5), Duration::from_millis(300))
}

/// The names in a folder that are not hidden.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

/// Asserts that a message has all these parts.
#[track_caller]
pub(crate) fn says(error: &transfer::Error, parts: &[&str]) {
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "{part:?} is missing in: {message}");
    }
}
