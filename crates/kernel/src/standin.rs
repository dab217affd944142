//! What evcxr and rust-analyzer find when they look for cargo and rustup: this binary.
//!
//! evcxr asks `rustup which cargo`, rust-analyzer looks for `$CARGO_HOME/bin/cargo` first. Both find a
//! link to this binary, which runs the real cargo with the user's own environment, and
//!
//! * before cargo resolves dependencies, puts back the complete lock file of the template. evcxr starts
//!   with an empty `[dependencies]`, at which cargo prunes the lock; the `:dep` that follows would be
//!   resolved anew, over the network, to other versions than those that were compiled;
//! * answers `cargo metadata` with only those packages that a cell can name ([`prune`]);
//! * turns `cargo check`, with which evcxr explains a failed inference, into `cargo build`: the messages
//!   are the same, but everything is compiled already;
//! * adds to the code that evcxr generated ([`patch`]), and has it compiled with line numbers, by which a backtrace
//!   finds the user's line;
//! * can be interrupted: a build is a process group of its own, which leaves a note of its number.

use crate::home::{Home, SEED_LOCK, write_atomically};
use crate::notes::Notes;
use crate::toolchain::{Toolchain, find_on_path};
use crate::{direct, edited, patch, prune, workdir};
use anyhow::{Context, Result};
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// The manifest for which the lock file was last put back.
const SEEDED_FOR: &str = "Cargo.lock.for";

/// Settings for the cells' crate alone, so that what it depends on stays compiled.
const CELL_PROFILE: [&str; 4] = [
    "--config",
    "profile.dev.package.ctx.debug='line-tables-only'",
    "--config",
    "profile.dev.package.ctx.strip='none'",
];

/// The variables that are changed for evcxr's process, each kept under this prefix for all others.
const KEPT: &str = "TRANSFER_KERNEL_ORIGINAL_";
const CHANGED: [&str; 4] = ["PATH", "CARGO_HOME", "RUSTC", "JUPYTER_PATH"];
const REAL_CARGO: &str = "TRANSFER_KERNEL_CARGO";

/// The tools that this binary stands in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    Cargo,
    Rustup,
    /// By way of cargo, for the cells' own crate; see [`direct`].
    Rustc,
}

/// The name under which this binary plays rustc.
const RECORDER: &str = "rustc-recorder";

/// Which tool this process was called as, if any.
pub(crate) fn called_as() -> Option<Tool> {
    // evcxr's own helpers are this binary too, called by its real name.
    let name = env::args_os().next()?;
    match Path::new(&name).file_name()?.to_str()? {
        "cargo" => Some(Tool::Cargo),
        "rustup" => Some(Tool::Rustup),
        RECORDER => Some(Tool::Rustc),
        _ => None,
    }
}

/// Makes evcxr and rust-analyzer, in this process, find the stand-ins.
///
/// # Safety of the environment
/// Must be called before any thread is started.
pub(crate) fn install(home: &Home, toolchain: &Toolchain) -> Result<()> {
    let bin = home.cargo_home().join("bin");
    fs::create_dir_all(&bin).with_context(|| format!("cannot make {}", bin.display()))?;
    let me = env::current_exe()?;
    for name in ["cargo", "rustup", RECORDER] {
        let link = bin.join(name);
        if fs::read_link(&link).ok().as_ref() != Some(&me) {
            let tmp = bin.join(format!("{name}-{}", std::process::id()));
            std::os::unix::fs::symlink(&me, &tmp)
                .and_then(|()| fs::rename(&tmp, &link))
                .with_context(|| format!("cannot make {}", link.display()))?;
        }
    }
    let mut path = vec![bin];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let path = env::join_paths(path)?;
    let cargo_home = home.cargo_home();
    let changes: [(&str, &OsStr); 4] = [
        ("PATH", &path),
        ("CARGO_HOME", cargo_home.as_os_str()),
        ("RUSTC", toolchain.rustc.as_os_str()),
        // At every start evcxr_jupyter rewrites a kernelspec of the user's that is not its own; it looks
        // here first, and does nothing where there is none.
        ("JUPYTER_PATH", OsStr::new("/nonexistent")),
    ];
    for (name, value) in changes {
        if let Some(original) = env::var_os(name) {
            set_env(&format!("{KEPT}{name}"), &original);
        }
        set_env(name, value);
    }
    set_env(REAL_CARGO, toolchain.cargo.as_os_str());
    Ok(())
}

