//! A folder in which a training writes its state, so that it can go on after whatever ended it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::train_state::TrainState;
use crate::checkpoint::{self, StateDict};
use crate::{Error, Result};

const PREFIX: &str = "step-";
const SUFFIX: &str = ".safetensors";
/// The newest one, and one more, should the disk lose it.
const KEPT: usize = 2;

/// When a checkpoint is written, beside the end of the training and the moment when a callback stops it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Every {
    /// After so many epochs.
    Epochs(usize),
    /// After so many steps.
    Steps(usize),
    /// When so many seconds have passed, after the next step.
    Seconds(f64),
}

/// Where and when.
#[derive(Debug)]
pub(super) struct Checkpoints {
    folder: PathBuf,
    every: Every,
    last: Instant,
    /// The step of the last one.
    written: Option<usize>,
}

impl Checkpoints {
    pub(super) fn new(folder: PathBuf, every: Every) -> Self {
        Self {
            folder,
            every,
            last: Instant::now(),
            written: None,
        }
    }

    /// Makes the folder, and refuses one with the checkpoints of another training, which would be mixed with those of one
    /// that was not resumed.
    pub(super) fn begin(&mut self, resumed: bool) -> Result<()> {
        (self.last, self.written) = (Instant::now(), None);
        fs::create_dir_all(&self.folder).map_err(Error::io("make", &self.folder))?;
        if resumed {
            return Ok(());
        }
        match list(&self.folder)?.pop() {
            None => Ok(()),
            Some((_, path)) => Err(Error::CannotResume {
                path,
                difference: "it is of another training, or `resume` was not called. Resume it, name another folder, or \
                             delete the folder"
                    .to_owned(),
            }),
        }
    }

    /// Whether it is time for one: `epochs` complete ones, if an epoch has just ended; `now` says that it is.
    pub(super) fn is_due(&self, steps: usize, epochs: Option<usize>, now: bool) -> bool {
        let due = match self.every {
            Every::Epochs(every) => {
                epochs.is_some_and(|epochs| epochs.is_multiple_of(every.max(1)))
            }
            Every::Steps(every) => steps.is_multiple_of(every.max(1)),
            Every::Seconds(every) => self.last.elapsed().as_secs_f64() >= every,
        };
        // The end of the last epoch and the end of the training are the same moment.
        (due || now) && self.written != Some(steps)
    }

    /// Writes one under its name, whole or not at all, and then deletes all but the last.
    pub(super) fn write(&mut self, steps: usize, tensors: &StateDict) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(Error::io("make", &self.folder))?;
        let path = self.folder.join(format!("{PREFIX}{steps:09}{SUFFIX}"));
        checkpoint::write(&path, tensors)?;
        (self.last, self.written) = (Instant::now(), Some(steps));
        let mut all = list(&self.folder)?;
        all.truncate(all.len().saturating_sub(KEPT));
        for (_, old) in all {
            fs::remove_file(&old).map_err(Error::io("delete", &old))?;
        }
        Ok(())
    }
}

/// The checkpoints of a folder, the newest last; none where there is no folder.
fn list(folder: &Path) -> Result<Vec<(usize, PathBuf)>> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        entries => entries.map_err(Error::io("list", folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(Error::io("list", folder))?;
        let name = entry.file_name();
        let step = name.to_str().and_then(|name| {
            name.strip_prefix(PREFIX)?
                .strip_suffix(SUFFIX)?
                .parse()
                .ok()
        });
        found.extend(step.map(|step| (step, entry.path())));
    }
    found.sort();
    Ok(found)
}

/// Deletes what writers that were killed have left half-written. Files of the last minute may be another's.
fn sweep(folder: &Path) -> Result<()> {
    let old = Duration::from_secs(60);
    for entry in fs::read_dir(folder).map_err(Error::io("list", folder))? {
        let entry = entry.map_err(Error::io("list", folder))?;
        // As tempfile names them; whatever else lies there is somebody's.
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(".tmp"));
        let temporary = random.is_some_and(|random| {
            random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        let written = entry.metadata().ok().filter(fs::Metadata::is_file);
        let age = written.and_then(|data| data.modified().ok()?.elapsed().ok());
        if temporary && age.is_some_and(|age| age > old) {
            fs::remove_file(entry.path()).map_err(Error::io("delete", entry.path()))?;
        }
    }
    Ok(())
}

/// The newest checkpoint of a folder that can be read, and why newer ones cannot; `None` where there is none at all.
pub(super) fn newest(folder: &Path) -> Result<Option<(TrainState, Vec<Error>)>> {
    let found = list(folder)?;
    if found.is_empty() {
        return Ok(None);
    }
    sweep(folder)?;
    let mut passed_over = Vec::new();
    for (_, path) in found.into_iter().rev() {
        match checkpoint::read(&path) {
            Ok(tensors) => return Ok(Some((TrainState { path, tensors }, passed_over))),
            Err(error) => passed_over.push(error),
        }
    }
    // Not one can be read: the first reason is that of the newest.
    Err(passed_over.remove(0))
}
