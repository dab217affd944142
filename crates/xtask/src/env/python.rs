//! Finding Python interpreters and asking them what they have.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use serde_json::Value;

use crate::toolchain::package_manager;

/// The Python versions that the pinned packages, torch among them, have wheels for.
const SUPPORTED: std::ops::RangeInclusive<(u32, u32)> = (3, 10)..=(3, 14);

/// What the probe script says of an interpreter.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    /// Its version.
    pub(crate) version: (u32, u32),
    /// The root of its environment.
    pub(crate) prefix: PathBuf,
    /// Whether it can make virtual environments with pip inside (Debian packs that apart).
    pub(crate) ensurepip: bool,
    /// The folder of the torch package.
    pub(crate) torch_dir: Option<PathBuf>,
    /// The version of torch.
    pub(crate) torch: Option<String>,
    /// The version of JupyterLab.
    pub(crate) jupyterlab: Option<String>,
    /// The version of nbclient.
    pub(crate) nbclient: Option<String>,
    /// The version of the package that has the text encoder in it.
    pub(crate) text_encoder: Option<String>,
    /// Whether it has pip: a system's upgrade of Python leaves a virtual environment without.
    pub(crate) pip: bool,
}

impl Probe {
    /// Asks an interpreter; `None` when it doesn't run.
    pub(crate) fn of(python: &Path) -> Option<Self> {
        let output = Command::new(python)
            .args(["-I", "-c", include_str!("../../python/probe.py")])
            .stdin(Stdio::null())
            .output()
            .ok()
            .filter(|output| output.status.success())?;
        Self::parse(&String::from_utf8_lossy(&output.stdout))
    }

    fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text.trim()).ok()?;
        let string = |key: &str| value[key].as_str().map(str::to_owned);
        let number = |index: usize| {
            value["version"][index]
                .as_u64()
                .and_then(|number| u32::try_from(number).ok())
        };
        Some(Self {
            version: (number(0)?, number(1)?),
            prefix: PathBuf::from(string("prefix")?),
            ensurepip: value["venv"].as_bool()? && value["ensurepip"].as_bool()?,
            torch_dir: string("torch_dir").map(PathBuf::from),
            torch: string("torch"),
            jupyterlab: string("jupyterlab"),
            nbclient: string("nbclient"),
            text_encoder: string("text_encoder"),
            pip: value["pip"].as_bool()?,
        })
    }

    /// Whether the pinned packages have wheels for it.
    pub(crate) fn supported(&self) -> bool {
        SUPPORTED.contains(&self.version)
    }
}

/// The best interpreter on the PATH to make a virtual environment with.
///
/// # Errors
///
/// With the command that mends it, when there is none, or none with the venv module.
pub(crate) fn best() -> Result<(PathBuf, Probe)> {
    let mut without_venv = None;
    let mut too_old = None;
    for name in [
        "python3.13",
        "python3.12",
        "python3.11",
        "python3.10",
        "python3",
        "python",
        "python3.14",
    ] {
        // A name on the PATH may be a stand-in (pyenv's) that doesn't run: only the answer counts.
        let Some(probe) = Probe::of(Path::new(name)) else {
            continue;
        };
        if !probe.supported() {
            too_old.get_or_insert(probe.version);
        } else if !probe.ensurepip {
            without_venv.get_or_insert(probe.version);
        } else {
            return Ok((PathBuf::from(name), probe));
        }
    }
    if let Some(version) = without_venv {
        bail!(
            "Python {}.{} is there, but its venv module is not (Debian and Ubuntu pack it apart)\nmend: {}",
            version.0,
            version.1,
            install_venv(version)
        );
    }
    let found = too_old.map_or("none".to_owned(), |(major, minor)| {
        format!("only {major}.{minor}")
    });
    bail!(
        "Python 3.10 to 3.14 is needed, {found} was found on the PATH\nmend: {}",
        install_python()
    )
}

/// The command that installs Python's venv module.
pub(crate) fn install_venv((major, minor): (u32, u32)) -> String {
    match package_manager() {
        Some("dnf") => "sudo dnf install python3 python3-pip".to_owned(),
        Some("pacman") => "sudo pacman -S python python-pip".to_owned(),
        Some("apk") => "sudo apk add python3 py3-pip".to_owned(),
        Some("zypper") => "sudo zypper install python3 python3-pip".to_owned(),
        None if cfg!(target_os = "macos") => "brew install python@3.12".to_owned(),
        _ => format!(
            "sudo apt install python{major}.{minor}-venv   (or: sudo apt install python3-venv)"
        ),
    }
}

/// The command that installs Python.
pub(crate) fn install_python() -> &'static str {
    match package_manager() {
        Some("dnf") => "sudo dnf install python3.12",
        Some("pacman") => "sudo pacman -S python",
        Some("apk") => "sudo apk add python3",
        Some("zypper") => "sudo zypper install python312",
        None if cfg!(target_os = "macos") => "brew install python@3.12",
        _ => "sudo apt install python3 python3-venv",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_and_nonsense_is_not() {
        let text = r#"{"version": [3, 9], "prefix": "/usr", "venv": true, "ensurepip": false, "pip": false,
            "torch_dir": null, "torch": null, "jupyterlab": "4.6.6", "nbclient": null, "nbformat": null,
            "text_encoder": "0.1.0"}"#;
        let probe = Probe::parse(text).unwrap();
        assert!(!probe.supported() && !probe.ensurepip);
        assert_eq!(probe.jupyterlab.as_deref(), Some("4.6.6"));
        assert_eq!(probe.text_encoder.as_deref(), Some("0.1.0"));
        assert!(Probe::parse("pyenv: python3.12: command not found").is_none());
    }
}
