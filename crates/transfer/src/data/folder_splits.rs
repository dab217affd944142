//! A folder of pictures in two parts: its own, or drawn by lot.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::image_folder::list;
use super::{Amount, Dataset, ImageFolder, Splits, Subset, stratified};
use crate::{Error, Result};

const TRAIN: [&str; 2] = ["train", "training"];
const VAL: [&str; 3] = ["val", "valid", "validation"];
const TEST: [&str; 2] = ["test", "testing"];

impl ImageFolder {
    /// Opens a folder as pictures to learn from and pictures to be judged by. Where it has `train/` and `val/`
    /// (or `train/` and `test/`), in any case and also as `training`, `valid`, `validation` and `testing`, these
    /// are used; otherwise it is a folder of class folders, of which `test_share` (between 0 and 1) of each class
    /// is set apart, chosen by `seed`.
    ///
    /// With both `val/` and `test/`, `val/` is taken to be judged by and `test/` is left alone, so that it stays
    /// unseen; the report of the part that was taken says so ([`FolderReport`](super::FolderReport)).
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); one of the two parts is missing; they do not have the same classes; there are
    /// fewer than two classes; or a class has no picture to learn from, or too few for two parts.
    pub fn open_splits(folder: impl AsRef<Path>, test_share: f64, seed: u64) -> Result<Splits> {
        let folder = folder.as_ref();
        let dataset = |reason: String| Error::Dataset {
            path: folder.into(),
            reason,
        };
        let (folders, _) = list(folder)?;
        let (train, val, test) = (
            named(&folders, &TRAIN),
            named(&folders, &VAL),
            named(&folders, &TEST),
        );
        match (train, val.or(test)) {
            (None, None) => share(Self::open(folder)?, folder, test_share, seed),
            (Some(train), Some(test)) => parts(folder, &folders, train, test),
            (Some(found), None) => Err(dataset(format!(
                "expected val/ or test/ beside {:?}, found neither. Add it; or open that folder itself, to set a \
                 share of it apart",
                name(found)
            ))),
            (None, Some(found)) => Err(dataset(format!(
                "expected train/ beside {:?}, found none. Add it; or, if {0:?} is a class, give it another name",
                name(found)
            ))),
        }
    }
}

/// Whether a folder has parts of its own, or one of them: a subfolder with such a name.
pub(super) fn has_parts(folder: &Path) -> Result<bool> {
    let (folders, _) = list(folder)?;
    Ok(named(&folders, &[&TRAIN[..], &VAL, &TEST].concat()).is_some())
}

/// The two parts that a folder has itself.
fn parts(folder: &Path, folders: &[PathBuf], train: &PathBuf, test: &PathBuf) -> Result<Splits> {
    let (train_folder, test_folder) = (train, test);
    let (train, mut test) = (ImageFolder::open(train)?, ImageFolder::open(test)?);
    if train.classes() != test.classes() {
        let reason = format!(
            "expected the same classes in both parts, found {:?} and {:?}",
            train.classes(),
            test.classes()
        );
        return Err(Error::Dataset {
            path: folder.into(),
            reason,
        });
    }
    enough(&train, train_folder, 1)?;
    let others = folders
        .iter()
        .filter(|other| ![train_folder, test_folder].contains(other));
    test.report_mut().left_alone = others.cloned().collect();
    Ok(Splits {
        reports: vec![train.report().clone(), test.report().clone()],
        train: Arc::new(train),
        test: Arc::new(test),
    })
}

/// A share of each class set apart.
fn share(all: ImageFolder, folder: &Path, test_share: f64, seed: u64) -> Result<Splits> {
    enough(&all, folder, 2)?;
    let split = stratified(&all.labels(), Amount::Share(test_share), seed)?;
    let reports = vec![all.report().clone()];
    let all: Arc<dyn Dataset> = Arc::new(all);
    Ok(Splits {
        train: Arc::new(Subset::new(all.clone(), split.rest)),
        test: Arc::new(Subset::new(all, split.chosen)),
        reports,
    })
}

/// At least two classes, and so many pictures in each.
fn enough(images: &ImageFolder, folder: &Path, pictures: usize) -> Result<()> {
    let dataset = |reason: String| Error::Dataset {
        path: folder.into(),
        reason,
    };
    if images.classes().len() < 2 {
        let found = images.classes();
        return Err(dataset(format!(
            "expected at least two classes to tell apart, found {found:?}"
        )));
    }
    let mut counts = images.report().counts.iter();
    if let Some((class, count)) = counts.find(|(_, count)| *count < pictures) {
        return Err(dataset(format!(
            "expected at least {pictures} pictures of each class, found {count} of {class:?}. Add some, or remove \
             the folder"
        )));
    }
    Ok(())
}

/// The folder with one of these names, the first name first.
fn named<'a>(folders: &'a [PathBuf], names: &[&str]) -> Option<&'a PathBuf> {
    let mut found = names.iter().flat_map(|wanted| {
        folders
            .iter()
            .filter(move |folder| name(folder).eq_ignore_ascii_case(wanted))
    });
    found.next()
}

fn name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
