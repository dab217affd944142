//! Scenes as files: what is read back is what was drawn, and a folder is there whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use transfer::data::synth::{
    LeafTasks, Leaves, SceneFormat, Scenes, Species, SpeciesSet, write_scenes,
};
use transfer::data::{CsvManifest, CsvOptions, DataLoader, Dataset, Transform};

const FORMATS: [SceneFormat; 3] = [SceneFormat::Voc, SceneFormat::Coco, SceneFormat::Yolo];

fn splits() -> [Scenes; 2] {
    [(5, 0), (3, 1)].map(|(count, seed)| Scenes::new(SpeciesSet::Novel, count, 64, seed))
}

fn write(format: SceneFormat, folder: &Path) -> transfer::Result<()> {
    let [train, val] = splits();
    write_scenes(format, folder, &[("train", &train), ("val", &val)])
}

/// Class and box of each object of each picture, by the picture's name.
type Found = BTreeMap<String, Vec<(String, [f32; 4])>>;

fn drawn() -> Found {
    let mut found = Found::new();
    for (split, scenes) in ["train", "val"].into_iter().zip(splits()) {
        for index in 0..scenes.len() {
            let objects = scenes.scene(index).objects.into_iter();
            let objects =
                objects.map(|object| (scenes.classes()[object.label].clone(), object.bbox));
            found.insert(format!("{split}_{index:06}"), objects.collect());
        }
    }
    found
}

fn check_picture(path: &Path) {
    assert_eq!(image::image_dimensions(path).unwrap(), (64, 64));
}

#[test]
fn coco_is_read_back_to_the_pixel() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("coco");
    write(SceneFormat::Coco, &folder).unwrap();
    let (mut found, mut ids) = (Found::new(), Vec::new());
    for (split, scenes) in ["train", "val"].into_iter().zip(splits()) {
        let text = fs::read(folder.join(format!("annotations/instances_{split}.json"))).unwrap();
        let file: Value = serde_json::from_slice(&text).unwrap();
        let names: BTreeMap<u64, &str> = file["categories"]
            .as_array()
            .unwrap()
            .iter()
            .map(|category| {
                (
                    category["id"].as_u64().unwrap(),
                    category["name"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            names.values().copied().collect::<Vec<_>>(),
            scenes.classes()
        );
        let images = file["images"].as_array().unwrap();
        assert_eq!(images.len(), scenes.len());
        for (index, picture) in images.iter().enumerate() {
            let name = picture["file_name"].as_str().unwrap();
            check_picture(&folder.join(split).join(name));
            let scene = scenes.scene(index);
            let annotations = file["annotations"].as_array().unwrap();
            let own = annotations
                .iter()
                .filter(|one| one["image_id"] == picture["id"]);
            let mut objects = Vec::new();
            for (number, one) in own.enumerate() {
                let [x, y, width, height] =
                    [0, 1, 2, 3].map(|at| one["bbox"][at].as_f64().unwrap() as f32);
                let name = names[&one["category_id"].as_u64().unwrap()];
                objects.push((name.to_owned(), [x, y, x + width, y + height]));
                assert_eq!(one["iscrowd"], 0);
                assert_eq!(one["area"], scene.objects[number].area);
                // Runs go down the columns, outside first.
                assert_eq!(one["segmentation"]["size"], serde_json::json!([64, 64]));
                let runs = one["segmentation"]["counts"].as_array().unwrap();
                let mut pixels = Vec::new();
                for (number, run) in runs.iter().enumerate() {
                    let value = if number % 2 == 0 { 0 } else { 255 };
                    pixels.extend(vec![value; run.as_u64().unwrap() as usize]);
                }
                let mask = scene.mask(number);
                let columns = (0..64).flat_map(|x| (0..64).map(move |y| (x, y)));
                assert!(columns.map(|(x, y)| mask.get_pixel(x, y).0[0]).eq(pixels));
                ids.push(one["id"].as_u64().unwrap());
            }
            found.insert(name.strip_suffix(".jpg").unwrap().to_owned(), objects);
        }
    }
    assert_eq!(found, drawn());
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "no number twice");
}

/// What is between the tags of that name, each time they come.
fn between<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let pieces = text.split(open.as_str()).skip(1);
    pieces
        .map(|piece| piece.split(close.as_str()).next().unwrap())
        .collect()
}

#[test]
fn voc_is_read_back() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("VOC2012");
    write(SceneFormat::Voc, &folder).unwrap();
    let mut found = Found::new();
    for (split, scenes) in ["train", "val"].into_iter().zip(splits()) {
        let list = |kind| {
            fs::read_to_string(folder.join(format!("ImageSets/{kind}/{split}.txt"))).unwrap()
        };
        assert_eq!(list("Main"), list("Segmentation"));
        for (index, stem) in list("Main").lines().enumerate() {
            check_picture(&folder.join(format!("JPEGImages/{stem}.jpg")));
            let scene = scenes.scene(index);
            let grey = |kind| {
                image::open(folder.join(format!("{kind}/{stem}.png")))
                    .unwrap()
                    .into_luma8()
            };
            assert_eq!(grey("SegmentationObject"), scene.instances);
            let classes = grey("SegmentationClass");
            for (class, instance) in classes.pixels().zip(scene.instances.pixels()) {
                let object = usize::from(instance.0[0]).checked_sub(1);
                let expected = object.map_or(0, |object| scene.objects[object].label + 1);
                assert_eq!(usize::from(class.0[0]), expected);
            }
            let text = fs::read_to_string(folder.join(format!("Annotations/{stem}.xml"))).unwrap();
            assert_eq!(between(&text, "folder"), ["VOC2012"]);
            let mut objects = Vec::new();
            for (element, drawn) in between(&text, "object").into_iter().zip(&scene.objects) {
                let number = |name: &str| between(element, name)[0].parse::<f32>().unwrap();
                let [left, top] = ["xmin", "ymin"].map(|name| number(name) - 1.0);
                let bbox = [left, top, number("xmax"), number("ymax")];
                objects.push((between(element, "name")[0].to_owned(), bbox));
                assert_eq!(number("truncated") == 1.0, drawn.is_truncated(64));
                assert_eq!(number("occluded") == 1.0, drawn.visible_share < 0.95);
                assert_eq!(number("difficult") == 1.0, drawn.visible_share < 0.4);
            }
            found.insert(stem.to_owned(), objects);
        }
    }
    assert_eq!(found, drawn());
}

