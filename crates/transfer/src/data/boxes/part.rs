//! One part of a folder of pictures with boxes: train, val, test.

use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(doc)]
use super::BoxSplits;
use super::coco_layout::CocoPart;
use super::files::name as last_of;
use super::{BadBox, BoxDataset, BoxOptions, BoxSource, CocoJson, PascalVoc, YoloFolder};
use crate::data::image_folder::list;
use crate::{Error, Result};

/// A part that a folder has, or all of it.
pub(super) enum Part {
    /// All of a folder that has no parts.
    All,
    /// What [`BoxOptions::split`] calls it.
    Named(String),
    /// COCO's file, and the folder that its pictures' names begin in.
    Coco(CocoPart),
}

impl Part {
    /// The part of this name, or of one that begins with it (`train2017`), where there is one.
    pub(super) fn find(root: &Path, source: BoxSource, name: &str) -> Result<Option<Self>> {
        Ok(match source {
            BoxSource::PascalVoc => {
                let list = root.join("ImageSets/Main").join(format!("{name}.txt"));
                list.is_file().then(|| Self::Named(name.into()))
            }
            BoxSource::Yolo => yolo_part(root, name)?.map(Self::Named),
            BoxSource::Coco => CocoPart::find(root, Some(name))?.map(Self::Coco),
        })
    }

    /// What a message calls it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::All => "all".into(),
            Self::Named(name) => name.clone(),
            Self::Coco(part) => part.file.display().to_string(),
        }
    }

    /// Reads it; what is wrong in its files goes to `into`.
    pub(super) fn open(
        self,
        root: &Path,
        source: BoxSource,
        options: &BoxOptions,
        into: &mut Flaws,
    ) -> Result<Arc<dyn BoxDataset>> {
        let options = match &self {
            Self::Named(name) => options.clone().split(name),
            _ => options.clone(),
        };
        Ok(match (source, self) {
            (BoxSource::PascalVoc, _) => {
                let read = PascalVoc::open(root, &options)?;
                into.0.extend_from_slice(read.bad());
                Arc::new(read)
            }
            (BoxSource::Yolo, _) => {
                let read = YoloFolder::open_with(root, &options)?;
                into.0.extend_from_slice(read.bad());
                into.1.extend_from_slice(read.without_labels());
                Arc::new(read)
            }
            (BoxSource::Coco, part) => {
                let part = match part {
                    Self::Coco(part) => Some(part),
                    _ => CocoPart::find(root, None)?,
                };
                let Some(CocoPart { file, pictures }) = part else {
                    let reason =
                        "expected a .json file in it or in its folder annotations/, found none";
                    return Err(Error::Dataset {
                        path: root.into(),
                        reason: reason.into(),
                    });
                };
                let read = CocoJson::open_with(file, pictures, &options)?;
                into.0.extend_from_slice(read.bad());
                Arc::new(read)
            }
        })
    }
}

/// What is wrong in files, and pictures without a text about them: [`BoxSplits::bad`], [`BoxSplits::without_labels`].
#[derive(Default)]
pub(super) struct Flaws(pub(super) Vec<BadBox>, pub(super) Vec<PathBuf>);

/// The name of a folder below `images/`, or with a folder `images/` in it.
fn yolo_part(root: &Path, part: &str) -> Result<Option<String>> {
    let mut there: Vec<String> = Vec::new();
    let images = root.join("images");
    if images.is_dir() {
        there.extend(list(&images)?.0.iter().map(|folder| last_of(folder)));
    }
    let around = list(root)?.0.into_iter();
    let around = around.filter(|folder| folder.join("images").is_dir());
    there.extend(around.map(|folder| last_of(&folder)));
    there.retain(|name| name.starts_with(part) && (part != "val" || name != "valid"));
    there.sort_by_key(|name| (name.len(), name.clone()));
    there.dedup();
    match &there[..] {
        [] => Ok(None),
        [first, ..] if first == part => Ok(Some(first.clone())),
        [only] => Ok(Some(only.clone())),
        _ => Err(Error::Dataset {
            path: root.into(),
            reason: format!("expected one part that begins with {part:?}, found {there:?}"),
        }),
    }
}
