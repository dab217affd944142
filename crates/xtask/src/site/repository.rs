//! Where the repository's files are to be read on the web, if its remote says so.

use std::path::Path;
use std::process::Command;

/// The repository's page, from the remote `origin`; nothing where that is no page with files at `blob/HEAD/…`.
pub(super) fn address(root: &Path) -> Option<String> {
    let output = Command::new("git")
        .args(["remote", "get-url", "origin"])
        .current_dir(root)
        .output()
        .ok()?;
    page(String::from_utf8_lossy(&output.stdout).trim())
}

/// The page of a remote on GitHub or GitLab, without the name and password that may stand in it.
fn page(remote: &str) -> Option<String> {
    let (place, path) = match remote.split_once("://") {
        Some(("https" | "http" | "ssh", rest)) => rest.split_once('/')?,
        Some(_) => return None,
        // As ssh has it: git@host:owner/name.
        None => remote.split_once(':')?,
    };
    let host = place.rsplit('@').next()?.split(':').next()?;
    let path = path.trim_matches('/').trim_end_matches(".git");
    let known = ["github.", "gitlab."]
        .iter()
        .any(|name| host.starts_with(name));
    (known && path.contains('/')).then(|| format!("https://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_becomes_its_page() {
        for remote in [
            "https://github.com/owner/name.git",
            "https://github.com/owner/name/",
            "https://user:token@github.com/owner/name",
            "ssh://git@github.com:22/owner/name.git",
            "git@github.com:owner/name.git",
        ] {
            assert_eq!(
                page(remote).as_deref(),
                Some("https://github.com/owner/name"),
                "{remote}"
            );
        }
    }

    #[test]
    fn a_remote_without_a_page_has_none() {
        for remote in [
            "",
            "/srv/git/name",
            "../name",
            "file:///srv/git/name",
            "https://git.example.org/owner/name",
            "backup:git/name",
            "https://github.com/",
        ] {
            assert_eq!(page(remote), None, "{remote}");
        }
    }
}
