//! The Python environment that libtorch and JupyterLab come from: the user's active one where it has the pinned
//! torch and JupyterLab, otherwise `.venv`, made and filled here.

mod broken;
pub(crate) mod pip;
pub(crate) mod python;
pub(crate) mod requirements;
mod stamp;
pub(crate) mod torch;
pub(crate) mod venv;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::inherited::{kernel_path, users_library_path};
use crate::paths::Paths;
use python::Probe;

/// An environment that has all that is needed.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    /// Its interpreter.
    pub(crate) python: PathBuf,
    /// Its root: `bin/` and `share/` are below.
    pub(crate) prefix: PathBuf,
    /// What goes into LIBTORCH: the torch package's folder, with `lib/` and `include/`.
    pub(crate) torch_dir: PathBuf,
    /// torch's version.
    pub(crate) torch_version: String,
    /// The version of the package with the text encoder: what lessons on texts read from here, and may fetch instead.
    pub(crate) text_encoder: Option<String>,
    /// Whether it is `.venv`, made by this tool.
    pub(crate) ours: bool,
}

/// How long libtorch's threads wait awake for one another before they sleep. By default that is thirty times as long:
/// beside another kernel, a build, or the loader's own threads, training takes four times as long then. With less, a
/// quiet machine's is a tenth slower.
const SPIN_COUNT: &str = "10000";

impl Environment {
    /// The environment of a probed interpreter, if it has everything; else what it lacks.
    pub(crate) fn from_probe(python: &Path, probe: &Probe, ours: bool) -> Result<Self, String> {
        let pinned = torch::pinned();
        let mut lacks = Vec::new();
        match &probe.torch {
            Some(found) if torch::base_version(found) == pinned => {}
            Some(found) => lacks.push(format!("torch {pinned} (it has {found})")),
            None => lacks.push(format!("torch {pinned}")),
        }
        for (name, found) in [
            ("jupyterlab", &probe.jupyterlab),
            ("nbclient", &probe.nbclient),
        ] {
            if found.is_none() {
                lacks.push(name.to_owned());
            }
        }
        let torch_dir = probe.torch_dir.clone().unwrap_or_default();
        if lacks.is_empty() && !torch::is_libtorch(&torch_dir) {
            lacks.push(format!(
                "libtorch_cpu and torch's C++ headers in {}",
                torch_dir.display()
            ));
        }
        if !lacks.is_empty() {
            return Err(lacks.join(", "));
        }
        Ok(Self {
            python: python.to_owned(),
            prefix: probe.prefix.clone(),
            torch_dir,
            torch_version: probe.torch.clone().unwrap_or_default(),
            text_encoder: probe.text_encoder.clone(),
            ours,
        })
    }

    /// Whether the pinned text encoder is in it.
    pub(crate) fn has_text_encoder(&self) -> bool {
        self.text_encoder.as_deref() == Some(requirements::text_encoder().1)
    }

    /// Where its programs are.
    pub(crate) fn bin(&self) -> PathBuf {
        self.prefix.join("bin")
    }

    /// What the kernel, its build and plain cargo must be told.
    pub(crate) fn variables(&self, paths: &Paths) -> Vec<(&'static str, String)> {
        vec![
            ("LIBTORCH", self.torch_dir.display().to_string()),
            ("TRANSFER_ROOT", paths.root.display().to_string()),
            (
                "TRANSFER_KERNEL_HOME",
                paths.kernel_home().display().to_string(),
            ),
            (crate::inherited::LIBRARY_PATH, self.library_path()),
            ("TRANSFER_PRELOAD", self.preload()),
            ("GOMP_SPINCOUNT", SPIN_COUNT.to_owned()),
        ]
    }

    /// Where the dynamic loader looks: in libtorch's folder, then in the user's own.
    fn library_path(&self) -> String {
        after(self.torch_dir.join("lib"), users_library_path())
    }

    /// [`variables`](Self::variables) for a kernelspec: Jupyter puts the values of the process that starts the
    /// kernel in for `${…}`. One that is not set there stays as it is written, and names a folder that is not
    /// there.
    pub(crate) fn spec_variables(&self, paths: &Paths) -> Vec<(&'static str, String)> {
        let mut variables = self.variables(paths);
        for (name, value) in &mut variables {
            if *name == crate::inherited::LIBRARY_PATH {
                let lib = self.torch_dir.join("lib").display().to_string();
                *value = format!("{}:${{{name}}}", lib.replace('$', "$$"));
            } else {
                *value = value.replace('$', "$$");
            }
        }
        variables.extend(kernel_path().map(|path| ("PATH", path)));
        variables
    }

