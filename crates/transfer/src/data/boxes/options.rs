//! How files with boxes are read.

use std::collections::BTreeSet;

use crate::{Error, Result};

/// Which picture a file's boxes were drawn on, where the picture's EXIF data say that it lies on its side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoxFrame {
    /// On the pixels as they are stored: how pycocotools and torchvision read boxes.
    Stored,
    /// On the picture as it is shown, turned upright: how Ultralytics and Detectron2 read them.
    Upright,
}

/// How files with boxes are read: [`PascalVoc::open`](super::PascalVoc::open),
/// [`CocoJson::open_with`](super::CocoJson::open_with), [`YoloFolder::open_with`](super::YoloFolder::open_with).
#[derive(Debug, Clone, Default)]
pub struct BoxOptions {
    pub(super) split: Option<String>,
    pub(super) classes: Option<Vec<String>>,
    pub(super) zero_based: bool,
    pub(super) frame: Option<BoxFrame>,
    pub(super) strict: bool,
}

impl BoxOptions {
    /// All pictures, with classes as the files have them; what is wrong is reported.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One part of the data: for Pascal VOC the list `ImageSets/Main/<name>.txt`, for YOLO the folder
    /// `images/<name>` or `<name>/images`. A COCO file is one part already.
    #[must_use]
    pub fn split(mut self, name: &str) -> Self {
        self.split = Some(name.into());
        self
    }

    /// The classes, in the order of their numbers: `train.classes()` for data beside it. A box of another class is
    /// reported and left out. For YOLO, whose files have numbers, these are the numbers' names.
    #[must_use]
    pub fn classes(mut self, names: &[impl AsRef<str>]) -> Self {
        self.classes = Some(names.iter().map(|name| name.as_ref().into()).collect());
        self
    }

    /// Takes the four numbers of a Pascal VOC file as positions that begin at 0, as many programs write them that are
    /// not VOC's own. Otherwise they are numbers of pixels that begin at 1.
    #[must_use]
    pub fn zero_based(mut self) -> Self {
        self.zero_based = true;
        self
    }

    /// Which picture the boxes were drawn on, where EXIF data turn it. Unless this is said, a size in the file decides if
    /// it fits only one of the two; if none does, the boxes are taken as drawn on the stored pixels, and this is
    /// reported ([`BoxFlaw::Turned`](super::BoxFlaw::Turned)).
    #[must_use]
    pub fn frame(mut self, frame: BoxFrame) -> Self {
        self.frame = Some(frame);
        self
    }

    /// Makes the first thing that would be reported an error.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Refuses names of classes that say nothing or the same, and what a reader of `format` has no use for.
    pub(super) fn check(&self, format: Format) -> Result<()> {
        if let Some(names) = &self.classes {
            let distinct: BTreeSet<&String> =
                names.iter().filter(|name| !name.is_empty()).collect();
            if distinct.len() != names.len() || names.is_empty() {
                let found = format!("{names:?}");
                return Err(Error::argument("classes", "names, each another", found));
            }
        }
        if self.zero_based && format != Format::Voc {
            let expected = format!("nothing: what {format:?} files mean by a number is fixed");
            return Err(Error::argument("zero_based", expected, "it was asked for"));
        }
        match &self.split {
            Some(name) if format == Format::Coco => Err(Error::argument(
                "split",
                "nothing: a COCO file is one part of the data; open the file of the part",
                format!("{name:?}"),
            )),
            _ => Ok(()),
        }
    }
}

/// What the files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Voc,
    Coco,
    Yolo,
}
