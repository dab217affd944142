//! The parts of a folder, in all three formats.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use transfer::data::synth::{SceneFormat, Scenes, SpeciesSet, write_scenes};
use transfer::data::{BoxDataset, BoxSource, BoxSplits};

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
