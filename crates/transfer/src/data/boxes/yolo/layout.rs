//! Which files of a YOLO folder belong together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::files::{has_extension, is_picture, name, stem, walk};
use super::super::{BadBox, BoxFlaw};
use crate::data::image_folder::list;
use crate::{Error, Result};

/// What folders are called, or begin with (`train2017`), that are parts of the data.
const PARTS: [&str; 3] = ["train", "val", "test"];
/// Texts that lie among labels and are none.
const NO_LABELS: [&str; 5] = [
    "classes.txt",
    "train.txt",
    "val.txt",
    "valid.txt",
    "test.txt",
];

/// A picture, and the text about it, where there is one.
pub(super) struct Pair {
    pub(super) picture: PathBuf,
    pub(super) labels: Option<PathBuf>,
}

/// Where the pictures and the texts are.
pub(super) struct Layout {
    images: PathBuf,
    labels: PathBuf,
    /// Whether they are two folders; then those in them are looked into.
    apart: bool,
}

impl Layout {
    pub(super) fn of(root: &Path, split: Option<&str>) -> Result<Self> {
        let (images, labels) = (root.join("images"), root.join("labels"));
        let apart = |images: PathBuf, labels: PathBuf| Self {
            images,
            labels,
            apart: true,
        };
        let inside = images.join(split.unwrap_or_default());
        let around = root.join(split.unwrap_or_default()).join("images");
        let mut there = Vec::new();
        if images.is_dir() {
            there.extend(list(&images)?.0.iter().map(|folder| name(folder)));
        }
        let beside = list(root)?.0.into_iter();
        there.extend(
            beside
                .filter(|folder| folder.join("images").is_dir())
                .map(|folder| name(&folder)),
        );
        if let Some(split) = split {
            if images.is_dir() && inside.is_dir() {
                return Ok(apart(inside, labels.join(split)));
            }
            if around.is_dir() {
                return Ok(apart(around, root.join(split).join("labels")));
            }
            return Err(Error::Dataset {
                path: root.into(),
                reason: format!(
                    "expected images/{split}/ or {split}/images/, found neither; there are the parts {there:?}"
                ),
            });
        }
        there.retain(|name| PARTS.iter().any(|part| name.starts_with(part)));
        if !there.is_empty() {
            return Err(Error::Dataset {
                path: root.into(),
                reason: format!(
                    "expected pictures, found the parts {there:?}, which are not to be mixed. Name one: \
                     BoxOptions::split"
                ),
            });
        }
        Ok(match images.is_dir() {
            true => apart(images, labels),
            false => Self {
                images: root.into(),
                labels: root.into(),
                apart: false,
            },
        })
    }

    pub(super) fn images(&self) -> &Path {
        &self.images
    }

    pub(super) fn labels(&self) -> &Path {
        &self.labels
    }

    /// All pictures, sorted, each with its text. Texts without a picture and pictures of the same name are reported.
    pub(super) fn pairs(&self, bad: &mut Vec<BadBox>) -> Result<Vec<Pair>> {
        let mut texts: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
        if self.labels.is_dir() {
            for file in walk(&self.labels, self.apart)? {
                let no_labels = NO_LABELS.contains(&&*name(&file).to_ascii_lowercase());
                if has_extension(&file, "txt") && !no_labels {
                    texts.insert(place(&file, &self.labels), file);
                }
            }
        }
        let mut pairs = Vec::new();
        let mut first: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
        for picture in walk(&self.images, self.apart)? {
            if !is_picture(&picture) {
                continue;
            }
            let place = place(&picture, &self.images);
            if let Some(first) = first.get(&place) {
                let reason = format!(
                    "expected one picture of this name, found {} before it, which has the same text",
                    first.display()
                );
                bad.push(BadBox::new(&picture, None, (BoxFlaw::Duplicate, reason)));
                continue;
            }
            let labels = texts.get(&place).cloned();
            first.insert(place, picture.clone());
            pairs.push(Pair { picture, labels });
        }
        let alone = texts
            .iter()
            .filter(|(place, _)| !first.contains_key(*place));
        bad.extend(alone.map(|(place, text)| {
            let reason = format!(
                "expected a picture called {} with any extension in {}, found none",
                place.display(),
                self.images.display()
            );
            BadBox::new(text, None, (BoxFlaw::NoPicture, reason))
        }));
        Ok(pairs)
    }
}

/// A file's path below a folder, without its extension.
fn place(file: &Path, folder: &Path) -> PathBuf {
    let below = file.strip_prefix(folder).unwrap_or(file);
    below.with_file_name(stem(file))
}
