//! YOLO: a text file for each picture.

mod layout;
mod lines;
mod names;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use self::layout::{Layout, Pair};
use super::box_files::{BoxFiles, reads_box_files};
use super::draft::Draft;
use super::files::read_text;
use super::options::Format;
use super::{BadBox, BoxFlaw, BoxOptions};
use crate::data::parallel::in_parallel;
use crate::{Error, Result};

/// Pictures with a text file each, as darknet and Ultralytics have them.
///
/// The pictures lie in `images/` and the texts in `labels/`, at the same place and of the same name, at any depth; parts
/// of the data ([`BoxOptions::split`]) are folders in these two (`images/train`) or around them (`train/images`). Where
/// there is no `images/`, texts lie beside their pictures in the folder itself. A line is `class cx cy w h`: a number from
/// 0, the middle of the box, its width and its height, as shares of the picture's width and height. Outlines, turned boxes
/// and confidences (more numbers on a line) are reported as unreadable.
///
/// **Classes** are named by the first of these that is there: [`BoxOptions::classes`]; `names` in `data.yaml`,
/// `data.yml` or `dataset.yaml`; `classes.txt`; `obj.names`, both with a name on each line; `labels/classes.txt`, where
/// labelImg puts it. Of YAML no more is understood than `names` and `nc`: a list or a map from numbers, over several lines
/// or in brackets, with or without quotes. The paths in it are not followed.
///
/// A text without a line is background, and so is a picture without a text; the latter may also have been forgotten, see
/// [`without_labels`](Self::without_labels).
#[derive(Debug, Clone)]
pub struct YoloFolder {
    files: BoxFiles,
    without_labels: Vec<PathBuf>,
}

reads_box_files!(YoloFolder);

impl YoloFolder {
    /// Reads the texts, and the header of each picture. What cannot be used is in [`bad`](Self::bad).
    ///
    /// # Errors
    ///
    /// The folder has neither layout; it has parts, of which one is to be named; the classes have no names, or names
    /// that cannot be read; there is not one text for all the pictures; no picture can be used.
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(root, &BoxOptions::new())
    }

    /// The same with options: [`BoxOptions::split`], [`BoxOptions::classes`], [`BoxOptions::frame`],
    /// [`BoxOptions::strict`].
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); there is no such part; or, if [`BoxOptions::strict`], something is in
    /// [`bad`](Self::bad).
    pub fn open_with(root: impl AsRef<Path>, options: &BoxOptions) -> Result<Self> {
        options.check(Format::Yolo)?;
        let root = root.as_ref();
        let layout = Layout::of(root, options.split.as_deref())?;
        let classes = match &options.classes {
            Some(classes) => classes.clone(),
            None => names::find(root, layout.labels())?,
        };
        let mut bad = Vec::new();
        let pairs = layout.pairs(&mut bad)?;
        if !pairs.is_empty() && pairs.iter().all(|pair| pair.labels.is_none()) {
            return Err(Error::Dataset {
                path: layout.labels().into(),
                reason: format!(
                    "expected a .txt file for each picture (an empty one for background), found none for any of {}, \
                     which are in {}",
                    pairs.len(),
                    layout.images().display()
                ),
            });
        }
        let drafts = in_parallel(pairs.len(), |index| Ok(draft(&pairs[index], &classes)))?;
        let (files, kept) = BoxFiles::new(root, classes, drafts, bad, options)?;
        let kept: BTreeSet<usize> = kept.into_iter().collect();
        let forgotten = (0..).zip(pairs).filter(|(index, pair)| {
            let is_forgotten = pair.labels.is_none();
            is_forgotten && kept.contains(index)
        });
        Ok(Self {
            files,
            without_labels: forgotten.map(|(_, pair)| pair.picture).collect(),
        })
    }

    /// The pictures that have no text. They are in the data set, without boxes.
    #[must_use]
    pub fn without_labels(&self) -> &[PathBuf] {
        &self.without_labels
    }
}

fn draft(pair: &Pair, classes: &[String]) -> std::result::Result<Draft, BadBox> {
    let boxes = match &pair.labels {
        None => Vec::new(),
        Some(labels) => {
            let text = read_text(labels).map_err(|reason| {
                let reason = format!("{reason} (its picture is left out too)");
                BadBox::new(labels, None, (BoxFlaw::Unreadable, reason))
            })?;
            lines::read(&text, classes)
        }
    };
    Ok(Draft {
        picture: pair.picture.clone(),
        file: pair.labels.as_ref().unwrap_or(&pair.picture).clone(),
        line: None,
        what: String::new(),
        stated: None,
        in_shares: true,
        boxes,
    })
}
