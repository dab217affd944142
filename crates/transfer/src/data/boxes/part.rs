//! One part of a folder of pictures with boxes: train, val, test.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{BadBox, BoxDataset, BoxOptions, BoxSource, CocoJson, PascalVoc, YoloFolder};
use crate::{Error, Result};

/// A part that a folder has; all of it, where the name is empty.
pub(super) struct Part {
    pub(super) name: String,
    /// COCO's file, and the folder that its pictures' names begin in.
    pub(super) coco: Option<(PathBuf, PathBuf)>,
}

impl Part {
    pub(super) fn find(root: &Path, source: BoxSource, name: &str) -> Option<Self> {
        let coco = match source {
            BoxSource::PascalVoc => {
                let list = root.join("ImageSets/Main").join(format!("{name}.txt"));
                return list.is_file().then(|| Self {
                    name: name.into(),
                    coco: None,
                });
            }
            BoxSource::Yolo => {
                let ways = [
                    root.join("images").join(name),
                    root.join(name).join("images"),
                ];
                let is_there = ways.iter().any(|way| way.is_dir());
                return is_there.then(|| Self {
                    name: name.into(),
                    coco: None,
                });
            }
            BoxSource::Coco => coco_file(root, name)?,
        };
        Some(Self {
            name: name.into(),
            coco: Some(coco),
        })
    }

    pub(super) fn open(
        self,
        root: &Path,
        source: BoxSource,
        options: &BoxOptions,
        bad: &mut Vec<BadBox>,
    ) -> Result<Arc<dyn BoxDataset>> {
        let options = match self.name.is_empty() || source == BoxSource::Coco {
            true => options.clone(),
            false => options.clone().split(&self.name),
        };
        Ok(match source {
            BoxSource::PascalVoc => {
                let read = PascalVoc::open(root, &options)?;
                bad.extend_from_slice(read.bad());
                Arc::new(read)
            }
            BoxSource::Yolo => {
                let read = YoloFolder::open_with(root, &options)?;
                bad.extend_from_slice(read.bad());
                Arc::new(read)
            }
            BoxSource::Coco => {
                let file = self.coco.or_else(|| coco_file(root, ""));
                let Some((file, pictures)) = file else {
                    let reason =
                        "expected a .json file in it or in its folder annotations/, found none";
                    return Err(Error::Dataset {
                        path: root.into(),
                        reason: reason.into(),
                    });
                };
                let read = CocoJson::open_with(file, pictures, &options)?;
                bad.extend_from_slice(read.bad());
                Arc::new(read)
            }
        })
    }
}

/// The JSON file of a part, and where its pictures are.
fn coco_file(root: &Path, part: &str) -> Option<(PathBuf, PathBuf)> {
    let json_in = |folder: &Path, named: bool| {
        let mut files: Vec<PathBuf> = fs::read_dir(folder)
            .ok()?
            .flatten()
            .map(|entry| entry.path())
            .collect();
        files.sort();
        files.into_iter().find(|file| {
            let stem = file
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            // COCO's own annotations/ has captions and keypoints of the same pictures.
            let is_other = ["captions", "person_keypoints"]
                .iter()
                .any(|other| stem.starts_with(other));
            let is_named = !named
                || stem
                    .split(|sign: char| !sign.is_ascii_alphabetic())
                    .any(|word| word == part);
            file.extension().is_some_and(|ending| ending == "json") && is_named && !is_other
        })
    };
    let named = !part.is_empty();
    let file = match named {
        true => json_in(&root.join("annotations"), true)
            .or_else(|| json_in(&root.join(part), false))
            .or_else(|| json_in(root, true))?,
        false => json_in(&root.join("annotations"), false).or_else(|| json_in(root, false))?,
    };
    let year = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let year = year.rsplit('_').next().unwrap_or_default().to_owned();
    let images = root.join("images");
    let ways = [
        images.join(part),
        images.join(&year),
        root.join(part),
        root.join(&year),
        images,
    ];
    let pictures = ways
        .into_iter()
        .find(|way| way.is_dir() && *way != root.join(""))
        .unwrap_or(root.into());
    Some((file, pictures))
}
