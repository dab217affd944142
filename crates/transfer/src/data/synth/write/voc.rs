//! PASCAL VOC: an XML file per picture, masks as PNG, and lists of what belongs to which split.

use std::fs;
use std::path::Path;

use image::{GrayImage, Luma};

use super::files::{save_jpeg, save_png};
use super::xml::Xml;
use super::{SplitScenes, Staging, in_parallel, stem};
use crate::data::synth::{Scene, SceneObject};
use crate::{Error, Result};

/// Under this share that is seen, an object is occluded; under that, difficult.
const OCCLUDED: f32 = 0.95;
const DIFFICULT: f32 = 0.40;

/// The most classes: 255 marks pixels that count as nothing.
const MOST_CLASSES: usize = 254;

pub(super) fn write(
    staging: &Staging,
    target: &Path,
    classes: &[String],
    splits: &[SplitScenes],
) -> Result<()> {
    if classes.len() > MOST_CLASSES {
        let expected =
            format!("{MOST_CLASSES} at most, since masks are of bytes: COCO has no such limit");
        return Err(Error::argument(
            "classes in the layout VOC",
            expected,
            classes.len(),
        ));
    }
    let folder = target.file_name().unwrap_or_default().to_string_lossy();
    let pictures = staging.folder("JPEGImages")?;
    let annotations = staging.folder("Annotations")?;
    let objects = staging.folder("SegmentationObject")?;
    let class_maps = staging.folder("SegmentationClass")?;
    for (split, scenes) in splits {
        let stems = in_parallel(scenes.len(), |index| {
            let (scene, stem) = (scenes.scene(index), stem(split, index));
            let picture = format!("{stem}.jpg");
            save_jpeg(&scene.picture, &pictures.join(&picture))?;
            let mask = format!("{stem}.png");
            save_png(&scene.instances, &objects.join(&mask))?;
            save_png(&class_map(&scene), &class_maps.join(&mask))?;
            let path = annotations.join(format!("{stem}.xml"));
            let text = annotation(&scene, classes, &folder, &picture).document();
            fs::write(&path, text).map_err(Error::io("write", &path))?;
            Ok(stem + "\n")
        })?;
        for kind in ["Main", "Segmentation"] {
            let folder = staging.folder(format!("ImageSets/{kind}"))?;
            let path = folder.join(format!("{split}.txt"));
            fs::write(&path, stems.concat()).map_err(Error::io("write", &path))?;
        }
    }
    Ok(())
}

/// The class of each pixel, from 1; 0 is the ground.
fn class_map(scene: &Scene) -> GrayImage {
    let mut map = scene.instances.clone();
    for Luma([pixel]) in map.pixels_mut() {
        if let Some(object) = usize::from(*pixel).checked_sub(1) {
            *pixel = scene.objects[object].label as u8 + 1;
        }
    }
    map
}

fn annotation(scene: &Scene, classes: &[String], folder: &str, file: &str) -> Xml {
    let size = scene.picture.width();
    let mut elements = vec![
        Xml::text("folder", folder),
        Xml::text("filename", file),
        Xml::Parent(
            "source",
            vec![Xml::text("database", "Leaves drawn by the crate transfer")],
        ),
        Xml::Parent(
            "size",
            vec![
                Xml::text("width", size),
                Xml::text("height", size),
                Xml::text("depth", 3),
            ],
        ),
        Xml::text("segmented", 1),
    ];
    let objects = scene.objects.iter();
    elements.extend(objects.map(|object| described(object, &classes[object.label], size)));
    Xml::Parent("annotation", elements)
}

fn described(object: &SceneObject, class: &str, size: u32) -> Xml {
    let [left, top, right, bottom] = object.bbox;
    let below = |share: f32| u8::from(object.visible_share < share);
    let bounds = vec![
        Xml::text("xmin", left + 1.0),
        Xml::text("ymin", top + 1.0),
        Xml::text("xmax", right),
        Xml::text("ymax", bottom),
    ];
    Xml::Parent(
        "object",
        vec![
            Xml::text("name", class),
            Xml::text("pose", "Unspecified"),
            Xml::text("truncated", u8::from(object.is_truncated(size))),
            Xml::text("occluded", below(OCCLUDED)),
            Xml::text("difficult", below(DIFFICULT)),
            Xml::Parent("bndbox", bounds),
        ],
    )
}
