//! Compiles a cell without cargo.
//!
//! Before it compiles a cell, cargo looks at every package that the cell depends on, hundreds of them, to find that
//! nothing has changed: most of what a small cell takes. So the call of rustc is recorded when cargo makes it (by way of
//! `RUSTC_WORKSPACE_WRAPPER`, which concerns the cells' crate alone), and made again for the next cell, as long as
//! everything that the call follows from is the same.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The recorded call, in the crate directory.
const RECORD: &str = "rustc.call";

/// What the call is recorded for, for the process that records it.
const RECORD_FOR: &str = "TRANSFER_KERNEL_RECORD_FOR";

/// What cargo sets for rustc, and rustc or a macro may look at. Its job server is gone when the call is made again: the
/// numbers in `CARGO_MAKEFLAGS` are then of no open file, which rustc complains of, or of a file that is something else.
fn is_for_rustc(name: &str) -> bool {
    let of_cargo = name.starts_with("CARGO") && name != "CARGO_MAKEFLAGS";
    of_cargo || ["LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"].contains(&name)
}

/// All that a call follows from, besides the code.
fn key(dir: &Path) -> String {
    let files = ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"];
    let mut key = String::new();
    for file in files {
        key += &fs::read_to_string(dir.join(file)).unwrap_or_default();
        key.push('\n');
    }
    for name in ["RUSTC", "RUSTFLAGS", "LD_PRELOAD"] {
        key += &env::var(name).unwrap_or_default();
        key.push('\n');
    }
    key
}

/// Has cargo's call of rustc recorded.
pub(crate) fn record(cargo: &mut Command, dir: &Path, recorder: &Path) {
    cargo
        .env("RUSTC_WORKSPACE_WRAPPER", recorder)
        .env(RECORD_FOR, key(dir));
}

/// Plays rustc for cargo: notes the call, and makes it.
pub(crate) fn rustc() -> Result<()> {
    let mut args = env::args_os().skip(1);
    let rustc = args.next().context("called without a compiler")?;
    let args: Vec<OsString> = args.collect();
    let texts: Vec<&str> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let is_cell = texts.windows(2).any(|pair| pair == ["--crate-name", "ctx"]);
    if is_cell
        && texts.len() == args.len()
        && texts.contains(&"--out-dir")
        && let Ok(key) = env::var(RECORD_FOR)
    {
        let variables: BTreeMap<String, String> =
            env::vars().filter(|(name, _)| is_for_rustc(name)).collect();
        let call =
            json!({"key": key, "rustc": rustc.to_str(), "args": texts, "variables": variables});
        // Without it, the next cell is built by cargo again.
        let _ = fs::write(env::current_dir()?.join(RECORD), call.to_string());
    }
    Err(Command::new(rustc).args(args).exec()).context("running rustc")
}

/// Compiles the cell in `dir` as cargo last did, where that is still right; whether it succeeded.
pub(crate) fn compile(dir: &Path) -> Option<bool> {
    let call: Value = serde_json::from_str(&fs::read_to_string(dir.join(RECORD)).ok()?).ok()?;
    if call["key"].as_str()? != key(dir) {
        return None;
    }
    let args: Vec<&str> = call["args"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let at = args.iter().position(|arg| *arg == "--out-dir")?;
    let out = dir.join(args.get(at + 1)?);
    if !out.is_dir() {
        return None;
    }
    let mut command = Command::new(call["rustc"].as_str()?);
    command.args(&args).current_dir(dir);
    for (name, value) in call["variables"].as_object()? {
        command.env(name, value.as_str()?);
    }
    let succeeded = command.status().ok()?.success();
    if succeeded {
        println!("{}", announce(&out)?);
    }
    Some(succeeded)
}

/// Puts the library where cargo puts it, and says so as cargo does.
fn announce(out: &Path) -> Option<Value> {
    let name = format!("{}ctx{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let library: PathBuf = out.parent()?.join(&name);
    fs::rename(out.join(&name), &library).ok()?;
    Some(json!({
        "reason": "compiler-artifact", "target": {"name": "ctx"}, "filenames": [library.display().to_string()],
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_job_server_is_not_recorded() {
        assert!(is_for_rustc("CARGO_PKG_NAME") && is_for_rustc("LD_LIBRARY_PATH"));
        assert!(!is_for_rustc("CARGO_MAKEFLAGS") && !is_for_rustc("HOME"));
    }

    #[test]
    fn a_call_is_made_again_until_something_changes() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path();
        let write = |path: &str, text: &str| {
            fs::create_dir_all(dir.join(path).parent().unwrap()).unwrap();
            fs::write(dir.join(path), text).unwrap();
        };
        let library = format!("{}ctx{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
        write("Cargo.toml", "a");
        write("target/debug/deps/none", "");
        write(
            "rustc",
            &format!("#!/bin/sh\ntouch \"$2/{library}\"; test ! -e fail\n"),
        );
        fs::set_permissions(dir.join("rustc"), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(compile(dir), None, "nothing is recorded");
        let call = json!({
            "key": key(dir), "rustc": dir.join("rustc"), "args": ["--out-dir", "target/debug/deps"],
            "variables": {"CARGO_PKG_NAME": "ctx"},
        });
        write(RECORD, &call.to_string());
        assert_eq!(compile(dir), Some(true));
        assert!(dir.join("target/debug").join(&library).exists());
        write("fail", "");
        assert_eq!(compile(dir), Some(false));
        write("Cargo.toml", "b");
        assert_eq!(compile(dir), None);
    }
}
