//! The file inside `.venv` that says whose it is and how far: `making` from before its first file, `made` once it
//! has pip, `ready` with the pins that are in it once everything is there and checked.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use crate::paths::{Paths, write_if_changed};

use super::requirements;
use super::torch::Kind;

/// Whether the set-up has made what is at `.venv`: only that may be removed.
pub(crate) fn is_ours(paths: &Paths) -> bool {
    Stamp::file(paths).is_file()
}

/// Whether there is something at `.venv` that somebody else has made. An empty folder is nobody's, and one with
/// a stamp's draft alone is what a kill has left of ours.
pub(crate) fn is_foreign(paths: &Paths) -> bool {
    let venv = paths.venv();
    if is_ours(paths) || venv.symlink_metadata().is_err() {
        return false;
    }
    let draft = |entry: fs::DirEntry| {
        let name = entry.file_name();
        name.to_string_lossy().starts_with(STAMP)
    };
    match fs::read_dir(&venv) {
        Ok(mut entries) => !entries.all(|entry| entry.is_ok_and(draft)),
        Err(_) => true,
    }
}

/// All that is pinned now.
pub(crate) fn wanted_pins() -> String {
    [
        requirements::JUPYTER,
        requirements::TORCH,
        requirements::CUDA_LIBS,
        requirements::FULL,
        requirements::TEXT,
    ]
    .concat()
}

/// The name of the stamp's file.
const STAMP: &str = "transfer-setup.json";

/// How far `.venv` is.
#[derive(Debug, PartialEq)]
pub(crate) struct Stamp {
    /// `making`, `made` or `ready`.
    pub(crate) state: String,
    /// What is pinned in it, once it is ready.
    pub(crate) pins: String,
    /// How much of torch it has, once it is ready.
    pub(crate) kind: String,
}

impl Stamp {
    fn file(paths: &Paths) -> PathBuf {
        paths.venv().join(STAMP)
    }

    /// That of the `.venv`, if it has one that can be read.
    pub(crate) fn read(paths: &Paths) -> Option<Self> {
        let value: Value =
            serde_json::from_str(&fs::read_to_string(Self::file(paths)).ok()?).ok()?;
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        Some(Self {
            state: text("state")?,
            pins: text("pins")?,
            kind: text("kind")?,
        })
    }

    /// Puts it there.
    pub(crate) fn write(&self, paths: &Paths) -> Result<()> {
        let value = json!({ "state": self.state, "pins": self.pins, "kind": self.kind });
        write_if_changed(&Self::file(paths), &format!("{value:#}\n")).map(|_| ())
    }

    /// Whether everything that is pinned now is in there, and torch as whole as it is wanted.
    pub(crate) fn serves(&self, kind: Kind) -> bool {
        let whole = self.kind == Kind::Full.name() || kind == Kind::Library;
        self.state == "ready" && self.pins == wanted_pins() && whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_finished_environment_with_todays_pins_serves() {
        let root = std::env::temp_dir().join(format!("xtask-venv-{}", std::process::id()));
        let paths = Paths { root: root.clone() };
        assert_eq!(Stamp::read(&paths), None);
        let mut stamp = Stamp {
            state: "ready".to_owned(),
            pins: wanted_pins(),
            kind: "library".to_owned(),
        };
        stamp.write(&paths).unwrap();
        assert_eq!(Stamp::read(&paths).as_ref(), Some(&stamp));
        assert!(stamp.serves(Kind::Library) && !stamp.serves(Kind::Full));
        stamp.kind = "full".to_owned();
        assert!(stamp.serves(Kind::Library) && stamp.serves(Kind::Full));
        stamp.pins.push_str("x==1\n");
        assert!(!stamp.serves(Kind::Full), "pins have changed since");
        stamp.pins = wanted_pins().replace(requirements::TEXT, "");
        assert!(
            !stamp.serves(Kind::Full),
            "one from before the text encoder gets it"
        );
        stamp.pins = wanted_pins();
        stamp.state = "made".to_owned();
        assert!(!stamp.serves(Kind::Library), "a kill left it unfinished");
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn what_a_kill_has_left_of_ours_is_not_foreign() {
        let root = std::env::temp_dir().join(format!("xtask-half-{}", std::process::id()));
        let paths = Paths { root };
        assert!(!is_foreign(&paths), "there is nothing");
        fs::create_dir_all(paths.venv()).unwrap();
        assert!(!is_foreign(&paths), "it is empty");
        fs::write(paths.venv().join("transfer-setup.json.7.tmp"), "{").unwrap();
        assert!(!is_foreign(&paths) && !is_ours(&paths));
        fs::write(paths.venv().join("pyvenv.cfg"), "").unwrap();
        assert!(is_foreign(&paths));
        let stamp = Stamp {
            state: "making".to_owned(),
            pins: String::new(),
            kind: String::new(),
        };
        stamp.write(&paths).unwrap();
        assert!(!is_foreign(&paths) && is_ours(&paths));
        fs::remove_dir_all(paths.root).unwrap();
    }
}
