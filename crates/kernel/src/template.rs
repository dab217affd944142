//! The warm crate directory: all that a notebook depends on, compiled as evcxr compiles it.
//!
//! The template is made by evcxr itself, running in it the first cell of every notebook. What it was made
//! from is written beside it; a kernel that finds something else today has it warmed again, and cargo
//! then compiles what changed and no more.

use crate::home::{Home, SEED_LOCK, write_atomically};
use crate::toolchain::Toolchain;
use crate::{companion, standin};
use anyhow::{Context, Result, anyhow, bail};
use evcxr::CommandContext;
use std::fmt::{self, Write as _};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Instant, UNIX_EPOCH};

/// Cells that touch what the first cells of a notebook touch.
pub(crate) const CELLS: [&str; 2] = ["use transfer::prelude::*;", "let warm: i32 = 1;"];

/// What the build scripts of the library's dependencies look at.
const BUILD_ENV: [&str; 7] = [
    "CC",
    "CXX",
    "CFLAGS",
    "CXXFLAGS",
    "LIBTORCH",
    "LIBTORCH_INCLUDE",
    "LIBTORCH_LIB",
];

/// How the template is, compared with what it would be made from now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Warm,
    /// With what changed since.
    Stale(String),
    Missing,
}

impl State {
    pub(crate) fn of(home: &Home) -> Self {
        let Ok(stamp) = fs::read_to_string(home.stamp()) else {
            return Self::Missing;
        };
        match ingredients(home) {
            Ok(now) => Self::compare(&stamp, &now),
            Err(error) => Self::Stale(format!("{error:#}")),
        }
    }

    fn compare(stamp: &str, now: &str) -> Self {
        if stamp == now {
            return Self::Warm;
        }
        let before: Vec<&str> = stamp.lines().collect();
        let after: Vec<&str> = now.lines().collect();
        let changed = after
            .iter()
            .find(|line| !before.contains(line))
            .or_else(|| before.iter().find(|line| !after.contains(line)));
        // A line is what, a tab, and how it was.
        let what = changed.and_then(|line| line.split('\t').next());
        Self::Stale(what.unwrap_or("the order of files").to_owned())
    }

    pub(crate) fn exit_code(&self) -> i32 {
        match self {
            Self::Warm => 0,
            Self::Stale(_) => 1,
            Self::Missing => 2,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Warm => f.write_str("warm"),
            Self::Stale(what) => write!(f, "stale: {what} changed since the template was warmed"),
            Self::Missing => f.write_str("missing: `cargo xtask lab` warms it"),
        }
    }
}

