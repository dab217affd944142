//! pip, called so that a second call finds what the first one got, and its failures put into words.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};

use crate::board::Lane;
use crate::disk;
use crate::paths::Paths;

/// pip of one environment.
#[derive(Debug)]
pub(crate) struct Pip<'a> {
    paths: &'a Paths,
    python: PathBuf,
}

impl<'a> Pip<'a> {
    /// pip of the environment with this interpreter.
    pub(crate) fn new(paths: &'a Paths, python: &Path) -> Result<Self> {
        let pip = Self {
            paths,
            python: python.to_owned(),
        };
        // What a killed pip has left there is never used again.
        let _ = fs::remove_dir_all(pip.scratch());
        fs::create_dir_all(pip.scratch())
            .context("cannot make a folder for pip's temporary files")?;
        Ok(pip)
    }

    /// `pip install` with these arguments.
    pub(crate) fn install<S: AsRef<OsStr>>(
        &self,
        lane: &Lane<'_>,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<()> {
        let mut command = Command::new(&self.python);
        command.args([
            "-m",
            "pip",
            "install",
            "--progress-bar",
            "off",
            "--no-input",
            "--no-compile",
        ]);
        command.args([
            "--disable-pip-version-check",
            "--no-warn-script-location",
            "--retries",
            "3",
        ]);
        command.args(arguments);
        // Beside the environment, because /tmp may be small or in memory: torch's wheel alone has 0.5 GB.
        command.env("TMPDIR", self.scratch());
        command.env("PYTHONNOUSERSITE", "1");
        if std::env::var_os("PIP_CACHE_DIR").is_none() {
            command.env("PIP_CACHE_DIR", self.cache());
        }
        lane.run(&mut command, step)
            .map_err(|error| match explain(&format!("{error:#}")) {
                Some(mend) => anyhow!("{error:#}\n\n{mend}"),
                None => error,
            })
    }

    /// Gives the space of downloads back, once they are installed.
    pub(crate) fn clean(&self) {
        let _ = fs::remove_dir_all(self.scratch());
        let _ = fs::remove_dir_all(self.cache());
    }

    fn scratch(&self) -> PathBuf {
        self.paths.xtask().join("tmp")
    }

    fn cache(&self) -> PathBuf {
        self.paths.xtask().join("pip-cache")
    }
}

/// What pip is at, of a line of its output.
fn step(line: &str) -> Option<String> {
    let line = line.trim();
    if let Some(packages) = line.strip_prefix("Installing collected packages: ") {
        return Some(format!(
            "unpacking {} packages",
            packages.split(',').count()
        ));
    }
    if let Some(file) = line.strip_prefix("Downloading ") {
        let name = file.rsplit('/').next().unwrap_or(file);
        return Some(format!("downloading {name}"));
    }
    line.strip_prefix("Collecting ")
        .map(|package| format!("collecting {package}"))
}

/// What a failure of pip comes from and how to mend it, where that can be told.
fn explain(text: &str) -> Option<String> {
    if disk::is_full(text) {
        return Some(disk::FULL.to_owned());
    }
    let unreachable = [
        "Temporary failure in name resolution",
        "Name or service not known",
        "nodename nor servname",
        "Failed to establish a new connection",
        "NewConnectionError",
        "NameResolutionError",
        "ConnectTimeout",
        "Read timed out",
        "Network is unreachable",
        "Connection refused",
        "Connection reset",
        "ProxyError",
        "CERTIFICATE_VERIFY_FAILED",
    ];
    if unreachable.iter().any(|sign| text.contains(sign)) {
        let index =
            std::env::var("PIP_INDEX_URL").unwrap_or_else(|_| "https://pypi.org".to_owned());
        return Some(format!(
            "pip cannot reach {index}. Ways out:\n\
             - connect, or set a proxy: export HTTPS_PROXY=http://host:port\n\
             - a mirror: export PIP_INDEX_URL=https://…/simple\n\
             - offline, from a folder of wheels: export PIP_NO_INDEX=1 PIP_FIND_LINKS=/path/to/wheels\n\
             \u{20} (`pip download --no-deps -d wheels -r crates/xtask/python/requirements.txt -r crates/xtask/python/torch.txt\n\
             \u{20}  -r crates/xtask/python/torch-cuda-libs.txt -r crates/xtask/python/text.txt` fills it on a machine with the\n\
             \u{20}  same system and Python)\n\
             Then run the same command again: what has been installed is kept, and it goes on where it was."
        ));
    }
    text.contains("No matching distribution").then(|| {
        "pip finds no file of a pinned package for this Python and system. PyTorch has wheels for Python 3.10 to 3.14 on \
         Linux (x86-64 and ARM) and on Macs with Apple silicon; a Python of another kind can be chosen by activating an \
         environment made with it."
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pips_lines_become_steps() {
        assert_eq!(
            step("Collecting torch==2.13.0").unwrap(),
            "collecting torch==2.13.0"
        );
        assert_eq!(
            step("  Downloading https://h/p/torch-2.13.0.whl (526.6 MB)").unwrap(),
            "downloading torch-2.13.0.whl (526.6 MB)"
        );
        assert_eq!(
            step("Installing collected packages: a, b, c").unwrap(),
            "unpacking 3 packages"
        );
        assert_eq!(step("  Using cached x.whl"), None);
    }

    #[test]
    fn failures_name_their_mend() {
        let text = "WARNING: Retrying … [Errno -3] Temporary failure in name resolution\nERROR: No matching distribution found";
        assert!(explain(text).unwrap().contains("PIP_FIND_LINKS"));
        assert!(
            explain("ERROR: [Errno 28] No space left on device")
                .unwrap()
                .contains("disk is full")
        );
        assert!(
            explain("ERROR: No matching distribution found for torch==2.13.0")
                .unwrap()
                .contains("3.10")
        );
        assert_eq!(explain("ERROR: something else"), None);
    }
}
