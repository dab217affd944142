//! The Rust and C++ tools that building needs.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::inherited::without_cargos;
use crate::paths::{Paths, write_if_changed};

/// The oldest rustc that the workspace compiles with (the manifest's `rust-version`).
pub(crate) const RUSTC: (u32, u32) = (1, 95);

/// A program's output, trimmed, if it runs and succeeds.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The cargo that runs this, so that a `+toolchain` given to it stays in force.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let target = std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty());
    if let Some(target) = target.and_then(|dir| std::path::absolute(dir).ok()) {
        // Relative to where this was called, not to where cargo will run.
        command.env("CARGO_TARGET_DIR", target);
    }
    // rust-analyzer's crates are compiled anew where this is set and was not before.
    command.env_remove("CI");
    without_cargos(&mut command);
    command
}

/// rustfmt and clippy, which rustup's minimal profile leaves out.
///
/// # Errors
///
/// With the command that installs them.
pub(crate) fn formatter_and_linter() -> Result<()> {
    has_components(|program| output(program, &["--version"]).is_some())
}

fn has_components(runs: impl Fn(&str) -> bool) -> Result<()> {
    let missing: Vec<&str> = [("rustfmt", "rustfmt"), ("clippy", "cargo-clippy")]
        .into_iter()
        .filter_map(|(name, program)| (!runs(program)).then_some(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "{} missing, without which this cannot be tested\nmend: rustup component add rustfmt clippy",
        missing.join(" and ")
    )
}

/// rustc's version, as it says it.
pub(crate) fn rustc() -> Result<String> {
    let text = output("rustc", &["--version"]).context(
        "rustc is not on the PATH: install Rust with rustup, https://rustup.rs, and open a new terminal",
    )?;
    match parse_rustc(&text) {
        Some(version) if version < RUSTC => bail!(
            "{text} is too old, {}.{} or later is needed: `rustup update stable`",
            RUSTC.0,
            RUSTC.1
        ),
        _ => Ok(text),
    }
}

fn parse_rustc(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split_whitespace().nth(1)?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Whether the standard library's sources are there, which the kernel infers types of variables from.
pub(crate) fn has_rust_src() -> bool {
    let Some(sysroot) = output("rustc", &["--print", "sysroot"]) else {
        return false;
    };
    Path::new(&sysroot)
        .join("lib/rustlib/src/rust/library/std/src/lib.rs")
        .is_file()
}

/// Sees to the standard library's sources. Without them everything works but type inference through std types.
/// Returns a note, empty when they are there. A failed download is not tried again until rustc changes.
pub(crate) fn ensure_rust_src(paths: &Paths, rustc: &str) -> String {
    if has_rust_src() {
        return String::new();
    }
    let tried = paths.xtask().join("rust-src-tried");
    if fs::read_to_string(&tried).is_ok_and(|version| version == rustc) {
        return RUST_SRC.to_owned();
    }
    println!("  adding the component rust-src …");
    if output("rustup", &["component", "add", "rust-src"]).is_some() && has_rust_src() {
        return "rust-src added".to_owned();
    }
    let _ = write_if_changed(&tried, rustc);
    RUST_SRC.to_owned()
}

/// What a missing `rust-src` means, and its mend.
pub(crate) const RUST_SRC: &str = "rust-src is missing: notebooks run, but a variable whose type comes out of a std type must \
    have it written out; mend: rustup component add rust-src";

/// The C++ compiler that torch-sys' build will use, if it compiles C++17.
pub(crate) fn cxx(paths: &Paths) -> Result<String> {
    let name = std::env::var("CXX")
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "c++".to_owned());
    let source = paths.xtask().join("probe.cpp");
    write_if_changed(
        &source,
        "#include <optional>\n#include <string>\nint main() { std::optional<std::string> s{\"x\"}; return s ? 0 : 1; }\n",
    )?;
    let object = paths
        .xtask()
        .join(format!("probe-{}.o", std::process::id()));
    // `CXX` may carry arguments, as in `ccache g++`.
    let mut words = name.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("c++"));
    command
        .args(words)
        .args(["-std=c++17", "-c"])
        .arg(&source)
        .arg("-o")
        .arg(&object)
        .stdin(Stdio::null());
    let result = command.output();
    let _ = fs::remove_file(&object);
    match result {
        Ok(output) if output.status.success() => {
            let version = self::output(
                name.split_whitespace().next().unwrap_or("c++"),
                &["--version"],
            );
            Ok(version
                .and_then(|text| text.lines().next().map(str::to_owned))
                .unwrap_or(name))
        }
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!(
                "`{name}` does not compile C++17: {}\nmend: {}",
                said.lines().next().unwrap_or(""),
                install_cxx()
            )
        }
        Err(_) => bail!(
            "there is no C++ compiler `{name}` (torch-sys compiles a C++ file)\nmend: {}",
            install_cxx()
        ),
    }
}