/// Makes the template, or brings it up to date. Other kernels and other calls wait meanwhile.
pub(crate) fn warm(home: &Home) -> Result<()> {
    let start = Instant::now();
    let lock = home.open_lock()?;
    lock.lock().context("waiting for the template")?;
    let state = State::of(home);
    if state == State::Warm {
        eprintln!("template: warm");
        return Ok(());
    }
    eprintln!("template: {state}");
    // Whatever stops this half-way, the template must not look whole.
    match fs::remove_file(home.stamp()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error)?,
        _ => {}
    }
    let made_from = ingredients(home)?;
    build(home)?;
    write_atomically(&home.stamp(), made_from.as_bytes())?;
    eprintln!(
        "template: warm after {:.0} s",
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

fn build(home: &Home) -> Result<()> {
    let dir = home.template();
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let lock = home.workspace_file("Cargo.lock");
    fs::copy(&lock, dir.join(SEED_LOCK))
        .with_context(|| format!("cannot copy {}", lock.display()))?;
    let library = home.library();
    let library = library
        .canonicalize()
        .with_context(|| format!("no crate in {}", library.display()))?;

    let toolchain = Toolchain::find()?;
    enter(home, &dir, &toolchain)?;
    let (mut context, outputs) = CommandContext::new().map_err(|error| anyhow!("{error}"))?;
    for channel in [outputs.stdout, outputs.stderr] {
        std::thread::spawn(move || {
            channel
                .iter()
                .for_each(|line| _ = writeln!(std::io::stderr(), "{line}"));
        });
    }
    let dependency = format!(
        ":dep transfer = {{ path = {:?} }}",
        library.display().to_string()
    );
    for cell in [dependency.as_str()].into_iter().chain(CELLS) {
        context
            .execute(cell)
            .map_err(|error| anyhow!("{error}"))
            .with_context(|| format!("warming with `{cell}`"))?;
    }
    drop(context);
    companion::build(&companion::path(home, &toolchain), &toolchain.rustc)?;
    // From here on the complete lock file is the one that was just compiled.
    fs::copy(dir.join("Cargo.lock"), dir.join(SEED_LOCK)).context("keeping the lock file")?;
    Ok(())
}

/// Sets this process' environment so that evcxr works in the crate directory `dir`.
pub(crate) fn enter(home: &Home, dir: &Path, toolchain: &Toolchain) -> Result<()> {
    let config = home.config();
    fs::create_dir_all(&config).with_context(|| format!("cannot make {}", config.display()))?;
    standin::set_env("EVCXR_TMPDIR", dir.as_os_str());
    standin::set_env("EVCXR_CONFIG_DIR", config.as_os_str());
    standin::install(home, toolchain)
}

/// Runs cargo in the workspace with all that decides what it compiles set as evcxr sets it, so that what
/// the template has compiled already is used, for the tests of the library say.
pub(crate) fn cargo(home: &Home, args: &[String]) -> Result<()> {
    let lock = home.open_lock()?;
    lock.lock_shared().context("waiting for the template")?;
    let state = State::of(home);
    anyhow::ensure!(state == State::Warm, "the template is not warm: {state}");
    let toolchain = Toolchain::find()?;
    let version = Command::new(&toolchain.rustc).arg("-vV").output()?;
    let version = String::from_utf8(version.stdout)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let linker = linker();
    let mut command = match linker {
        "mold" => Command::new("mold"),
        _ => Command::new(&toolchain.cargo),
    };
    if linker == "mold" {
        command.arg("-run").arg(&toolchain.cargo);
    }
    let link = if linker == "lld" {
        " -Clink-arg=-fuse-ld=lld"
    } else {
        ""
    };
    let status = command
        .args(args)
        .current_dir(home.workspace_file(""))
        .env("RUSTC", &toolchain.rustc)
        .env("RUSTFLAGS", format!("-Cprefer-dynamic{link}"))
        .env("CARGO_TARGET_DIR", home.template().join("target"))
        .env("CARGO_BUILD_BUILD_DIR", home.template().join("target"))
        .env(
            "CARGO_BUILD_TARGET",
            host.context("rustc does not tell its host")?,
        )
        .status()
        .context("running cargo")?;
    std::process::exit(status.code().unwrap_or(1));
}

/// evcxr takes mold where there is one, then lld; another linker is another build.
fn linker() -> &'static str {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has = |name: &&str| std::env::split_paths(&path).any(|dir| dir.join(name).is_file());
    let wanted = ["mold", "lld"]
        .into_iter()
        .filter(|_| !cfg!(target_os = "macos"));
    wanted.into_iter().find(has).unwrap_or("system")
}

/// Warms the template again where the library was edited since, which takes seconds. What takes minutes
/// (another compiler, other versions) would outlast Jupyter's patience with a kernel that starts.
pub(crate) fn freshen(home: &Home) -> Result<()> {
    let what = match State::of(home) {
        State::Warm => return Ok(()),
        State::Stale(what) => what,
        State::Missing => bail!("there is none. `cargo xtask lab` makes it"),
    };
    if !Path::new(&what).starts_with(home.library()) {
        bail!(
            "{what} has changed: the first cell will take minutes. `cargo xtask lab` warms it once for all"
        );
    }
    // In a process of its own: evcxr takes its directory from the environment, once.
    let status = Command::new(std::env::current_exe()?)
        .arg("warm")
        .status()?;
    anyhow::ensure!(
        status.success(),
        "`transfer-kernel warm` ended with {status}"
    );
    Ok(())
}

/// All that the template's contents follow from, a line each.
fn ingredients(home: &Home) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "kernel\t{} evcxr 0.22", env!("CARGO_PKG_VERSION"))?;
    let toolchain = Toolchain::find()?;
    writeln!(text, "linker\t{}", linker())?;
    for name in BUILD_ENV {
        writeln!(text, "{name}\t{:?}", std::env::var_os(name))?;
    }
    let preload = std::env::var_os("TRANSFER_PRELOAD").unwrap_or_default();

    let mut files = vec![toolchain.rustc, std::env::current_exe()?];
    files.extend(
        ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"].map(|name| home.workspace_file(name)),
    );
    files.extend(std::env::split_paths(&preload));
    files.extend(home.library_files()?);
    files.sort();
    for file in files {
        if let Ok(metadata) = fs::metadata(&file) {
            let modified = metadata
                .modified()?
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            writeln!(
                text,
                "{}\t{} bytes, {:?}",
                file.display(),
                metadata.len(),
                modified
            )?;
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_change_is_named() {
        let stamp = "linker\tlld\nsrc/a.rs\t3 bytes\nsrc/b.rs\t4 bytes\n";
        assert_eq!(State::compare(stamp, stamp), State::Warm);
        let edited = stamp.replace("4 bytes", "5 bytes");
        assert_eq!(
            State::compare(stamp, &edited),
            State::Stale("src/b.rs".to_owned())
        );
        let removed = "linker\tlld\nsrc/b.rs\t4 bytes\n";
        assert_eq!(
            State::compare(stamp, removed),
            State::Stale("src/a.rs".to_owned())
        );
    }
}
