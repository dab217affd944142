//! What the programs that this one starts inherit: the user's environment, without what cargo and rustup have put
//! there for this program.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable that the dynamic loader takes more library folders from.
pub(crate) const LIBRARY_PATH: &str = if cfg!(target_os = "macos") {
    "DYLD_LIBRARY_PATH"
} else {
    "LD_LIBRARY_PATH"
};

/// Takes out of a command's environment what the cargo that started this program has set for it: not for the
/// next cargo to see, nor for JupyterLab or the kernel. What the user has set stays.
pub(crate) fn without_cargos(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_cargos) {
            command.env_remove(name);
        }
    }
    // What is set on the command by name goes before this.
    let named = |(name, _): (&OsStr, _)| name == LIBRARY_PATH;
    if !command.get_envs().any(named) && std::env::var_os(LIBRARY_PATH).is_some() {
        let own = users_library_path();
        if own.is_empty() {
            command.env_remove(LIBRARY_PATH);
        } else {
            command.env(LIBRARY_PATH, own);
        }
    }
    command
}

/// Whether `cargo run` sets this variable for what it runs.
fn is_cargos(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || [
            "CARGO",
            "CARGO_MANIFEST_DIR",
            "CARGO_MANIFEST_PATH",
            "CARGO_CRATE_NAME",
            "CARGO_BIN_NAME",
            "CARGO_PRIMARY_PACKAGE",
            "RUST_RECURSION_COUNT",
        ]
        .contains(&name)
}

/// The user's own folders of libraries: without those that cargo and rustup put in front for this program.
pub(crate) fn users_library_path() -> OsString {
    let all = std::env::var_os(LIBRARY_PATH).unwrap_or_default();
    let target = std::env::current_exe()
        .and_then(|exe| exe.canonicalize())
        .ok();
    // cargo: …/toolchains/NAME/bin/cargo; this program: target/xtask/xtask.
    let cargo = std::env::var_os("CARGO").map(PathBuf::from);
    let toolchain = cargo.as_deref().and_then(|cargo| cargo.ancestors().nth(2));
    let theirs = [
        target.as_deref().and_then(|exe| exe.ancestors().nth(2)),
        toolchain.filter(|dir| dir.parent().is_some_and(|dir| dir.ends_with("toolchains"))),
    ];
    without(&all, &theirs.into_iter().flatten().collect::<Vec<_>>())
}

/// A list of folders without empty ones, repeated ones, and those below one of `roots`.
fn without(list: &OsStr, roots: &[&Path]) -> OsString {
    let mut kept: Vec<PathBuf> = Vec::new();
    for dir in std::env::split_paths(list) {
        // A relative CARGO_TARGET_DIR comes as `…/here/../target`.
        let real = dir.canonicalize().unwrap_or_else(|_| dir.clone());
        let theirs = roots
            .iter()
            .any(|root| real.starts_with(root) || dir.starts_with(root));
        if !theirs && !dir.as_os_str().is_empty() && !kept.contains(&dir) {
            kept.push(dir);
        }
    }
    std::env::join_paths(kept).unwrap_or_default()
}

/// The PATH that a kernel needs, with `${PATH}` for what it is started with: the cargo that runs this must be
/// on it, also where JupyterLab is started from a desktop that knows nothing of rustup.
pub(crate) fn kernel_path() -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dir = std::env::split_paths(&path)
        .find(|dir| dir.is_absolute() && dir.join("cargo").is_file())?;
    let home = std::env::var_os("CARGO_HOME")
        .filter(|home| !home.is_empty())
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let own = home.is_some_and(|home| home.join("bin") == dir);
    kernel_path_with(dir.to_str()?, own)
}

/// In front is cargo's own folder only: a system's folder there would hide what the environment has.
fn kernel_path_with(dir: &str, own: bool) -> Option<String> {
    let dir = dir.replace('$', "$$");
    (!dir.contains(':')).then(|| {
        if own {
            format!("{dir}:${{PATH}}")
        } else {
            format!("${{PATH}}:{dir}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_sets_is_told_from_what_the_user_sets() {
        for name in [
            "CARGO",
            "CARGO_PKG_AUTHORS",
            "CARGO_MANIFEST_DIR",
            "RUST_RECURSION_COUNT",
        ] {
            assert!(is_cargos(name), "{name}");
        }
        for name in [
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "RUSTFLAGS",
            "RUSTUP_TOOLCHAIN",
            "CARGO_NET_OFFLINE",
        ] {
            assert!(!is_cargos(name), "{name}");
        }
        // This test runs by cargo.
        let cargo = crate::toolchain::cargo();
        let removed = |wanted: &str| {
            cargo
                .get_envs()
                .any(|(name, value)| name == wanted && value.is_none())
        };
        assert!(removed("CARGO_PKG_VERSION_MAJOR") && removed("CARGO_MANIFEST_DIR"));
        let list = OsStr::new("/t/x/deps:/opt/mine:/r/toolchains/stable/lib::/opt/mine");
        assert_eq!(
            without(list, &[Path::new("/t"), Path::new("/r/toolchains/stable")]),
            "/opt/mine"
        );
        assert_eq!(without(OsStr::new(""), &[]), "");
        let here = Path::new(env!("CARGO_MANIFEST_DIR"))
            .canonicalize()
            .unwrap();
        assert_eq!(
            without(
                here.join("src/../python").as_os_str(),
                &[&here.join("python")]
            ),
            ""
        );
    }

    #[test]
    fn only_cargos_own_folder_goes_in_front() {
        assert_eq!(
            kernel_path_with("/h/.cargo/bin", true).as_deref(),
            Some("/h/.cargo/bin:${PATH}")
        );
        assert_eq!(
            kernel_path_with("/usr/bin", false).as_deref(),
            Some("${PATH}:/usr/bin")
        );
        assert_eq!(
            kernel_path_with("/a$b", true).as_deref(),
            Some("/a$$b:${PATH}")
        );
    }
}
