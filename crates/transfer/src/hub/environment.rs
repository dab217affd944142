//! What the process's environment says: read once, when a hub is made, and nowhere else.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::{Error, Result};

/// The settings that come from outside.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Environment {
    /// Where the cache is.
    pub(super) cache: Option<PathBuf>,
    /// PyTorch's own folder of checkpoints.
    pub(super) torch: Option<PathBuf>,
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
        Self::read(|name| std::env::var_os(name), std::env::home_dir())
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
        let torch = path("TORCH_HOME").or_else(|| Some(unix?.join("torch")));
        let text = |name: &str| set(name).map(|value| value.to_string_lossy().into_owned());
        let offline = match text("TRANSFER_OFFLINE").as_deref() {
            None | Some("0" | "false" | "no" | "off") => false,
            Some("1" | "true" | "yes" | "on") => true,
            Some(other) => return Err(Error::argument("TRANSFER_OFFLINE", "1 or 0", other)),
        };
        Ok(Self {
            cache: path("TRANSFER_CACHE").or_else(|| Some(system?.join("transfer"))),
            torch: torch.map(|torch| torch.join("hub").join("checkpoints")),
            offline,
            mirror: text("TRANSFER_MIRROR"),
            certificates: path("SSL_CERT_FILE"),
        })
    }
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
