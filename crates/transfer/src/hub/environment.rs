//! What the process's environment says: read once, when a hub is made, and nowhere else.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The settings that come from outside.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Environment {
    /// Where the cache is.
    pub(super) cache: Option<PathBuf>,
    /// PyTorch's own folder of checkpoints.
    pub(super) torch: Option<PathBuf>,
    /// Where Python's packages are: in the environment that libtorch came from when this was compiled, and in those
    /// that are active.
    pub(super) python: Vec<PathBuf>,
    /// The cache of Hugging Face's libraries.
    pub(super) huggingface: Option<PathBuf>,
    /// Whether the network is forbidden.
    pub(super) offline: bool,
    /// The address of a cache folder behind a web server, in place of the original addresses.
    pub(super) mirror: Option<String>,
    /// A file of certificates to trust in place of Mozilla's (OpenSSL's convention).
    pub(super) certificates: Option<PathBuf>,
}

impl Environment {
    /// That of this process.
    pub(super) fn of_process() -> Result<Self> {
        let mut environment = Self::read(|name| std::env::var_os(name), std::env::home_dir())?;
        // From the build script.
        if let Some(beside_libtorch) = option_env!("TRANSFER_SITE_PACKAGES").map(PathBuf::from) {
            environment
                .python
                .retain(|folder| *folder != beside_libtorch);
            environment.python.insert(0, beside_libtorch);
        }
        Ok(environment)
    }

    /// From any source of variables.
    fn read(variable: impl Fn(&str) -> Option<OsString>, home: Option<PathBuf>) -> Result<Self> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let path = |name: &str| set(name).map(PathBuf::from);
        // A relative folder is to be ignored, says the XDG base directory specification.
        let xdg = path("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        let unix = xdg.or_else(|| Some(home.as_ref()?.join(".cache")));
        let system = if cfg!(target_os = "macos") {
            home.as_ref().map(|home| home.join("Library/Caches"))
        } else if cfg!(windows) {
            path("LOCALAPPDATA")
        } else {
            unix.clone()
        };
        let huggingface = path("HF_HOME").or_else(|| Some(unix.as_ref()?.join("huggingface")));
        let huggingface = path("HF_HUB_CACHE").or_else(|| Some(huggingface?.join("hub")));
        let torch = path("TORCH_HOME").or_else(|| Some(unix?.join("torch")));
        let active = [path("VIRTUAL_ENV"), path("CONDA_PREFIX")];
        let text = |name: &str| set(name).map(|value| value.to_string_lossy().into_owned());
        let offline = match text("TRANSFER_OFFLINE").as_deref() {
            None | Some("0" | "false" | "no" | "off") => false,
            Some("1" | "true" | "yes" | "on") => true,
            Some(other) => return Err(Error::argument("TRANSFER_OFFLINE", "1 or 0", other)),
        };
        Ok(Self {
            cache: path("TRANSFER_CACHE").or_else(|| Some(system?.join("transfer"))),
            torch: torch.map(|torch| torch.join("hub").join("checkpoints")),
            python: active
                .iter()
                .flatten()
                .flat_map(|at| packages(at))
                .collect(),
            huggingface,
            offline,
            mirror: text("TRANSFER_MIRROR"),
            certificates: path("SSL_CERT_FILE"),
        })
    }
}

/// Where the packages of a Python environment are: `lib/python3.12/site-packages`, or on Windows `Lib/site-packages`.
fn packages(environment: &Path) -> Vec<PathBuf> {
    if cfg!(windows) {
        return vec![environment.join("Lib").join("site-packages")];
    }
    let listed = std::fs::read_dir(environment.join("lib"));
    let entries = listed.into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("python3"))
        .map(|entry| entry.path().join("site-packages"))
        .filter(|folder| folder.is_dir())
        .collect();
    folders.sort();
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Environment> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
        Environment::read(
            |name| find(name).map(|(_, value)| value.into()),
            Some("/home/ada".into()),
        )
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_cache_is_where_linux_has_caches() {
        let cache = |variables: &[(&str, &str)]| read(variables).unwrap().cache.unwrap();
        assert_eq!(cache(&[]), PathBuf::from("/home/ada/.cache/transfer"));
        assert_eq!(
            cache(&[("XDG_CACHE_HOME", "/x")]),
            PathBuf::from("/x/transfer")
        );
        assert_eq!(
            cache(&[("XDG_CACHE_HOME", "x")]),
            PathBuf::from("/home/ada/.cache/transfer")
        );
        let both = [("XDG_CACHE_HOME", "/x"), ("TRANSFER_CACHE", "/mine")];
        assert_eq!(cache(&both), PathBuf::from("/mine"));
    }

    #[test]
    #[cfg(unix)]
    fn torch_s_checkpoints_are_where_torch_has_them() {
        let torch = |variables: &[(&str, &str)]| read(variables).unwrap().torch.unwrap();
        let home = PathBuf::from("/home/ada/.cache/torch/hub/checkpoints");
        assert_eq!(torch(&[]), home);
        assert_eq!(
            torch(&[("TORCH_HOME", "/t")]),
            PathBuf::from("/t/hub/checkpoints")
        );
    }

    #[test]
    #[cfg(unix)]
    fn hugging_face_s_cache_is_where_its_libraries_have_it() {
        let cache = |variables: &[(&str, &str)]| read(variables).unwrap().huggingface.unwrap();
        let home = PathBuf::from("/home/ada/.cache/huggingface/hub");
        assert_eq!(cache(&[]), home);
        let mut variables = vec![("XDG_CACHE_HOME", "/x")];
        assert_eq!(cache(&variables), PathBuf::from("/x/huggingface/hub"));
        variables.push(("HF_HOME", "/h"));
        assert_eq!(cache(&variables), PathBuf::from("/h/hub"));
        variables.push(("HF_HUB_CACHE", "/c"));
        assert_eq!(cache(&variables), PathBuf::from("/c"));
    }

    #[test]
    #[cfg(unix)]
    fn packages_are_looked_for_in_active_environments() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = |name: &str| folder.path().join(name);
        let packages = |name: &str| prefix(name).join("lib/python3.12/site-packages");
        for name in ["venv", "conda"] {
            std::fs::create_dir_all(packages(name)).unwrap();
            std::fs::create_dir(prefix(name).join("lib/pkgconfig")).unwrap();
        }
        let (venv, conda) = (prefix("venv"), prefix("conda"));
        let python = |variables: &[(&str, &Path)]| {
            let texts = variables
                .iter()
                .map(|(name, path)| (*name, path.to_str().unwrap()));
            read(&texts.collect::<Vec<_>>()).unwrap().python
        };
        assert!(python(&[]).is_empty());
        let both = [
            ("CONDA_PREFIX", conda.as_path()),
            ("VIRTUAL_ENV", venv.as_path()),
        ];
        assert_eq!(python(&both), [packages("venv"), packages("conda")]);
        let gone = [("VIRTUAL_ENV", Path::new("/nowhere"))];
        assert!(python(&gone).is_empty());
    }

    #[test]
    fn offline_is_yes_or_no() {
        let offline = |value: &str| read(&[("TRANSFER_OFFLINE", value)]).map(|read| read.offline);
        assert!(offline("1").unwrap() && offline("true").unwrap());
        assert!(!offline("0").unwrap() && !offline("").unwrap());
        let message = offline("maybe").unwrap_err().to_string();
        assert!(
            message.contains("TRANSFER_OFFLINE") && message.contains("maybe"),
            "{message}"
        );
    }
}
