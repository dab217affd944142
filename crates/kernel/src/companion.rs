//! The library that stands beside the cells in their process (`companion/lib.rs`): compiled here once for a compiler,
//! loaded by [`runtime`](crate::runtime).

use crate::home::Home;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, ensure};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW, Symbol};
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

const SOURCE: &str = include_str!("../companion/lib.rs");

/// Names the compiled library for the process that runs the cells.
pub(crate) const LIBRARY: &str = "TRANSFER_KERNEL_COMPANION";

/// Where the library for this compiler and this source is, or will be.
pub(crate) fn path(home: &Home, toolchain: &Toolchain) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    let changed = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
    let changed = changed(&toolchain.rustc).unwrap_or(SystemTime::UNIX_EPOCH);
    (SOURCE, &toolchain.rustc, changed).hash(&mut hasher);
    let name = format!(
        "companion-{:016x}{}",
        hasher.finish(),
        env::consts::DLL_SUFFIX
    );
    home.companions().join(name)
}

/// Compiles the library where it does not exist; takes a second, once.
pub(crate) fn build(path: &Path, rustc: &Path) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let dir = path.parent().context("no folder for the companion")?;
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let work = tempdir(dir)?;
    let (source, library) = (work.join("companion.rs"), work.join("companion"));
    fs::write(&source, SOURCE)?;
    // The cells' standard library, wherever this file goes.
    let sysroot = Command::new(rustc)
        .args(["--print", "target-libdir"])
        .output()?;
    let libdir = String::from_utf8(sysroot.stdout)?;
    let output = Command::new(rustc)
        .args([
            "--edition=2024",
            "--crate-type=cdylib",
            "-Copt-level=2",
            "-Cprefer-dynamic",
        ])
        .arg(format!("-Clink-arg=-Wl,-rpath,{}", libdir.trim()))
        .arg("-o")
        .arg(&library)
        .arg(&source)
        .output()
        .context("running rustc")?;
    let result = match output.status.success() {
        true => fs::rename(&library, path).context("keeping the companion"),
        false => Err(anyhow::anyhow!(
            "{}",
            String::from_utf8_lossy(&output.stderr)
        )),
    };
    let _ = fs::remove_dir_all(&work);
    result.context("compiling the companion of the cells")
}

fn tempdir(parent: &Path) -> Result<PathBuf> {
    let dir = parent.join(format!("build-{}", std::process::id()));
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    Ok(dir)
}

/// Is told of a panic; see `companion/lib.rs`.
type Panicked = extern "C" fn(*const u8, usize, *const u8, usize) -> bool;

/// Loads the library into this process and has it tell `panicked` of panics.
pub(crate) fn load(panicked: Panicked) -> Result<()> {
    let path = env::var_os(LIBRARY).with_context(|| format!("{LIBRARY} is not set"))?;
    ensure!(
        Path::new(&path).exists(),
        "{} is not there",
        Path::new(&path).display()
    );
    // SAFETY: the library is our own, its initialisers are those of the standard library, and its function takes what it
    // says.
    unsafe {
        let library = Library::open(Some(&path), RTLD_NOW | RTLD_LOCAL)?;
        let start: Symbol<extern "C" fn(Panicked)> = library.get(b"transfer_kernel_companion")?;
        start(panicked);
        // For good: the hook is in it.
        std::mem::forget(library);
    }
    Ok(())
}
