//! A site in the making, beside the place where it goes: readers see the old one or the new one, never half.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// What the first page of every site of ours has in its head.
const MADE_HERE: &str = "content=\"cargo xtask site\"";

/// The folder of a site that is not in place yet; gone when it is dropped before.
#[derive(Debug)]
pub(super) struct Draft {
    path: PathBuf,
    out: PathBuf,
}

impl Draft {
    /// An empty folder beside `out`.
    pub(super) fn beside(out: &Path) -> Result<Self> {
        let out = std::path::absolute(out)?;
        may_replace(&out)?;
        let path = neighbour(&out, "new")?;
        fs::create_dir_all(&path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self { path, out })
    }

    /// Where to write.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the site its name, and takes the older one away.
    pub(super) fn put_in_place(self) -> Result<()> {
        let old = neighbour(&self.out, "old")?;
        let had = self.out.exists();
        if had {
            fs::rename(&self.out, &old)
                .with_context(|| format!("cannot move {} aside", self.out.display()))?;
        }
        if let Err(error) = fs::rename(&self.path, &self.out) {
            if had {
                fs::rename(&old, &self.out)?;
            }
            return Err(error)
                .with_context(|| format!("cannot put the site into {}", self.out.display()));
        }
        if had {
            fs::remove_dir_all(&old)
                .with_context(|| format!("cannot remove the older site, {}", old.display()))?;
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Once it is in place, nothing is here any more.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// A hidden folder beside another one, of this process only.
fn neighbour(out: &Path, what: &str) -> Result<PathBuf> {
    let Some(name) = out.file_name() else {
        bail!("{} cannot hold a site: name a folder", out.display())
    };
    let name = format!(".{}.{}.{what}", name.to_string_lossy(), std::process::id());
    Ok(out.with_file_name(name))
}

/// Whether a site may go to `out`: nothing but an older site is replaced.
///
/// # Errors
///
/// When something else is there.
pub(super) fn may_replace(out: &Path) -> Result<()> {
    let is_empty = |dir: &Path| fs::read_dir(dir).is_ok_and(|mut all| all.next().is_none());
    let made_here =
        fs::read_to_string(out.join("index.html")).is_ok_and(|page| page.contains(MADE_HERE));
    if out.exists() && !made_here && !is_empty(out) {
        bail!(
            "{} holds something else than a site of this command, which would be lost\n\
             mend: name another folder with --out, or remove it yourself",
            out.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder for one test.
    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("xtask-draft-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    fn put(out: &Path, text: &str) -> Result<()> {
        let draft = Draft::beside(out)?;
        let page = format!("<meta name=\"generator\" {MADE_HERE}>{text}");
        fs::write(draft.path().join("index.html"), page)?;
        draft.put_in_place()
    }

    #[test]
    fn a_site_replaces_an_older_one_whole() {
        let dir = scratch("whole");
        let out = dir.join("deep/site");
        put(&out, "old").unwrap();
        fs::write(out.join("gone.html"), "a lesson of the past").unwrap();
        put(&out, "new").unwrap();
        let page = fs::read_to_string(out.join("index.html")).unwrap();
        assert!(page.ends_with("new") && !out.join("gone.html").exists());
        let beside = fs::read_dir(dir.join("deep")).unwrap().count();
        assert_eq!(beside, 1, "neither draft nor older site stays behind");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_draft_that_is_given_up_leaves_the_old_site() {
        let dir = scratch("given-up");
        let out = dir.join("site");
        put(&out, "old").unwrap();
        let draft = Draft::beside(&out).unwrap();
        fs::write(draft.path().join("index.html"), "half").unwrap();
        drop(draft);
        let page = fs::read_to_string(out.join("index.html")).unwrap();
        assert!(page.ends_with("old"), "{page}");
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn nothing_but_a_site_is_replaced() {
        let dir = scratch("other");
        fs::write(dir.join("thesis.tex"), "years").unwrap();
        let error = Draft::beside(&dir).unwrap_err().to_string();
        assert!(error.contains("would be lost"), "{error}");
        let file = dir.join("thesis.tex");
        assert!(Draft::beside(&file).is_err(), "a file is no folder");
        assert!(Draft::beside(Path::new("/")).is_err());
        fs::remove_dir_all(dir).unwrap();
    }
}
