//! The parts of a folder, in all three formats.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use transfer::data::synth::{SceneFormat, Scenes, SpeciesSet, write_scenes};
use transfer::data::{BoxDataset, BoxOptions, BoxSource, BoxSplits};

const FORMATS: [(SceneFormat, BoxSource); 3] = [
    (SceneFormat::Voc, BoxSource::PascalVoc),
    (SceneFormat::Coco, BoxSource::Coco),
    (SceneFormat::Yolo, BoxSource::Yolo),
];

fn written(format: SceneFormat, parts: &[(&str, usize)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let scenes = |count| Scenes::new(SpeciesSet::Novel, count, 48, 5);
    let drawn: Vec<Scenes> = parts.iter().map(|(_, count)| scenes(*count)).collect();
    let parts: Vec<(&str, &Scenes)> = parts.iter().map(|(name, _)| *name).zip(&drawn).collect();
    write_scenes(format, folder.path().join("set"), &parts).unwrap();
    folder
}

fn lens(parts: &BoxSplits) -> [usize; 3] {
    [&parts.train, &parts.valid, &parts.test].map(|part| part.len())
}

fn names(of: &dyn BoxDataset) -> BTreeSet<PathBuf> {
    (0..of.len()).map(|index| of.name(index)).collect()
}

fn open(root: &Path, source: BoxSource) -> BoxSplits {
    BoxSplits::open(root.join("set"), source, 0).unwrap()
}

#[test]
fn a_folders_own_parts_are_taken() {
    for (format, source) in FORMATS {
        let folder = written(format, &[("train", 5), ("val", 3), ("test", 2)]);
        let parts = open(folder.path(), source);
        assert_eq!(lens(&parts), [5, 3, 2], "{source:?}");
        assert_eq!(parts.train.classes(), parts.test.classes());
        assert!(parts.bad.is_empty(), "{:?}", parts.bad);
        // The part for testing has the same scenes as the first two for training.
        assert_eq!(parts.train.boxes(1), parts.test.boxes(1), "{source:?}");
    }
}

#[test]
fn what_a_folder_lacks_is_drawn_from_the_pictures_to_learn_from() {
    for (format, source) in FORMATS {
        let folder = written(format, &[("train", 20), ("val", 4)]);
        let parts = open(folder.path(), source);
        assert_eq!(lens(&parts), [17, 3, 4], "{source:?}");
        assert!(names(&*parts.train).is_disjoint(&names(&*parts.valid)));
        let folder = written(format, &[("train", 20)]);
        let parts = open(folder.path(), source);
        assert_eq!(lens(&parts), [14, 3, 3], "{source:?}");
        let all: BTreeSet<PathBuf> = [&parts.train, &parts.valid, &parts.test]
            .iter()
            .flat_map(|part| names(&***part))
            .collect();
        assert_eq!(all.len(), 20);
        let again = open(folder.path(), source);
        assert_eq!(names(&*again.test), names(&*parts.test));
        let other = BoxSplits::open(folder.path().join("set"), source, 1).unwrap();
        assert_ne!(names(&*other.test), names(&*parts.test));
    }
}

#[test]
fn a_folder_without_parts_to_learn_from_is_refused() {
    for (format, source) in FORMATS {
        let folder = written(format, &[("test", 3)]);
        let said = BoxSplits::open(folder.path().join("set"), source, 0)
            .unwrap_err()
            .to_string();
        assert!(said.contains("`train`") && said.contains("test"), "{said}");
    }
    let folder = written(SceneFormat::Voc, &[("train", 2)]);
    let said = BoxSplits::open(folder.path().join("set"), BoxSource::PascalVoc, 0).unwrap_err();
    assert!(said.to_string().contains("three parts"), "{said}");
    assert!(
        "darknet"
            .parse::<BoxSource>()
            .unwrap_err()
            .to_string()
            .contains("voc, coco or yolo")
    );
}

/// Moves what is in the folder `set` of `from`.
fn moved(root: &Path, moves: &[(&str, &str)]) {
    for (from, to) in moves {
        let to = root.join("set").join(to);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::rename(root.join("set").join(from), to).unwrap();
    }
}

#[test]
fn a_folder_without_parts_is_split_in_three() {
    for (format, source) in FORMATS {
        let folder = written(format, &[("train", 20)]);
        let root = folder.path();
        match source {
            BoxSource::PascalVoc => std::fs::remove_dir_all(root.join("set/ImageSets")).unwrap(),
            BoxSource::Coco => moved(
                root,
                &[
                    ("train", "images/default"),
                    (
                        "annotations/instances_train.json",
                        "annotations/instances_default.json",
                    ),
                ],
            ),
            _ => moved(
                root,
                &[
                    ("images/train", "flat"),
                    ("labels/train", "texts"),
                    ("flat", "images"),
                    ("texts", "labels"),
                ],
            ),
        }
        if source == BoxSource::Yolo {
            std::fs::remove_file(root.join("set/labels/train_000003.txt")).unwrap();
        }
        let parts = open(root, source);
        assert_eq!(lens(&parts), [14, 3, 3], "{source:?}");
        assert_eq!(
            parts.without_labels.len(),
            usize::from(source == BoxSource::Yolo)
        );
    }
}

#[test]
fn parts_have_the_names_that_others_give_them() {
    // Roboflow's COCO: a file beside the pictures of each part.
    let folder = written(SceneFormat::Coco, &[("train", 6), ("val", 2), ("test", 2)]);
    let root = folder.path();
    for (part, of) in [("train", "train"), ("val", "valid"), ("test", "test")] {
        let own = format!("{of}/_annotations.coco.json");
        moved(
            root,
            &[(&format!("annotations/instances_{part}.json"), "moving.json")],
        );
        if part != of {
            moved(root, &[(part, of)]);
        }
        moved(root, &[("moving.json", &own)]);
    }
    std::fs::remove_dir(root.join("set/annotations")).unwrap();
    assert_eq!(lens(&open(root, BoxSource::Coco)), [6, 2, 2]);
    // COCO's own names, and files beside them that have no boxes.
    let folder = written(SceneFormat::Coco, &[("train", 6), ("val", 2)]);
    let root = folder.path();
    for part in ["train", "val"] {
        let (file, year) = (
            format!("annotations/instances_{part}"),
            format!("{part}2017"),
        );
        moved(
            root,
            &[
                (part, &year),
                (&format!("{file}.json"), &format!("{file}2017.json")),
            ],
        );
    }
    for other in ["captions_train2017", "image_info_test-dev2017"] {
        std::fs::write(root.join(format!("set/annotations/{other}.json")), "{}").unwrap();
    }
    assert_eq!(lens(&open(root, BoxSource::Coco)), [5, 1, 2]);
    std::fs::write(root.join("set/annotations/more_train.json"), "{}").unwrap();
    let two = BoxSplits::open(root.join("set"), BoxSource::Coco, 0)
        .unwrap_err()
        .to_string();
    assert!(
        two.contains("more_train") && two.contains("instances_train2017"),
        "{two}"
    );
    // Ultralytics' names.
    let folder = written(SceneFormat::Yolo, &[("train", 20)]);
    let root = folder.path();
    moved(
        root,
        &[
            ("images/train", "images/train2017"),
            ("labels/train", "labels/train2017"),
        ],
    );
    assert_eq!(lens(&open(root, BoxSource::Yolo)), [14, 3, 3]);
    let options = BoxOptions::new().split("train");
    let said = BoxSplits::open_with(root.join("set"), BoxSource::Yolo, &options, 0).unwrap_err();
    assert!(said.to_string().contains("all parts"), "{said}");
}
