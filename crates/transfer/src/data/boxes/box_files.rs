//! Picture files with boxes, whatever format they come from.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use image::RgbImage;

use super::draft::{Draft, Item};
use super::measured::Measured;
use super::{BadBox, BoxDataset, BoxLabel, BoxOptions};
use crate::data::image_folder::open_picture;
use crate::data::parallel::in_parallel;
use crate::{Error, Result};

/// How many bad boxes an error names.
const SHOWN: usize = 5;

/// Picture files with boxes: what is behind every reader.
#[derive(Debug, Clone)]
pub(super) struct BoxFiles {
    classes: Vec<String>,
    items: Vec<Item>,
    bad: Vec<BadBox>,
}

impl BoxFiles {
    /// Reads the pictures' headers and holds the boxes against them. `bad` is what was found before that. Also: which of
    /// the drafts the pictures of the set were.
    pub(super) fn new(
        root: &Path,
        classes: Vec<String>,
        drafts: Vec<std::result::Result<Draft, BadBox>>,
        mut bad: Vec<BadBox>,
        options: &BoxOptions,
    ) -> Result<(Self, Vec<usize>)> {
        let measured = in_parallel(drafts.len(), |index| {
            let draft = drafts[index].as_ref().ok();
            Ok(draft.map(|draft| Measured::read(&draft.picture)))
        })?;
        let (mut items, mut kept) = (Vec::new(), Vec::new());
        let mut seen: HashMap<PathBuf, PathBuf> = HashMap::new();
        for (index, (draft, measured)) in drafts.into_iter().zip(measured).enumerate() {
            let placed = draft.and_then(|draft| {
                let measured = measured.unwrap_or_else(|| Err("it was not read".into()));
                draft.place(measured, options, &mut seen, &mut bad)
            });
            match placed {
                Ok(item) => {
                    items.push(item);
                    kept.push(index);
                }
                Err(flaw) => bad.push(flaw),
            }
        }
        match bad.first() {
            Some(first) if options.strict => return Err(refusal(first, bad.len())),
            _ => {}
        }
        if items.is_empty() {
            return Err(Error::Dataset {
                path: root.into(),
                reason: complaint(&bad),
            });
        }
        let this = Self {
            classes,
            items,
            bad,
        };
        Ok((this, kept))
    }

    pub(super) fn bad(&self) -> &[BadBox] {
        &self.bad
    }
}

fn refusal(first: &BadBox, count: usize) -> Error {
    let line = first.line.map(|line| format!("line {line}: "));
    let more = match count - 1 {
        0 => String::new(),
        more => format!(" (and {more} more like it or other)"),
    };
    Error::Dataset {
        path: first.file.clone(),
        reason: format!(
            "{}{}{more}. Correct it, or read without BoxOptions::strict and look at bad()",
            line.unwrap_or_default(),
            first.reason
        ),
    }
}

fn complaint(bad: &[BadBox]) -> String {
    let mut text = format!(
        "expected pictures with boxes, found none and {} that cannot be used",
        bad.len()
    );
    for one in bad.iter().take(SHOWN) {
        text.push_str(&format!("\n  {one}"));
    }
    if bad.len() > SHOWN {
        text.push_str(&format!("\n  … and {} more", bad.len() - SHOWN));
    }
    text
}

impl BoxDataset for BoxFiles {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        open_picture(&self.items[index].path)
    }

    fn size(&self, index: usize) -> Result<(u32, u32)> {
        Ok(self.items[index].size)
    }

    fn boxes(&self, index: usize) -> &[BoxLabel] {
        &self.items[index].boxes
    }

    fn name(&self, index: usize) -> PathBuf {
        self.items[index].path.clone()
    }
}

/// Makes a reader with a field `files` the set of pictures that this is.
macro_rules! reads_box_files {
    ($reader:ty) => {
        impl $reader {
            /// What is wrong in the files: what was left out, cut, or may be wrong.
            #[must_use]
            pub fn bad(&self) -> &[$crate::data::BadBox] {
                self.files.bad()
            }
        }

        impl $crate::data::BoxDataset for $reader {
            fn len(&self) -> usize {
                self.files.len()
            }

            fn classes(&self) -> &[String] {
                self.files.classes()
            }

            fn picture(&self, index: usize) -> $crate::Result<image::RgbImage> {
                self.files.picture(index)
            }

            fn size(&self, index: usize) -> $crate::Result<(u32, u32)> {
                self.files.size(index)
            }

            fn boxes(&self, index: usize) -> &[$crate::data::BoxLabel] {
                self.files.boxes(index)
            }

            fn name(&self, index: usize) -> std::path::PathBuf {
                self.files.name(index)
            }
        }
    };
}

pub(super) use reads_box_files;
