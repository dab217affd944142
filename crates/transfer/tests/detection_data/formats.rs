//! The same scene in all three formats.

use std::path::Path;
use std::sync::Arc;

use transfer::data::{
    BoxDataset, BoxLabel, BoxOptions, BoxSubset, CocoJson, PascalVoc, YoloFolder,
};

use super::{annotation, object, picture, write};

/// Two pictures with boxes and one without.
fn voc(root: &Path) -> PascalVoc {
    for name in ["a", "b", "c"] {
        picture(&root.join(format!("JPEGImages/{name}.png")));
    }
    let a = [
        object("dog", ["3", "2", "12", "8"]),
        object("cat", ["1", "1", "20", "10"]),
    ];
    let b = [object("dog", ["20", "10", "20", "10"])];
    for (name, objects) in [("a", &a[..]), ("b", &b), ("c", &[])] {
        let text = annotation(&format!("{name}.png"), objects);
        write(&root.join(format!("Annotations/{name}.xml")), text);
    }
    PascalVoc::open(root, &BoxOptions::new().strict()).unwrap()
}

fn coco(root: &Path) -> CocoJson {
    for name in ["a", "b", "c"] {
        picture(&root.join(format!("pictures/{name}.png")));
    }
    // The order of the categories is that of their ids, which have gaps.
    let text = r#"{
        "info": {"year": 2026},
        "images": [
            {"id": 10, "file_name": "a.png", "width": 20, "height": 10},
            {"id": 12, "file_name": "b.png", "width": 20, "height": 10},
            {"id": 11, "file_name": "c.png", "width": 20, "height": 10}
        ],
        "annotations": [
            {"id": 1, "image_id": 10, "category_id": 7, "bbox": [2, 1, 10, 7]},
            {"id": 2, "image_id": 12, "category_id": 7, "bbox": [19, 9, 1, 1]},
            {"id": 3, "image_id": 10, "category_id": 3, "bbox": [0, 0, 20, 10]}
        ],
        "categories": [{"id": 7, "name": "dog"}, {"id": 3, "name": "cat"}]
    }"#;
    write(&root.join("boxes.json"), text);
    let options = BoxOptions::new().strict();
    CocoJson::open_with(root.join("boxes.json"), root.join("pictures"), &options).unwrap()
}

fn yolo(root: &Path) -> YoloFolder {
    for name in ["a", "b", "c"] {
        picture(&root.join(format!("images/{name}.png")));
    }
    write(&root.join("classes.txt"), "cat\ndog\n");
    write(
        &root.join("labels/a.txt"),
        "1 0.35 0.45 0.5 0.7\n0 0.5 0.5 1 1\n",
    );
    write(&root.join("labels/b.txt"), "1 0.975 0.95 0.05 0.1");
    write(&root.join("labels/c.txt"), "");
    YoloFolder::open_with(root, &BoxOptions::new().strict()).unwrap()
}

#[test]
fn one_scene_is_the_same_in_three_formats() {
    let folder = tempfile::tempdir().unwrap();
    let all: [Arc<dyn BoxDataset>; 3] = [
        Arc::new(voc(&folder.path().join("voc"))),
        Arc::new(coco(&folder.path().join("coco"))),
        Arc::new(yolo(&folder.path().join("yolo"))),
    ];
    let expected = [
        vec![
            BoxLabel::new([2.0, 1.0, 12.0, 8.0], 1),
            BoxLabel::new([0.0, 0.0, 20.0, 10.0], 0),
        ],
        vec![BoxLabel::new([19.0, 9.0, 20.0, 10.0], 1)],
        vec![],
    ];
    for set in &all {
        assert_eq!((set.len(), set.is_empty()), (3, false));
        assert_eq!(set.classes(), ["cat", "dog"]);
        assert_eq!(set.counts(), [1, 2]);
        for (index, (name, boxes)) in ["a.png", "b.png", "c.png"]
            .iter()
            .zip(&expected)
            .enumerate()
        {
            assert!(set.name(index).ends_with(name), "{:?}", set.name(index));
            assert_eq!(set.picture(index).unwrap().dimensions(), (20, 10));
            let found = set.boxes(index);
            assert_eq!(found.len(), boxes.len());
            for (one, other) in found.iter().zip(boxes) {
                let off = one.bounds.iter().zip(&other.bounds);
                // Shares are not exact.
                assert!(
                    off.map(|(a, b)| (a - b).abs()).all(|off| off < 1e-5),
                    "{set:?} {one:?}"
                );
                let bounds = other.bounds;
                assert_eq!(BoxLabel { bounds, ..*one }, *other);
            }
        }
    }
    let some = BoxSubset::new(all[0].clone(), vec![2, 0]);
    assert_eq!((some.len(), some.counts()), (2, vec![1, 1]));
    assert!(some.name(1).ends_with("a.png") && some.boxes(0).is_empty());
    assert_eq!(some.picture(1).unwrap().dimensions(), (20, 10));
}

#[test]
fn options_that_mean_nothing_for_a_format_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let refused = |error: transfer::Error, part: &str| {
        let text = error.to_string();
        assert!(text.contains(part), "{text}");
    };
    let split = BoxOptions::new().split("train");
    refused(
        CocoJson::open_with(root, root, &split).unwrap_err(),
        "one part of the data",
    );
    let zero = BoxOptions::new().zero_based();
    refused(
        CocoJson::open_with(root, root, &zero).unwrap_err(),
        "zero_based",
    );
    refused(
        YoloFolder::open_with(root, &zero).unwrap_err(),
        "zero_based",
    );
    for names in [&["a", "a"][..], &["a", ""], &[]] {
        let options = BoxOptions::new().classes(names);
        refused(PascalVoc::open(root, &options).unwrap_err(), "each another");
    }
}

#[test]
#[should_panic(expected = "positions lie within")]
fn a_subset_has_no_more_than_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let _ = BoxSubset::new(Arc::new(yolo(folder.path())), vec![3]);
}