    /// What the process that runs the cells loads while the kernel starts. A cell's code is not linked
    /// with the CUDA part, so that CUDA is only seen where that is loaded before.
    fn preload(&self) -> String {
        let names = if cfg!(target_os = "macos") {
            &["libtorch_cpu.dylib"][..]
        } else {
            &["libtorch_cpu.so", "libtorch_cuda.so"]
        };
        let paths = names
            .iter()
            .map(|name| self.torch_dir.join("lib").join(name));
        let paths: Vec<String> = paths.map(|path| path.display().to_string()).collect();
        paths.join(":")
    }

    /// What Jupyter's programs must be told: run-time files, trust and workspaces below `target/`, this
    /// checkout's kernelspec before all others and the environment's before any in the user's home, the
    /// environment's programs first on the PATH.
    pub(crate) fn jupyter_variables(&self, paths: &Paths) -> Vec<(&'static str, String)> {
        let jupyter = paths.jupyter();
        // Jupyter makes what it needs below it, and warns where it is not there itself.
        let _ = std::fs::create_dir_all(&jupyter);
        let inside = |name: &str| jupyter.join(name).display().to_string();
        let old = |name| std::env::var_os(name).unwrap_or_default();
        vec![
            ("PATH", after(self.bin(), old("PATH"))),
            // Looked through before the environment, whose kernelspec may be another checkout's.
            (
                "JUPYTER_PATH",
                after(jupyter.join("data"), old("JUPYTER_PATH")),
            ),
            ("JUPYTER_RUNTIME_DIR", inside("runtime")),
            ("JUPYTER_DATA_DIR", inside("data")),
            ("JUPYTERLAB_WORKSPACES_DIR", inside("workspaces")),
            ("JUPYTER_PREFER_ENV_PATH", "1".to_owned()),
            ("IPYTHONDIR", inside("ipython")),
            ("PYTHONNOUSERSITE", "1".to_owned()),
        ]
    }
}

/// The environment that is active in the user's shell, with what it lacks when it cannot serve.
pub(crate) fn active(paths: &Paths) -> Option<(PathBuf, Result<Environment, String>)> {
    for name in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        let Some(prefix) = std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
        else {
            continue;
        };
        if same(&prefix, &paths.venv()) {
            return None;
        }
        let python = prefix.join("bin/python");
        let result = match Probe::of(&python) {
            Some(probe) => Environment::from_probe(&python, &probe, false),
            None => Err(format!("an interpreter that runs at {}", python.display())),
        };
        return Some((prefix, result));
    }
    None
}

/// The environment that stands ready, without making anything: the active one, or `.venv`.
pub(crate) fn ready(paths: &Paths) -> Result<Environment, String> {
    let active = active(paths);
    if let Some((_, Ok(environment))) = active {
        return Ok(environment);
    }
    let python = paths.venv().join("bin/python");
    match Probe::of(&python) {
        Some(probe) => Environment::from_probe(&python, &probe, stamp::is_ours(paths))
            .map_err(|lacks| format!(".venv lacks {lacks}")),
        None => match active {
            Some((prefix, Err(lacks))) => Err(format!(
                "{} lacks {lacks}, and there is no .venv",
                prefix.display()
            )),
            _ => Err("there is no .venv yet".to_owned()),
        },
    }
}

/// A list of folders with one more in front.
fn after(first: PathBuf, list: OsString) -> String {
    let all = std::env::split_paths(&list).filter(|dir| !dir.as_os_str().is_empty());
    std::env::join_paths(std::iter::once(first).chain(all))
        .unwrap_or(list)
        .to_string_lossy()
        .into_owned()
}

fn same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(one) == real(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_own_folders_stay_behind_ours() {
        assert_eq!(after("/a".into(), "/b::/c".into()), "/a:/b:/c");
        assert_eq!(after("/a".into(), OsString::new()), "/a");
    }

    #[test]
    fn what_an_environment_lacks_is_named() {
        let mut probe = Probe {
            version: (3, 11),
            prefix: "/nowhere".into(),
            ensurepip: true,
            torch_dir: Some("/nowhere/torch".into()),
            torch: Some("2.11.0+cpu".to_owned()),
            jupyterlab: Some("4.6.0".to_owned()),
            nbclient: None,
            text_encoder: None,
            pip: true,
        };
        let lacks =
            Environment::from_probe(Path::new("/nowhere/bin/python"), &probe, false).unwrap_err();
        assert!(
            lacks.contains("it has 2.11.0+cpu") && lacks.contains("nbclient"),
            "{lacks}"
        );
        assert!(!lacks.contains("jupyterlab"), "{lacks}");

        probe.torch = Some(format!("{}+cpu", torch::pinned()));
        probe.nbclient = Some("0.11.0".to_owned());
        let lacks =
            Environment::from_probe(Path::new("/nowhere/bin/python"), &probe, false).unwrap_err();
        assert!(
            lacks.contains("headers"),
            "a torch without its libraries does not do: {lacks}"
        );
    }
}