/// Whether rustc links a program with this machine's linker.
pub(crate) fn links(paths: &Paths) -> Result<()> {
    let source = paths.xtask().join("probe.rs");
    write_if_changed(&source, "fn main() {}\n")?;
    let binary = paths.xtask().join(format!("probe-{}", std::process::id()));
    let output = Command::new("rustc")
        .arg(&source)
        .arg("-o")
        .arg(&binary)
        .output()
        .context("cannot run rustc")?;
    let _ = fs::remove_file(&binary);
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said
        .lines()
        .find(|line| line.contains("error"))
        .unwrap_or("rustc failed");
    bail!(
        "rustc cannot link a program: {line}\nmend: {}",
        install_cxx()
    )
}

/// The command that installs a C++ compiler, and a linker with it.
pub(crate) fn install_cxx() -> String {
    if cfg!(target_os = "macos") {
        return "xcode-select --install".to_owned();
    }
    match package_manager() {
        Some("dnf") => "sudo dnf install gcc-c++".to_owned(),
        Some("pacman") => "sudo pacman -S gcc".to_owned(),
        Some("apk") => "sudo apk add g++".to_owned(),
        Some("zypper") => "sudo zypper install gcc-c++".to_owned(),
        _ => "sudo apt install g++".to_owned(),
    }
}

/// Which package manager this Linux has, told by `/etc/os-release`.
pub(crate) fn package_manager() -> Option<&'static str> {
    manager_of(&fs::read_to_string("/etc/os-release").ok()?)
}

fn manager_of(os_release: &str) -> Option<&'static str> {
    let ids: Vec<String> = os_release
        .lines()
        .filter_map(|line| {
            line.strip_prefix("ID=")
                .or_else(|| line.strip_prefix("ID_LIKE="))
        })
        .flat_map(|ids| ids.trim_matches('"').split_whitespace())
        .map(str::to_owned)
        .collect();
    let has = |names: &[&str]| ids.iter().any(|id| names.contains(&id.as_str()));
    if has(&["debian", "ubuntu"]) {
        Some("apt")
    } else if has(&["fedora", "rhel", "centos"]) {
        Some("dnf")
    } else if has(&["arch"]) {
        Some("pacman")
    } else if has(&["alpine"]) {
        Some("apk")
    } else if has(&["suse", "opensuse"]) {
        Some("zypper")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minimal_toolchain_is_told_what_it_lacks() {
        has_components(|_| true).unwrap();
        let text = has_components(|program| program == "rustfmt")
            .unwrap_err()
            .to_string();
        assert!(text.starts_with("clippy missing"), "{text}");
        assert!(
            text.ends_with("mend: rustup component add rustfmt clippy"),
            "{text}"
        );
    }

    #[test]
    fn versions_compare_by_number() {
        assert_eq!(
            parse_rustc("rustc 1.95.0 (59807616e 2026-04-14)"),
            Some((1, 95))
        );
        assert!(parse_rustc("rustc 1.100.0-nightly").unwrap() > RUSTC);
        assert_eq!(parse_rustc("nonsense"), None);
    }

    #[test]
    fn the_system_is_told_by_its_relatives_too() {
        assert_eq!(
            manager_of("NAME=Mint\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
            Some("apt")
        );
        assert_eq!(
            manager_of("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"),
            Some("dnf")
        );
        assert_eq!(manager_of("VERSION_ID=debian\n"), None);
    }
}
