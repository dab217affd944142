//! YOLO: a text file per picture, a line per object.

use std::fmt::Write;
use std::fs;

use super::files::save_jpeg;
use super::{SplitScenes, Staging, in_parallel, stem};
use crate::data::synth::Scene;
use crate::{Error, Result};

pub(super) fn write(staging: &Staging, classes: &[String], splits: &[SplitScenes]) -> Result<()> {
    let mut yaml =
        String::from("# Leaves drawn by the crate transfer. Paths are relative to this file.\n");
    for (split, scenes) in splits {
        let pictures = staging.folder(format!("images/{split}"))?;
        let labels = staging.folder(format!("labels/{split}"))?;
        in_parallel(scenes.len(), |index| {
            let (scene, stem) = (scenes.scene(index), stem(split, index));
            save_jpeg(&scene.picture, &pictures.join(format!("{stem}.jpg")))?;
            // A picture without objects has an empty file.
            let path = labels.join(format!("{stem}.txt"));
            fs::write(&path, lines(&scene)).map_err(Error::io("write", &path))
        })?;
        yaml.push_str(&format!("{split}: images/{split}\n"));
    }
    yaml.push_str("names:\n");
    for (number, name) in classes.iter().enumerate() {
        // A JSON string is a YAML string.
        yaml.push_str(&format!(
            "  {number}: {}\n",
            serde_json::Value::from(name.as_str())
        ));
    }
    let path = staging.path().join("data.yaml");
    fs::write(&path, yaml).map_err(Error::io("write", &path))
}

/// Class, middle, width and height, in parts of the picture.
fn lines(scene: &Scene) -> String {
    let size = scene.picture.width() as f32;
    let mut text = String::new();
    for object in &scene.objects {
        let [left, top, right, bottom] = object.bbox.map(|value| value / size);
        let (x, y) = (0.5 * (left + right), 0.5 * (top + bottom));
        let (width, height) = (right - left, bottom - top);
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{} {x:.6} {y:.6} {width:.6} {height:.6}",
            object.label
        );
    }
    text
}
