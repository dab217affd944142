//! COCO: pictures in a folder per split, and one JSON file for each.

use std::fs::File;
use std::io::{BufWriter, Write};

use serde_json::{Value, json};

use super::files::save_jpeg;
use super::{SplitScenes, Staging, in_parallel, rle, stem};
use crate::data::synth::Scene;
use crate::{Error, Result};

pub(super) fn write(staging: &Staging, classes: &[String], splits: &[SplitScenes]) -> Result<()> {
    let annotations = staging.folder("annotations")?;
    // From 1, as COCO's.
    let categories: Vec<Value> = classes
        .iter()
        .zip(1..)
        .map(|(name, id)| json!({ "id": id, "name": name, "supercategory": "leaf" }))
        .collect();
    // Numbers of pictures and objects are not used twice, in whichever split.
    let (mut picture_id, mut object_id) = (0, 0);
    for (split, scenes) in splits {
        let folder = staging.folder(split)?;
        let drawn = in_parallel(scenes.len(), |index| {
            let scene = scenes.scene(index);
            let file = stem(split, index) + ".jpg";
            save_jpeg(&scene.picture, &folder.join(&file))?;
            Ok((file, objects(&scene)))
        })?;
        let (mut images, mut objects) = (Vec::new(), Vec::new());
        for (file, found) in drawn {
            picture_id += 1;
            let side = scenes.size();
            images.push(
                json!({ "id": picture_id, "file_name": file, "width": side, "height": side }),
            );
            for mut object in found {
                object_id += 1;
                object["id"] = object_id.into();
                object["image_id"] = picture_id.into();
                objects.push(object);
            }
        }
        let file = json!({
            "info": { "description": "Leaves drawn by the crate transfer", "version": "1.0" },
            "licenses": [],
            "categories": categories,
            "images": images,
            "annotations": objects,
        });
        let path = annotations.join(format!("instances_{split}.json"));
        let mut out = BufWriter::new(File::create(&path).map_err(Error::io("write", &path))?);
        serde_json::to_writer(&mut out, &file)
            .map_err(std::io::Error::from)
            .and_then(|()| out.flush())
            .map_err(Error::io("write", &path))?;
    }
    Ok(())
}

/// A scene's objects, without the numbers that only the whole file gives them.
fn objects(scene: &Scene) -> Vec<Value> {
    let (width, height) = scene.instances.dimensions();
    let numbered = scene.objects.iter().zip(1..);
    let annotation = numbered.map(|(object, number)| {
        let [left, top, right, bottom] = object.bbox;
        json!({
            "category_id": object.label + 1,
            "bbox": [left, top, right - left, bottom - top],
            "area": object.area,
            "iscrowd": 0,
            "segmentation": { "size": [height, width], "counts": rle::runs(&scene.instances, number) },
        })
    });
    annotation.collect()
}
