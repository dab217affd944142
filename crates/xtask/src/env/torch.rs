//! Which libtorch: the version that goes with tch, where it is taken from, how much of it a machine needs.
//!
//! On Linux, PyPI's wheel is the CUDA build; the CPU build is on PyTorch's own index only. Where that index
//! doesn't answer, the CUDA wheel does as well: its `libtorch_cpu.so` needs two small CUDA libraries, and what
//! only a GPU can use (0.5 GB) is dropped from an environment that this tool has made. Cells then work; Python's
//! own `import torch` doesn't, because its bindings are linked to the dropped part: `--full-torch` keeps it all.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::paths::Paths;
use crate::toolchain::output;

use super::requirements::{self, pins};

/// Another address of PyTorch's CPU index, or empty not to ask it.
pub(crate) const INDEX_VARIABLE: &str = "TRANSFER_TORCH_CPU_INDEX";

/// The torch that each torch-sys is written for (`TORCH_VERSION` in its build script).
const MATCHES: [(&str, &str); 2] = [("0.24", "2.11.0"), ("0.26", "2.13.0")];

/// How much of torch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The C++ library for the CPU: what cells need on a machine without an NVIDIA GPU.
    Library,
    /// The wheel with all it declares: CUDA in cells, and Python's own torch.
    Full,
}

impl Kind {
    /// The name in the stamp.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Full => "full",
        }
    }
}

/// The pinned version.
pub(crate) fn pinned() -> &'static str {
    pins(requirements::TORCH)
        .find(|(name, _)| *name == "torch")
        .map_or("", |(_, version)| version)
}

/// A version without its build: `2.13.0` of `2.13.0+cpu`.
pub(crate) fn base_version(version: &str) -> &str {
    version.split('+').next().unwrap_or(version)
}

/// The locked torch-sys with the torch that it is written for, `None` for a version that isn't known here.
pub(crate) fn wanted_by_lock(paths: &Paths) -> Option<(String, Option<&'static str>)> {
    let lock = fs::read_to_string(paths.root.join("Cargo.lock")).ok()?;
    let torch_sys = locked(&lock, "torch-sys")?;
    let torch = MATCHES
        .iter()
        .find(|(minor, _)| torch_sys.starts_with(&format!("{minor}.")))
        .map(|(_, torch)| *torch);
    Some((torch_sys, torch))
}

