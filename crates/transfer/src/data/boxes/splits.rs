//! Pictures with boxes to learn from, to choose by, and to be judged by.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use super::part::{Flaws, Part};
use super::{BadBox, BoxDataset, BoxOptions, BoxSubset};
#[cfg(doc)]
use super::{CocoJson, PascalVoc, YoloFolder};
use crate::data::rng::Rng;
use crate::{Error, Result};

/// The share of the pictures that is set apart where a folder has no such part.
const APART: f64 = 0.15;

/// What the files of a folder are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoxSource {
    /// An XML file for each picture: [`PascalVoc`].
    PascalVoc,
    /// A JSON file for all pictures: [`CocoJson`].
    Coco,
    /// A text for each picture: [`YoloFolder`].
    Yolo,
}

impl FromStr for BoxSource {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "voc" => Ok(Self::PascalVoc),
            "coco" => Ok(Self::Coco),
            "yolo" => Ok(Self::Yolo),
            _ => Err(Error::argument(
                "format of boxes",
                "voc, coco or yolo",
                name,
            )),
        }
    }
}

/// The three parts of a set of pictures with boxes. No picture is in two of them, unless the folder's own lists say so.
///
/// ```no_run
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let parts: BoxSplits = BoxSplits::open("cells", "voc".parse()?, 0)?;
/// println!("{} to learn from, {} to be judged by", parts.train.len(), parts.test.len());
/// for bad in &parts.bad {
///     println!("{bad}"); // the file, the line, what is wrong there
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct BoxSplits {
    /// To learn from.
    pub train: Arc<dyn BoxDataset>,
    /// To choose by: the epoch, the learning rate.
    pub valid: Arc<dyn BoxDataset>,
    /// To be judged by, once.
    pub test: Arc<dyn BoxDataset>,
    /// What is wrong in the files, of all parts.
    pub bad: Vec<BadBox>,
    /// YOLO's pictures without a text: they are taken as background.
    pub without_labels: Vec<PathBuf>,
}

impl BoxSplits {
    /// Opens a folder. Its own parts are taken where it has them, `train`, `val` (or `valid`) and `test`: as lists in `ImageSets/Main` (Pascal VOC), as
    /// folders in `images/` or with `images/` in them (YOLO; `train2017` is `train`, too), or as JSON files (COCO) in `annotations/` or beside it that have the part's name
    /// as a word in their own (`instances_train2017.json`), or in a folder of that name. COCO's pictures are found by the first one's name, in
    /// `images/train`, `train/`, `images/` and so on.
    ///
    /// A `val` without `test` is what is judged by, and what is chosen by is taken from `train`; of a folder without parts, 70 % are to learn from and 15 %
    /// in either other part, drawn by `seed`.
    ///
    /// # Errors
    ///
    /// Its files cannot be read as this format, two of them are the same part, it has a part for testing but none for training, or there are too few pictures
    /// for three parts.
    pub fn open(root: impl AsRef<Path>, source: BoxSource, seed: u64) -> Result<Self> {
        Self::open_with(root, source, &BoxOptions::new(), seed)
    }

    /// The same with options, but for [`BoxOptions::split`].
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); or what the options refuse.
    pub fn open_with(
        root: impl AsRef<Path>,
        source: BoxSource,
        options: &BoxOptions,
        seed: u64,
    ) -> Result<Self> {
        let root = root.as_ref();
        if let Some(split) = &options.split {
            let expected = "none: all parts of the folder are opened";
            return Err(Error::argument("split", expected, format!("{split:?}")));
        }
        let found = |names: &[&str]| -> Result<Option<Part>> {
            for name in names {
                if let Some(part) = Part::find(root, source, name)? {
                    return Ok(Some(part));
                }
            }
            Ok(None)
        };
        let (train, test) = (found(&["train"])?, found(&["test"])?);
        let val = found(&["val", "valid"])?;
        let train = match (train, val.as_ref().or(test.as_ref())) {
            (Some(train), _) => train,
            (None, Some(part)) => {
                let reason = format!(
                    "expected a part `train` beside {:?}, found none",
                    part.name()
                );
                return Err(Error::Dataset {
                    path: root.into(),
                    reason,
                });
            }
            (None, None) => Part::All,
        };
        let mut flaws = Flaws::default();
        let train = train.open(root, source, options, &mut flaws)?;
        let options = options.clone().classes(train.classes());
        let mut open = |part: Part| part.open(root, source, &options, &mut flaws);
        let (train, valid, test) = match (val, test) {
            (Some(val), Some(test)) => (train, open(val)?, open(test)?),
            (Some(test), None) | (None, Some(test)) => {
                let [train, valid] = apart(root, train, APART, seed)?;
                (train, valid, open(test)?)
            }
            (None, None) => {
                let [rest, test] = apart(root, train, APART, seed)?;
                let [train, valid] = apart(root, rest, APART / (1.0 - APART), seed)?;
                (train, valid, test)
            }
        };
        let Flaws(bad, without_labels) = flaws;
        Ok(Self {
            train,
            valid,
            test,
            bad,
            without_labels,
        })
    }
}

/// Some pictures, drawn by the seed, set apart from the others.
fn apart(
    root: &Path,
    of: Arc<dyn BoxDataset>,
    share: f64,
    seed: u64,
) -> Result<[Arc<dyn BoxDataset>; 2]> {
    let count = (of.len() as f64 * share).round().max(1.0) as usize;
    if of.len() < count + 1 {
        let reason = format!(
            "expected enough pictures for three parts, found {}",
            of.len()
        );
        return Err(Error::Dataset {
            path: root.into(),
            reason,
        });
    }
    let mut order: Vec<usize> = (0..of.len()).collect();
    Rng::new(seed, &[of.len() as u64]).shuffle(&mut order);
    let mut chosen = order.split_off(of.len() - count);
    order.sort_unstable();
    chosen.sort_unstable();
    Ok([order, chosen].map(|positions| -> Arc<dyn BoxDataset> {
        Arc::new(BoxSubset::new(of.clone(), positions))
    }))
}
