//! Refuses to build a cell when a crate by path was edited after the kernel had compiled it.
//!
//! evcxr would go on with variables of the old types as if they were of the new ones.

use crate::home::{crate_files, write_atomically};
use anyhow::{Result, bail};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// The beginning of the name of a note that a crate has been compiled here; its time counts.
const SEEN: &str = "seen-";

/// Fails if a crate that the manifest in `dir` names by its path has changed since this was first asked of it.
pub(crate) fn refuse(dir: &Path) -> Result<()> {
    let manifest = fs::read_to_string(dir.join("Cargo.toml"))?;
    for library in by_path(&manifest) {
        let mut hasher = DefaultHasher::new();
        library.hash(&mut hasher);
        let seen = dir.join(format!("{SEEN}{:016x}", hasher.finish()));
        let Ok(seen_at) = fs::metadata(&seen).and_then(|metadata| metadata.modified()) else {
            write_atomically(&seen, b"")?;
            continue;
        };
        // What cannot be listed cannot be built either, and cargo says why.
        for file in crate_files(&library).unwrap_or_default() {
            let changed = fs::metadata(&file).and_then(|metadata| metadata.modified());
            if changed.is_ok_and(|changed| changed > seen_at) {
                bail!(
                    "{} was edited after this kernel had loaded it. Restart the kernel: variables of the old types \
                     cannot be used with the new code.",
                    file.display()
                );
            }
        }
    }
    Ok(())
}

/// The crates that a manifest of evcxr's names by path: `name = { path = "…" }` on a line each.
fn by_path(manifest: &str) -> Vec<PathBuf> {
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let path = |line: &str| {
        let (_, after) = line.split_once("path")?;
        let text = after.trim_start().strip_prefix('=')?.trim_start();
        let quote = text
            .chars()
            .next()
            .filter(|quote| ['"', '\''].contains(quote))?;
        text[1..].split(quote).next().map(PathBuf::from)
    };
    dependencies.lines().filter_map(path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_crate_that_was_edited_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        let (dir, library) = (temp.path().join("kernel"), temp.path().join("library"));
        fs::create_dir_all(&dir).unwrap();
        fs::create_dir_all(library.join("src")).unwrap();
        let (manifest, source) = (library.join("Cargo.toml"), library.join("src/lib.rs"));
        for file in [&manifest, &source] {
            fs::write(file, "").unwrap();
        }
        let text = format!(
            "[lib]\npath = \"src/lib.rs\"\n[dependencies]\na = \"1\"\nb = {{ features = [], path = {library:?} }}\n"
        );
        fs::write(dir.join("Cargo.toml"), text).unwrap();
        refuse(&dir).unwrap();
        refuse(&dir).unwrap();
        let file = fs::File::options().write(true).open(&source).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(60))
            .unwrap();
        let error = refuse(&dir).unwrap_err().to_string();
        assert!(error.contains("lib.rs was edited"), "{error}");
    }

    #[test]
    fn only_dependencies_by_path_are_watched() {
        let manifest =
            "[lib]\npath = \"src/lib.rs\"\n[dependencies]\na = { path='/x y/a' }\nb = \"1\"\n";
        assert_eq!(by_path(manifest), [PathBuf::from("/x y/a")]);
    }
}
