//! The invariants of the crate's shape: who may name what.

use std::path::{Path, PathBuf};

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = |line: &&str| !line.trim_start().starts_with("//");
                found.push((
                    path,
                    text.lines().filter(code).collect::<Vec<_>>().join("\n"),
                ));
            }
        }
    }
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&src, &mut found);
    assert!(found.len() > 20);
    found
        .into_iter()
        .map(|(path, text)| (path.strip_prefix(&src).unwrap().to_owned(), text))
        .collect()
}

/// Asserts that no file outside `allowed` (files or folders below src) has `word` in its code.
fn only(word: &str, allowed: &[&str]) {
    for (path, code) in sources() {
        if allowed.iter().any(|allowed| path.starts_with(allowed)) {
            continue;
        }
        assert!(
            !code.contains(word),
            "{} names {word:?}; only {allowed:?} may",
            path.display()
        );
    }
}

#[test]
fn foreign_crates_stay_in_their_rooms() {
    only("plotters", &["viz"]);
    only("polars", &["viz/table.rs", "train/history.rs"]);
    only("tiny_skia", &["data/synth", "viz/raster.rs"]);
    only(
        "fast_image_resize",
        &["data/transforms/functional/resize.rs"],
    );
    only("safetensors::", &["checkpoint"]);
    only("ureq", &["hub/http.rs"]);
    only("ring::digest", &["hub/verify.rs"]);
    only("zip::ZipArchive", &["hub/unpack.rs"]);
    only("tar::", &["hub/unpack.rs"]);
    only("roxmltree", &["data/boxes/voc"]);
    only("tokenizers::", &["text/tokenizer.rs"]);
    only(
        "flate2",
        &["hub/unpack.rs", "checkpoint/archive/zip", "data/packed.rs"],
    );
    only("TcpStream", &[]);
    only("env::var", &["hub/environment.rs", "kernel.rs"]);
}

#[test]
fn data_flows_one_way() {
    for (path, code) in sources() {
        let forbids = |words: &[&str]| {
            for word in words {
                assert!(!code.contains(word), "{} names {word:?}", path.display());
            }
        };
        if path.starts_with("models") {
            forbids(&["crate::data", "crate::train", "crate::viz"]);
        }
        if path.starts_with("data") {
            forbids(&["crate::models", "crate::train", "crate::viz", "crate::text"]);
        }
        if path.starts_with("text") {
            forbids(&[
                "crate::models",
                "crate::train",
                "crate::viz",
                "crate::checkpoint",
            ]);
        }
        if path.starts_with("data/synth") {
            forbids(&["tch::", "crate::device"]);
        }
        if ["adapt", "multitask", "detection"]
            .iter()
            .any(|room| path.starts_with(room))
        {
            // Tensors in; a loss, or gradients, out.
            forbids(&["crate::data", "crate::viz", "DataLoader"]);
        }
        if path.starts_with("checkpoint") {
            forbids(&["crate::data", "crate::models", "crate::train", "crate::viz"]);
        }
        if path.starts_with("hub") {
            forbids(&[
                "tch::",
                "crate::checkpoint",
                "crate::models",
                "crate::train",
                "crate::viz",
            ]);
        } else if path.components().count() > 1 {
            // Whoever reads a file is given its path.
            forbids(&["crate::hub"]);
        }
    }
}

#[test]
fn there_is_no_global_state_and_one_way_out() {
    for word in [
        "thread_local!",
        "OnceLock",
        "LazyLock",
        "OnceCell",
        "static mut",
    ] {
        only(word, &[]);
    }
    for (path, code) in sources() {
        let global = code.lines().any(|line| {
            let line = line.trim_start();
            line.starts_with("static ")
                || line.starts_with("pub static ")
                || line.starts_with("pub(crate) static ")
        });
        assert!(!global, "{} has a static", path.display());
    }
    for word in ["println!", "print!(", "eprint", "stdout()", "stdin()"] {
        // A program talks to whoever started it.
        only(word, &["viz/display.rs", "bin"]);
    }
    only("stderr()", &["viz/display.rs", "hub/progress.rs"]);
}