pub(crate) fn set_env(name: &str, value: &OsStr) {
    // SAFETY: called from `main`'s thread before any other is started.
    unsafe { env::set_var(name, value) }
}

/// Undoes [`install`] where the process that started this one had it done; otherwise nothing. Whoever looked for cargo
/// with the stand-ins in place would find one of them, which would run itself for ever.
pub(crate) fn uninstall() {
    if env::var_os(REAL_CARGO).is_some() {
        restore_env();
        // SAFETY: as in `set_env`.
        unsafe { env::remove_var(REAL_CARGO) }
    }
}

/// Undoes [`install`] in a process that inherited its environment.
pub(crate) fn restore_env() {
    for (name, value) in original_env() {
        match value {
            Some(value) => set_env(name, &value),
            // SAFETY: as in `set_env`.
            None => unsafe { env::remove_var(name) },
        }
    }
}

fn original_env() -> [(&'static str, Option<OsString>); 4] {
    CHANGED.map(|name| (name, env::var_os(format!("{KEPT}{name}"))))
}

/// Does what `tool` was called for.
pub(crate) fn run(tool: Tool) -> Result<()> {
    if tool == Tool::Rustc {
        return direct::rustc();
    }
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let cargo = env::var_os(REAL_CARGO)
        .with_context(|| format!("{REAL_CARGO} is not set: called outside a kernel"))?;
    if tool == Tool::Rustup {
        return rustup(&args, &cargo);
    }
    let mut command = Command::new(&cargo);
    for (name, value) in original_env() {
        match value {
            // The compiler was asked for by evcxr, in this process' environment.
            _ if name == "RUSTC" => {}
            Some(value) => _ = command.env(name, value),
            None => _ = command.env_remove(name),
        }
    }
    let subcommand = args
        .iter()
        .find(|arg| !arg.as_encoded_bytes().starts_with(b"-"));
    let dir = env::current_dir()?;
    let in_kernel = dir.join(SEED_LOCK).exists();
    match subcommand.and_then(|arg| arg.to_str()) {
        Some("metadata") if in_kernel && !args.iter().any(|arg| arg == "--no-deps") => {
            seed_lock(&dir)?;
            command.args(&args);
            metadata(command, prune::prune)
        }
        Some("metadata") if is_library(&args) => {
            command.args(&args);
            metadata(command, prune::prune_library)
        }
        Some("build" | "check") if in_kernel => {
            seed_lock(&dir)?;
            workdir::wait_until_whole(&dir)?;
            // The template is where edits are compiled.
            if dir.join(workdir::ALIVE).exists() {
                edited::refuse(&dir)?;
            }
            announce_build()?;
            patch_cell(&dir)?;
            if let Some(succeeded) = direct::compile(&dir) {
                std::process::exit(if succeeded { 0 } else { 101 });
            }
            if let Some(home) = env::var_os("CARGO_HOME") {
                direct::record(
                    &mut command,
                    &dir,
                    &Path::new(&home).join("bin").join(RECORDER),
                );
            }
            command.args(args.iter().map(|arg| {
                if arg == "check" {
                    OsStr::new("build")
                } else {
                    arg
                }
            }));
            command.args(CELL_PROFILE);
            Err(command.exec()).context("running cargo")
        }
        _ => Err(command.args(&args).exec()).context("running cargo"),
    }
}

/// `rustup which TOOL`, without rustup.
fn rustup(args: &[OsString], cargo: &OsStr) -> Result<()> {
    match args {
        [which, tool] if which == "which" && tool == "cargo" => {
            // The link, not what it points to: by its name this binary knows what it is asked for.
            let bin = env::var_os("CARGO_HOME").context("CARGO_HOME is not set")?;
            println!("{}", Path::new(&bin).join("bin").join("cargo").display());
        }
        [which, tool] if which == "which" && tool == "rustc" => {
            let rustc = env::var_os("RUSTC").context("RUSTC is not set")?;
            println!("{}", Path::new(&rustc).display());
        }
        // The component that rust-analyzer may ask for, a toolchain that a cell chose, and the rest.
        _ => {
            restore_env();
            let rustup = find_on_path("rustup").with_context(|| {
                let cargo = Path::new(cargo).display();
                format!("rustup was not found on PATH; the toolchain in use is that of {cargo}")
            })?;
            return Err(Command::new(rustup).args(args).exec()).context("running rustup");
        }
    }
    Ok(())
}

/// Puts the complete lock file back when the manifest has changed since it was last put back.
fn seed_lock(dir: &Path) -> Result<()> {
    let manifest = fs::read(dir.join("Cargo.toml")).context("reading the cells' Cargo.toml")?;
    let seeded_for = dir.join(SEEDED_FOR);
    if fs::read(&seeded_for).ok().as_deref() == Some(&manifest) {
        return Ok(());
    }
    write_atomically(&dir.join("Cargo.lock"), &fs::read(dir.join(SEED_LOCK))?)?;
    write_atomically(&seeded_for, &manifest)
}

/// Makes this process, which becomes cargo, interruptible; refuses to start if it has been interrupted already.
fn announce_build() -> Result<()> {
    let Some(notes) = Notes::from_env() else {
        return Ok(());
    };
    rustix::process::setpgid(None, None).context("making a process group")?;
    write_atomically(&notes.build(), std::process::id().to_string().as_bytes())?;
    anyhow::ensure!(!notes.interrupt().exists(), "interrupted");
    Ok(())
}

/// Puts the patched code where the generated code was.
fn patch_cell(dir: &Path) -> Result<()> {
    let path = dir.join("src").join("lib.rs");
    let source =
        fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let patched = patch::patch(&source);
    if patched != source {
        fs::write(&path, patched).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// Whether the manifest in `args` is that of the standard library's sources.
fn is_library(args: &[OsString]) -> bool {
    args.iter()
        .any(|arg| Path::new(arg).ends_with("lib/rustlib/src/rust/library/Cargo.toml"))
}

/// Runs `cargo metadata` and passes on what `prune` leaves of its answer.
fn metadata(mut command: Command, prune: fn(&[u8]) -> Option<Vec<u8>>) -> Result<()> {
    let output = command.output().context("running cargo metadata")?;
    std::io::stderr().write_all(&output.stderr)?;
    let stdout = match output.status.success() {
        true => prune(&output.stdout).unwrap_or(output.stdout),
        false => output.stdout,
    };
    std::io::stdout().write_all(&stdout)?;
    std::process::exit(output.status.code().unwrap_or(1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_put_back_once_for_a_manifest() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::write(path("Cargo.toml"), "a").unwrap();
        fs::write(path(SEED_LOCK), "complete").unwrap();
        seed_lock(dir.path()).unwrap();
        assert_eq!(fs::read_to_string(path("Cargo.lock")).unwrap(), "complete");

        // cargo prunes it; the same manifest leaves it alone, another puts it back.
        fs::write(path("Cargo.lock"), "pruned").unwrap();
        seed_lock(dir.path()).unwrap();
        assert_eq!(fs::read_to_string(path("Cargo.lock")).unwrap(), "pruned");
        fs::write(path("Cargo.toml"), "b").unwrap();
        seed_lock(dir.path()).unwrap();
        assert_eq!(fs::read_to_string(path("Cargo.lock")).unwrap(), "complete");
    }
}