#[test]
fn yolo_is_read_back() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("yolo");
    write(SceneFormat::Yolo, &folder).unwrap();
    let yaml = fs::read_to_string(folder.join("data.yaml")).unwrap();
    let names = yaml.split("names:\n").nth(1).unwrap().lines();
    let names: Vec<&str> = names.map(|line| line.split('"').nth(1).unwrap()).collect();
    assert_eq!(names, splits()[0].classes());
    let mut found = Found::new();
    for split in ["train", "val"] {
        assert!(yaml.contains(&format!("\n{split}: images/{split}\n")));
        for entry in fs::read_dir(folder.join("labels").join(split)).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            check_picture(&folder.join(format!("images/{split}/{stem}.jpg")));
            let text = fs::read_to_string(&path).unwrap();
            let objects = text.lines().map(|line| {
                let numbers: Vec<f32> = line
                    .split(' ')
                    .map(|field| field.parse().unwrap())
                    .collect();
                let [x, y, width, height] = [1, 2, 3, 4].map(|at| 64.0 * numbers[at]);
                let edges = [
                    x - 0.5 * width,
                    y - 0.5 * height,
                    x + 0.5 * width,
                    y + 0.5 * height,
                ];
                assert!(edges.iter().all(|edge| (edge - edge.round()).abs() < 1e-3));
                (names[numbers[0] as usize].to_owned(), edges.map(f32::round))
            });
            found.insert(stem, objects.collect());
        }
    }
    assert_eq!(found, drawn());
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    for format in FORMATS {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("mine");
        fs::create_dir(&folder).unwrap();
        // An empty one may be there.
        write(format, &folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("thesis.txt"), "all of it").unwrap();
        let message = write(format, &folder).unwrap_err().to_string();
        assert!(
            message.contains("thesis.txt") && message.contains("empty"),
            "{message}"
        );
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert_eq!(
            fs::read_dir(place.path()).unwrap().count(),
            1,
            "nothing beside it"
        );
    }
}

#[test]
fn splits_that_do_not_go_together_are_refused_before_anything_is_written() {
    let place = tempfile::tempdir().unwrap();
    let novel = Scenes::new(SpeciesSet::Novel, 1, 32, 0);
    let base = Scenes::new(SpeciesSet::Base, 1, 32, 0);
    let refused: [(&[(&str, &Scenes)], &str); 5] = [
        (&[], "none"),
        (&[("", &novel)], "\"\""),
        (&[("../val", &novel)], "../val"),
        (&[("val", &novel), ("val", &novel)], "twice"),
        (&[("train", &novel), ("val", &base)], "in \"val\""),
    ];
    for format in FORMATS {
        for (splits, expected) in refused {
            let error = write_scenes(format, place.path().join("out"), splits).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
    let file = place.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(write(SceneFormat::Coco, &file).is_err());
    assert!(write(SceneFormat::Coco, &file.join("below")).is_err());
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn masks_of_bytes_have_room_for_so_many_classes() {
    let place = tempfile::tempdir().unwrap();
    let species = (0..255).map(|number| Species::drawn(number, 0));
    let scenes = Scenes::of(species, 1, 32, 0).unwrap();
    let write = |format| write_scenes(format, place.path().join("out"), &[("train", &scenes)]);
    let message = write(SceneFormat::Voc).unwrap_err().to_string();
    assert!(
        message.contains("254") && message.contains("255"),
        "{message}"
    );
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    write(SceneFormat::Coco).unwrap();
}

#[test]
fn leaves_with_targets_are_a_table() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("tasks");
    let tasks = LeafTasks::new(Leaves::new(SpeciesSet::Novel, 2, 32, 4));
    tasks.write(&folder).unwrap();
    let options = CsvOptions::new()
        .label_column("label")
        .target_columns(&LeafTasks::NAMES);
    let read = CsvManifest::open(folder.join("table.csv"), &options).unwrap();
    assert!(read.bad_rows().is_empty());
    assert_eq!(
        (read.classes(), read.labels()),
        (tasks.classes(), tasks.labels())
    );
    for index in 0..tasks.len() {
        assert_eq!(read.targets(index), tasks.targets(index));
        assert_eq!(read.picture(index).unwrap(), tasks.picture(index).unwrap());
        let parts = image::open(folder.join(format!("parts/{index:06}.png"))).unwrap();
        assert_eq!(parts.into_luma8(), tasks.parts(index));
    }
    let loader = DataLoader::new(std::sync::Arc::new(tasks), Transform::square(32), 5);
    let batch = loader.batches(0).next().unwrap().unwrap();
    assert_eq!(batch.targets.size(), [5, 5]);
}
