//! Scenes as files, in the layouts that detection data come in. [`SceneFormat`] says what they are.

mod coco;
mod files;
mod flawed;
mod rle;
mod staging;
mod voc;
mod xml;
mod yolo;

use std::path::Path;

use super::Scenes;
use crate::{Error, Result};

pub(super) use super::super::parallel::in_parallel;
pub(super) use files::save_png;
pub use flawed::{Flaw, PlantedFlaw, write_flawed_leaves};
pub(super) use staging::Staging;

/// A layout of files for detection data: to rehearse with what your own data will look like.
///
/// **VOC** (Everingham et al., 2010): `JPEGImages/`, `Annotations/` (XML; boxes count from 1 and include their last
/// pixel), `SegmentationObject/` and `SegmentationClass/` (PNG whose grey is the object's or the class's number, 0 for
/// the ground), and `ImageSets/Main/` and `ImageSets/Segmentation/` with a list per split. An object is `truncated`
/// where the picture's edge cuts it, `occluded` where less than 95 % of it is seen, `difficult` under 40 %. Named
/// `VOCdevkit/VOC2012`, the folder is what torchvision's `VOCDetection` and `VOCSegmentation` read.
///
/// **COCO** (Lin et al., 2014): a folder of pictures and `annotations/instances_….json` per split; boxes are
/// `[x, y, width, height]`, masks uncompressed run lengths, exact to the pixel, `area` is the mask's, `iscrowd` 0.
///
/// **YOLO**: `images/` and `labels/` with a folder per split, a text file per picture with a line per object (class,
/// middle, width, height in parts of the picture), and `data.yaml`.
///
/// Boxes are those of the visible part. Pictures are JPEG of quality 95.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SceneFormat {
    /// PASCAL VOC: an XML file per picture, masks as PNG.
    Voc,
    /// COCO: one JSON file per split.
    Coco,
    /// YOLO: a text file per picture.
    Yolo,
}

/// A split's name and its scenes.
type SplitScenes<'a> = (&'a str, &'a Scenes);

/// Writes scenes to a folder, which is made; it appears complete or not at all. Each split has a name, `train` and `val`
/// as a rule, and scenes of its own: give them other seeds.
///
/// ```
/// use transfer::data::synth::{SceneFormat, Scenes, SpeciesSet, write_scenes};
///
/// # fn main() -> transfer::Result<()> {
/// # let place = tempfile::tempdir().unwrap();
/// # let folder = place.path().join("leaves");
/// let train = Scenes::new(SpeciesSet::Novel, 4, 64, 0);
/// let val = Scenes::new(SpeciesSet::Novel, 2, 64, 1);
/// write_scenes(SceneFormat::Coco, &folder, &[("train", &train), ("val", &val)])?;
/// assert!(folder.join("annotations/instances_val.json").is_file());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The folder is there and has something in it, it cannot be written to, two splits have one name or a name that is no
/// file's, or other classes than the first.
pub fn write_scenes(
    format: SceneFormat,
    folder: impl AsRef<Path>,
    splits: &[SplitScenes],
) -> Result<()> {
    let classes = check(splits)?;
    let staging = Staging::beside(folder.as_ref())?;
    match format {
        SceneFormat::Voc => voc::write(&staging, folder.as_ref(), classes, splits)?,
        SceneFormat::Coco => coco::write(&staging, classes, splits)?,
        SceneFormat::Yolo => yolo::write(&staging, classes, splits)?,
    }
    staging.publish()
}

/// The classes of all splits.
fn check<'a>(splits: &[SplitScenes<'a>]) -> Result<&'a [String]> {
    let Some((_, first)) = splits.first() else {
        let expected = "at least one, such as (\"train\", &scenes)";
        return Err(Error::argument("splits", expected, "none"));
    };
    for (number, (name, scenes)) in splits.iter().enumerate() {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        if name.is_empty() || !name.chars().all(plain) {
            let expected = "letters, digits, _ and -";
            return Err(Error::argument(
                "name of a split",
                expected,
                format!("{name:?}"),
            ));
        }
        if splits[..number].iter().any(|(other, _)| other == name) {
            let found = format!("{name:?} twice");
            return Err(Error::argument("names of splits", "each once", found));
        }
        if scenes.classes() != first.classes() {
            let expected = format!("{:?} in each", first.classes());
            let found = format!("{:?} in {name:?}", scenes.classes());
            return Err(Error::argument("classes of splits", expected, found));
        }
    }
    Ok(first.classes())
}

/// What the files of a split's scene are called, without extension: as many digits as COCO's have.
fn stem(split: &str, index: usize) -> String {
    format!("{split}_{index:06}")
}
