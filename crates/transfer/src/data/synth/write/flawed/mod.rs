//! A folder of pictures as people have them, with everything wrong in it that can be wrong, and a record of what that is.

mod content;
mod plan;
mod record;

use std::fs;
use std::path::{Path, PathBuf};

use self::plan::plan;
use super::{Staging, in_parallel};
use crate::data::stamp::of_bytes;
use crate::{Error, Result};

/// What is wrong with a picture, or unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// The same bytes as another file of its class and part.
    ExactCopy,
    /// Another file of its class and part saved anew: of lower quality, smaller, brighter, or cut by some pixels.
    NearCopy,
    /// The same bytes as a file to learn from, among those to be judged by.
    Leak,
    /// A file to learn from saved anew, among those to be judged by.
    NearLeak,
    /// The same bytes as a file of another class.
    Conflict,
    /// In the folder of another species.
    WrongLabel,
    /// It breaks off in the middle: a JPEG, of which the header tells, or a PNG, of which only decoding does.
    Truncated,
    /// A file without a single byte.
    Empty,
    /// Text under a picture's name.
    NotAPicture,
    /// A file that is no picture and does not claim to be.
    OtherFile,
    /// A picture of a few pixels.
    Tiny,
    /// A picture of a million pixels and more.
    Large,
    /// A picture without colours.
    Grayscale,
    /// A name with spaces, accents, quotes, commas or letters of other scripts.
    OddName,
    /// A class with far fewer pictures than the others: its path is the class's folder.
    RareClass,
}

impl Flaw {
    /// All of them.
    pub const ALL: [Flaw; 15] = [
        Flaw::ExactCopy,
        Flaw::NearCopy,
        Flaw::Leak,
        Flaw::NearLeak,
        Flaw::Conflict,
        Flaw::WrongLabel,
        Flaw::Truncated,
        Flaw::Empty,
        Flaw::NotAPicture,
        Flaw::OtherFile,
        Flaw::Tiny,
        Flaw::Large,
        Flaw::Grayscale,
        Flaw::OddName,
        Flaw::RareClass,
    ];

    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Flaw::ExactCopy => "exact copy",
            Flaw::NearCopy => "near copy",
            Flaw::Leak => "exact copy across parts",
            Flaw::NearLeak => "near copy across parts",
            Flaw::Conflict => "copy in another class",
            Flaw::WrongLabel => "wrong label",
            Flaw::Truncated => "truncated",
            Flaw::Empty => "empty file",
            Flaw::NotAPicture => "text named as a picture",
            Flaw::OtherFile => "file of another kind",
            Flaw::Tiny => "tiny",
            Flaw::Large => "large",
            Flaw::Grayscale => "without colours",
            Flaw::OddName => "odd name",
            Flaw::RareClass => "rare class",
        }
    }
}

/// A flaw that was put into a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantedFlaw {
    /// Which.
    pub flaw: Flaw,
    /// The file, below the folder that was asked for.
    pub path: PathBuf,
    /// The file that it is a copy of.
    pub original: Option<PathBuf>,
    /// The species that it shows, where its folder says another.
    pub truth: Option<String>,
}

/// Writes photographs of eight of the [novel species](super::super::SpeciesSet::Novel) into `train/` and `val/`, a folder per
/// species, and some without a label into `new/`; about one in four has a [`Flaw`]. What was planted is returned. Everything
/// follows from the seed. The folder appears complete or not at all.
///
/// A folder that is there already is taken as it is if this function wrote it with the same seed and nothing in it is missing
/// or has another size.
///
/// ```no_run
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let planted: Vec<PlantedFlaw> = write_flawed_leaves("target/flawed", 0)?;
/// let audit: Audit = open_parts("target/flawed")?.audit()?;
/// println!("{} flaws were planted. {audit}", planted.len());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// There is something else in the folder, or it cannot be written to.
pub fn write_flawed_leaves(folder: impl AsRef<Path>, seed: u64) -> Result<Vec<PlantedFlaw>> {
    let folder = folder.as_ref();
    let files = plan(seed)?;
    let planted = files.iter().flat_map(|file| file.flaws(folder)).collect();
    let recipe = of_bytes(format!("{seed} {files:?}").as_bytes());
    if record::is_complete(folder, &recipe) {
        return Ok(planted);
    }
    if folder.join(record::NAME).exists() {
        return Err(Error::argument(
            "folder to write to",
            format!(
                "one that is empty or not there yet, or one of seed {seed} with nothing missing or changed (remove it, or name another)"
            ),
            format!("{folder:?}, which is of another seed or was changed"),
        ));
    }
    let staging = Staging::beside(folder)?;
    let sizes = in_parallel(files.len(), |number| {
        let (file, path) = (&files[number], staging.path().join(&files[number].path));
        let parent = path.parent().unwrap_or(staging.path());
        fs::create_dir_all(parent).map_err(Error::io("write", parent))?;
        let bytes = file.content.bytes(seed)?;
        fs::write(&path, &bytes).map_err(Error::io("write", &path))?;
        Ok(bytes.len() as u64)
    })?;
    let sizes: Vec<(&Path, u64)> = files.iter().map(|file| &*file.path).zip(sizes).collect();
    record::write(staging.path(), &recipe, &sizes)?;
    staging.publish()?;
    Ok(planted)
}
