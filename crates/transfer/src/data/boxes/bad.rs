//! What is wrong in files with boxes.

use std::fmt;
use std::path::{Path, PathBuf};

/// What is wrong with a box, its picture or the file that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum BoxFlaw {
    /// A box reaches over the edge of its picture, by more than rounding explains. It was cut there and is kept.
    Clipped,
    /// A box lies wholly beside its picture. It was left out.
    Outside,
    /// A box ends before it begins. It was left out.
    Inverted,
    /// A box has no width or no height. It was left out.
    Empty,
    /// A box has a number that is infinite or none. It was left out.
    NotFinite,
    /// A box is of a class that is not among those known. It was left out.
    UnknownClass,
    /// A box, a picture's entry or a whole file is not as its format has it. It was left out: of a file its picture too,
    /// for which nothing is then known.
    Unreadable,
    /// The file of a picture is missing, or no picture. It was left out with its boxes.
    NoPicture,
    /// There is a picture and nothing that says what is in it. It was left out. (Only in Pascal VOC; a picture without a
    /// YOLO labels file is background.)
    NoLabels,
    /// A picture is there twice. The second one was left out with its boxes.
    Duplicate,
    /// A file says another size of a picture than it has. Picture and boxes are kept as they are; if the picture was
    /// resized after its boxes were drawn, they are all wrong.
    OtherSize,
    /// A picture's EXIF data turn it, and nothing says whether its boxes were drawn before or after that; see
    /// [`BoxOptions::frame`](super::BoxOptions::frame). They are kept, taken as drawn on the stored pixels and turned
    /// with them.
    Turned,
}

impl BoxFlaw {
    /// Whether what has this flaw was left out. Otherwise it is in the data set.
    #[must_use]
    pub fn is_left_out(self) -> bool {
        !matches!(self, Self::Clipped | Self::OtherSize | Self::Turned)
    }
}

/// Something wrong in a file with boxes, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadBox {
    /// The file: the one with the boxes, or the picture where there is none.
    pub file: PathBuf,
    /// The line of that file on which the object, the annotation or the picture's entry begins, from 1, where there is
    /// one.
    pub line: Option<usize>,
    /// What is wrong, and whether it was left out.
    pub flaw: BoxFlaw,
    /// Which one (COCO: the annotation's id), what was expected, what was found.
    pub reason: String,
}

/// What is wrong, before it is known where.
pub(super) type Note = (BoxFlaw, String);

/// How many names of classes a message has.
const SHOWN: usize = 10;

/// The names of classes, for a message.
pub(super) fn among(classes: &[String]) -> String {
    match classes.len() {
        0..=SHOWN => format!("{classes:?}"),
        more => format!("the {more} known ones, {:?} …", &classes[..SHOWN]),
    }
}

impl BadBox {
    pub(super) fn new(file: &Path, line: Option<usize>, (flaw, reason): Note) -> Self {
        Self {
            file: file.into(),
            line,
            flaw,
            reason,
        }
    }
}

impl fmt::Display for BadBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.reason)
    }
}
