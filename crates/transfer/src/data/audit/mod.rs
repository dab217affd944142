//! What there is to know of pictures before anything learns from them: how many, how large, which cannot be read, which are
//! there twice, on both sides of a split or under two labels.
//!
//! Three questions, from cheap to dear. [`Audit`] reads headers, and the bytes of those files alone that have the size of
//! another. [`near_duplicates`] compares features, which some net has computed. [`stratified_groups`] splits so that what
//! belongs together stays on one side.

mod display;
mod groups;
mod measure;
mod near;
mod open;
mod split;

use std::path::PathBuf;

pub use groups::connected_groups;
pub use measure::PictureHeader;
pub use near::{NearPair, near_duplicates};
pub use open::{PictureParts, open_parts};
pub use split::stratified_groups;

use self::groups::equal_contents;
use super::parallel::in_parallel;
use super::{Dataset, FolderReport, Skipped, Splits};
use crate::{Error, Result};

/// One picture as the audit found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedPicture {
    /// Its file, or its name in the data set.
    pub path: PathBuf,
    /// The part that it is in: a position in [`Audit::parts`].
    pub part: usize,
    /// Its position in that part's data set.
    pub index: usize,
    /// Its label.
    pub label: usize,
    /// How large the file is; without a file, how large its pixels are.
    pub bytes: u64,
    /// What its header says; `None` where it cannot be read.
    pub header: Option<PictureHeader>,
}

/// What was found in the parts of a data set (`train` and `val`, or one part alone).
///
/// Pictures are numbered through all parts, in their order: a group of pictures is a list of positions in
/// [`pictures`](Self::pictures), sorted.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// # let place = tempfile::tempdir().unwrap();
/// # let folder = place.path().join("leaves");
/// Leaves::new(SpeciesSet::Novel, 3, 32, 0).write(&folder)?;
/// // The same picture once more, as another species.
/// std::fs::copy(folder.join("ash/00000.png"), folder.join("elm/copy.png")).unwrap();
/// let pictures = ImageFolder::open(&folder)?;
/// let audit: Audit = Audit::of(&[("all", &pictures)])?;
/// assert_eq!(audit.counts(0)[..3], [3, 3, 4]); // ash, birch, elm
/// assert_eq!(audit.duplicates, [[0, 9]]);
/// assert_eq!(audit.conflicts(&audit.duplicates).len(), 1);
/// println!("{audit}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// The names of the parts.
    pub parts: Vec<String>,
    /// The names of the classes, the same in all parts.
    pub classes: Vec<String>,
    /// Every picture of every part.
    pub pictures: Vec<AuditedPicture>,
    /// Groups of two or more pictures that are the same to the byte.
    pub duplicates: Vec<Vec<usize>>,
    /// What could not be read, and why: when the folders were opened, or by the audit.
    pub unreadable: Vec<Skipped>,
    /// How many files beside the pictures are none by their names.
    pub ignored: usize,
}

impl Audit {
    /// Looks at every picture of these parts. Files are told to be the same by their size and a 128-bit hash of their bytes
    /// (XXH3). What a folder could not open is not in its data set: see [`with_report`](Self::with_report).
    ///
    /// # Errors
    ///
    /// The parts have other classes than the first one, or [`Error::Interrupted`].
    pub fn of(parts: &[(&str, &dyn Dataset)]) -> Result<Self> {
        let classes = parts.first().map_or(&[][..], |(_, first)| first.classes());
        let mut places = Vec::new();
        for (part, (name, dataset)) in parts.iter().enumerate() {
            if dataset.classes() != classes {
                let expected = format!("{classes:?} in each");
                let found = format!("{:?} in {name:?}", dataset.classes());
                return Err(Error::argument("classes of the parts", expected, found));
            }
            places.extend((0..dataset.len()).map(|index| (part, index)));
        }
        let measured = in_parallel(places.len(), |place| {
            let (part, index) = places[place];
            Ok(measure::measure(parts[part].1, index))
        })?;
        let mut audit = Self {
            parts: parts.iter().map(|(name, _)| (*name).to_owned()).collect(),
            classes: classes.to_vec(),
            ..Self::default()
        };
        let mut hashes = Vec::with_capacity(measured.len());
        for ((part, index), measured) in places.into_iter().zip(measured) {
            let dataset = parts[part].1;
            let path = dataset.name(index);
            let header = measured.header.map_err(|reason| {
                let path = path.clone();
                audit.unreadable.push(Skipped { path, reason });
            });
            hashes.push(measured.hash);
            audit.pictures.push(AuditedPicture {
                path,
                part,
                index,
                label: dataset.label(index),
                bytes: measured.bytes,
                header: header.ok(),
            });
        }
        audit.duplicates = equal_contents(&audit.pictures, &hashes)?;
        Ok(audit)
    }