/// A package's version in a `Cargo.lock`.
fn locked(lock: &str, package: &str) -> Option<String> {
    let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// Whether a folder can be given to torch-sys as LIBTORCH.
pub(crate) fn is_libtorch(dir: &Path) -> bool {
    let library = if cfg!(target_os = "macos") {
        "lib/libtorch_cpu.dylib"
    } else {
        "lib/libtorch_cpu.so"
    };
    dir.join(library).is_file()
        && dir
            .join("include/torch/csrc/api/include/torch/torch.h")
            .is_file()
}

/// Whether this libtorch has its CUDA part.
pub(crate) fn has_cuda(torch_dir: &Path) -> bool {
    torch_dir.join("lib/libtorch_cuda.so").is_file()
}

/// Whether [`slim`] has been here.
pub(crate) fn is_slimmed(torch_dir: &Path) -> bool {
    torch_dir.join("lib/libtorch.so").is_symlink()
}

/// The NVIDIA GPU of this machine, if there is one.
pub(crate) fn gpu() -> Option<String> {
    if cfg!(not(target_os = "linux")) {
        return None;
    }
    let listed = output("nvidia-smi", &["-L"])
        .or_else(|| output("/usr/lib/wsl/lib/nvidia-smi", &["-L"]))
        .and_then(|text| text.lines().next().map(str::to_owned))
        .filter(|line| line.starts_with("GPU"));
    listed.or_else(|| {
        Path::new("/dev/nvidiactl")
            .exists()
            .then(|| "an NVIDIA GPU (/dev/nvidiactl)".to_owned())
    })
}

/// PyTorch's index of CPU builds, if this is where it is needed and it answers within five seconds.
pub(crate) fn cpu_index(python: &Path) -> Option<String> {
    if cfg!(not(target_os = "linux")) {
        return None;
    }
    let url = std::env::var(INDEX_VARIABLE)
        .unwrap_or_else(|_| "https://download.pytorch.org/whl/cpu".to_owned());
    let url = url.trim_end_matches('/').to_owned();
    if url.is_empty() {
        return None;
    }
    let script = "import sys, urllib.request as r\n\
                  r.urlopen(r.Request(sys.argv[1], method='HEAD'), timeout=4)";
    let mut child = Command::new(python)
        .args(["-I", "-c", script, &format!("{url}/torch/")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // Python's limit doesn't cover the name's look-up.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(5) {
        if let Some(status) = child.try_wait().ok()? {
            return status.success().then_some(url);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// Drops from PyPI's Linux wheel what only a GPU can use, and returns the megabytes that came free.
///
/// `libtorch.so`, a hull that pulls in both parts, becomes a link to the CPU part: that is what it is in the CPU
/// build, and programs linked with `-ltorch` then need no more than `libtorch_cpu.so`.
pub(crate) fn slim(torch_dir: &Path) -> io::Result<u64> {
    let lib = torch_dir.join("lib");
    if !has_cuda(torch_dir) && !is_slimmed(torch_dir) {
        return Ok(0); // A CPU build.
    }
    let hull = lib.join("libtorch.so");
    if !is_slimmed(torch_dir) {
        let draft = lib.join("libtorch.so.new");
        let _ = fs::remove_file(&draft);
        link("libtorch_cpu.so", &draft)?;
        fs::rename(&draft, &hull)?;
    }
    let mut freed = 0;
    for entry in fs::read_dir(&lib)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if is_gpu_only(&name) {
            freed += entry.metadata()?.len();
            fs::remove_file(entry.path())?;
        }
    }
    Ok(freed / 1_000_000)
}

/// Whether a library of torch's serves a GPU only.
fn is_gpu_only(name: &str) -> bool {
    name.starts_with("libtorch_cuda")
        || [
            "libc10_cuda.so",
            "libcaffe2_nvrtc.so",
            "libtorch_nvshmem.so",
        ]
        .contains(&name)
}

/// Whether [`slim`] removes or replaces this file of the torch package.
pub(crate) fn is_slimmed_away(file: &str) -> bool {
    file.strip_prefix("torch/lib/")
        .is_some_and(|name| name == "libtorch.so" || is_gpu_only(name))
}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pin_goes_with_the_locked_tch() {
        let paths = Paths::find().unwrap();
        // A fresh tree has no lock file before the first build, and other tests have nothing to compare then.
        if let Some((torch_sys, torch)) = wanted_by_lock(&paths) {
            assert_eq!(torch, Some(pinned()), "torch-sys {torch_sys}");
        }
    }

    #[test]
    fn versions_are_read_from_a_lock_file() {
        let lock = "[[package]]\nname = \"torch\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"torch-sys\"\nversion = \"0.26.0\"\n";
        assert_eq!(locked(lock, "torch-sys").as_deref(), Some("0.26.0"));
        assert_eq!(locked(lock, "tch"), None);
        assert_eq!(base_version("2.13.0+cpu"), "2.13.0");
    }

    #[cfg(unix)]
    #[test]
    fn slimming_keeps_the_cpu_part_and_can_be_repeated() {
        let dir = std::env::temp_dir().join(format!("xtask-slim-{}", std::process::id()));
        let lib = dir.join("lib");
        fs::create_dir_all(&lib).unwrap();
        for name in [
            "libtorch.so",
            "libtorch_cpu.so",
            "libc10.so",
            "libtorch_cuda.so",
            "libtorch_cuda_linalg.so",
            "libc10_cuda.so",
        ] {
            fs::write(lib.join(name), vec![0; 1_000_000]).unwrap();
        }
        assert_eq!(slim(&dir).unwrap(), 3);
        assert_eq!(slim(&dir).unwrap(), 0);
        assert!(is_slimmed(&dir) && !has_cuda(&dir));
        assert_eq!(
            fs::read_link(lib.join("libtorch.so")).unwrap(),
            Path::new("libtorch_cpu.so")
        );
        let mut left: Vec<_> = fs::read_dir(&lib)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["libc10.so", "libtorch.so", "libtorch_cpu.so"]);

        // A CPU build has nothing to drop, and its hull stays a file.
        fs::remove_file(lib.join("libtorch.so")).unwrap();
        fs::write(lib.join("libtorch.so"), "hull").unwrap();
        assert_eq!(slim(&dir).unwrap(), 0);
        assert!(!is_slimmed(&dir));
        fs::remove_dir_all(dir).unwrap();
    }
}
