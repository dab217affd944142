//! A folder that appears complete or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Error, Result};

/// A folder in the making, beside the one that it will be. Dropped unpublished, it leaves nothing behind.
#[derive(Debug)]
pub(in super::super) struct Staging {
    target: PathBuf,
    // A folder in it is what is published: the temporary one is its owner's alone.
    _temporary: TempDir,
    path: PathBuf,
}

impl Staging {
    /// Begins a folder that will be `target`, which must be empty or not there.
    pub(in super::super) fn beside(target: &Path) -> Result<Self> {
        if target.exists() {
            let mut entries = fs::read_dir(target).map_err(Error::io("list", target))?;
            if let Some(entry) = entries.next() {
                let entry = entry.map_err(Error::io("list", target))?.file_name();
                return Err(Error::argument(
                    "folder to write to",
                    "one that is empty or not there yet (nothing is overwritten: name another, or remove it)",
                    format!("{target:?} with {entry:?} in it"),
                ));
            }
        }
        let parent = target
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(Error::io("write", parent))?;
        let temporary = tempfile::Builder::new()
            .prefix(".unfinished-")
            .tempdir_in(parent)
            .map_err(Error::io("write", parent))?;
        let path = temporary.path().join("data");
        fs::create_dir(&path).map_err(Error::io("write", &path))?;
        Ok(Self {
            target: target.to_owned(),
            _temporary: temporary,
            path,
        })
    }

    /// Where its files go.
    pub(in super::super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a folder in it.
    pub(in super::super) fn folder(&self, name: impl AsRef<Path>) -> Result<PathBuf> {
        let folder = self.path.join(name);
        fs::create_dir_all(&folder).map_err(Error::io("write", &folder))?;
        Ok(folder)
    }

    /// Gives it its name.
    pub(in super::super) fn publish(self) -> Result<()> {
        fs::rename(&self.path, &self.target).map_err(Error::io("write", &self.target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_published_leaves_nothing_behind() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("deep/down");
        let begin = || {
            let staging = Staging::beside(&target).unwrap();
            let folder = staging.folder("pictures").unwrap();
            fs::write(folder.join("a.txt"), "a").unwrap();
            staging
        };
        drop(begin());
        let count = |folder: &Path| fs::read_dir(folder).unwrap().count();
        assert_eq!(count(&place.path().join("deep")), 0);
        begin().publish().unwrap();
        assert_eq!(fs::read(target.join("pictures/a.txt")).unwrap(), b"a");
        assert_eq!(count(&place.path().join("deep")), 1);
    }

    /// Somebody else may be faster.
    #[test]
    fn what_has_appeared_meanwhile_is_not_overwritten() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("data");
        let staging = Staging::beside(&target).unwrap();
        fs::create_dir(&target).unwrap();
        fs::write(target.join("theirs"), "").unwrap();
        assert!(staging.publish().is_err());
        assert!(target.join("theirs").is_file());
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }
}