    /// Looks at the pictures to learn from (`train`) and at those to be judged by (`test`), with what their folders could not
    /// open.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of).
    pub fn of_splits(splits: &Splits) -> Result<Self> {
        let parts: [(&str, &dyn Dataset); 2] = [("train", &*splits.train), ("test", &*splits.test)];
        let audit = Self::of(&parts)?;
        Ok(splits.reports.iter().fold(audit, Self::with_report))
    }

    /// Adds what was left out when a folder was opened.
    #[must_use]
    pub fn with_report(self, report: &FolderReport) -> Self {
        let mut audit = self.with_unreadable(&report.unreadable);
        audit.ignored += report.ignored;
        audit
    }

    /// Adds files that could not be read, each once: what only decoding finds, for example
    /// ([`Features::skipped`](crate::train::Features::skipped)).
    #[must_use]
    pub fn with_unreadable(mut self, skipped: &[Skipped]) -> Self {
        for one in skipped {
            if !self.unreadable.iter().any(|known| known.path == one.path) {
                self.unreadable.push(one.clone());
            }
        }
        self
    }

    /// How many pictures of each class a part has.
    #[must_use]
    pub fn counts(&self, part: usize) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        for picture in self.pictures.iter().filter(|picture| picture.part == part) {
            if let Some(count) = counts.get_mut(picture.label) {
                *count += 1;
            }
        }
        counts
    }

    /// How many times as many pictures the largest class of a part has as the smallest: infinite where one has none, 1 where
    /// there are none at all.
    #[must_use]
    pub fn imbalance(&self, part: usize) -> f64 {
        let counts = self.counts(part);
        match (counts.iter().min(), counts.iter().max()) {
            (Some(&least), Some(&most)) if most > 0 => most as f64 / least as f64,
            _ => 1.0,
        }
    }

    /// Those of some groups that are in more than one part: the net would be judged by what it has learned from.
    #[must_use]
    pub fn leaks(&self, groups: &[Vec<usize>]) -> Vec<Vec<usize>> {
        self.apart(groups, |picture| picture.part)
    }

    /// Those of some groups that have more than one label: at least one of the labels is wrong, or the classes overlap.
    #[must_use]
    pub fn conflicts(&self, groups: &[Vec<usize>]) -> Vec<Vec<usize>> {
        self.apart(groups, |picture| picture.label)
    }

    fn apart(&self, groups: &[Vec<usize>], by: fn(&AuditedPicture) -> usize) -> Vec<Vec<usize>> {
        let differs = |group: &&Vec<usize>| {
            let mut values = group.iter().map(|&place| by(&self.pictures[place]));
            let first = values.next();
            values.any(|value| Some(value) != first)
        };
        groups.iter().filter(differs).cloned().collect()
    }

    /// Where a picture of a part is in [`pictures`](Self::pictures).
    #[must_use]
    pub fn position(&self, part: usize, index: usize) -> Option<usize> {
        let is = |picture: &AuditedPicture| (picture.part, picture.index) == (part, index);
        // Parts one after the other, each in its order.
        let before = self.pictures.partition_point(|picture| picture.part < part);
        let place = before + index;
        self.pictures
            .get(place)
            .filter(|found| is(found))
            .map(|_| place)
    }

    /// The memory that the pixels of all pictures take as 8-bit RGB, in bytes: whether
    /// [`InMemory`](super::InMemory) can hold them.
    #[must_use]
    pub fn pixel_bytes(&self) -> u64 {
        let bytes = |header: &PictureHeader| 3 * u64::from(header.width) * u64::from(header.height);
        self.headers().map(bytes).sum()
    }

    fn headers(&self) -> impl Iterator<Item = &PictureHeader> {
        self.pictures
            .iter()
            .filter_map(|picture| picture.header.as_ref())
    }
}
