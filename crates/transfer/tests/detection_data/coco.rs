//! COCO.

use std::path::{Path, PathBuf};

use transfer::data::{BoxDataset, BoxFlaw, BoxLabel, BoxOptions, CocoJson};

use super::{picture, reported, write};

/// A file with these entries, each on a line of its own: images from line 2 on, annotations after them.
fn file(root: &Path, images: &[&str], annotations: &[&str], categories: &str) -> PathBuf {
    let path = root.join("boxes.json");
    let text = format!(
        "{{\"images\": [\n{}\n],\"annotations\": [\n{}\n],\"categories\":\n {categories}}}",
        images.join(",\n"),
        annotations.join(",\n")
    );
    write(&path, text);
    path
}

const CELLS: &str = r#"[{"id": 5, "name": "cell"}]"#;
const A: &str = r#"{"id": 1, "file_name": "a.png"}"#;

fn annotation(id: u32, bbox: &str) -> String {
    format!(r#"{{"id": {id}, "image_id": 1, "category_id": 5, "bbox": {bbox}}}"#)
}

#[test]
fn every_kind_of_bad_box_is_reported_with_its_id_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    picture(&root.join("a.png"));
    let boxes = [
        "[15, 2, 10, 6]",
        "[20, 2, 5, 5]",
        "[9, 2, -3, 5]",
        "[9, 2, 0, 5]",
        "[NaN, 2, 1, 5]",
        "[1, 2, 3]",
        "[1, 2, \"3\", 4]",
        "null",
        "[1, 2, 1e999, 4]",
    ];
    let mut annotations: Vec<String> = (100..)
        .zip(boxes)
        .map(|(id, one)| annotation(id, one))
        .collect();
    for text in [
        r#"{"id": 200, "image_id": 1, "category_id": 6, "bbox": [1, 1, 2, 2]}"#,
        r#"{"id": 201, "image_id": 9, "category_id": 5, "bbox": [1, 1, 2, 2]}"#,
        r#"{"id": "x", "category_id": 5, "bbox": [1, 1, 2, 2]}"#,
        r#"{"id": 203, "image_id": 1, "category_id": 5, "bbox": [1, 1, 2, 2], "iscrowd": 2}"#,
        r#"{"id": 204, "image_id": 1, "category_id": 5, "bbox": [1, 1, 2, 2], "area": "much"}"#,
        r#"{"id": 205, "caption": "a \"NaN\" \\", "area": -Infinity}"#,
        "17",
        r#"{"id": 207, "image_id" 1}"#,
    ] {
        annotations.push(text.into());
    }
    let annotations: Vec<&str> = annotations.iter().map(String::as_str).collect();
    let path = file(root, &[A], &annotations, CELLS);
    let set = CocoJson::open(&path, root).unwrap();
    let at = |line, flaw, reason| (path.clone(), Some(line), flaw, reason);
    // What an entry says by itself is known before it is held against its picture.
    reported(
        set.bad(),
        &[
            at(
                8,
                BoxFlaw::NotFinite,
                "annotation 104: expected finite numbers, found NaN",
            ),
            at(
                9,
                BoxFlaw::Unreadable,
                "annotation 105: expected four numbers as \"bbox\"",
            ),
            at(
                10,
                BoxFlaw::Unreadable,
                "annotation 106: expected four numbers",
            ),
            at(
                11,
                BoxFlaw::Unreadable,
                "annotation 107: expected four numbers as \"bbox\", found null",
            ),
            at(12, BoxFlaw::Unreadable, "annotation: expected JSON"),
            at(
                14,
                BoxFlaw::NoPicture,
                "annotation 201: expected the id of one of the images, found image_id 9",
            ),
            at(
                15,
                BoxFlaw::Unreadable,
                "annotation x: expected an integer as \"image_id\"",
            ),
            at(
                16,
                BoxFlaw::Unreadable,
                "annotation 203: expected \"iscrowd\" 0 or 1, found 2",
            ),
            at(
                17,
                BoxFlaw::Unreadable,
                "annotation 204: expected a number as \"area\"",
            ),
            at(18, BoxFlaw::NotFinite, "annotation 205: "),
            at(
                19,
                BoxFlaw::Unreadable,
                "annotation: expected {…}, found 17",
            ),
            at(20, BoxFlaw::Unreadable, "annotation: expected JSON"),
            at(
                4,
                BoxFlaw::Clipped,
                "annotation 100 of image 1: expected a box in the picture of 20 x 10",
            ),
            at(5, BoxFlaw::Outside, "annotation 101 of image 1: "),
            at(6, BoxFlaw::Inverted, "annotation 102 of image 1: "),
            at(7, BoxFlaw::Empty, "annotation 103 of image 1: "),
            at(
                13,
                BoxFlaw::UnknownClass,
                "among [\"cell\"], found category_id 6",
            ),
        ],
    );
    assert_eq!(set.boxes(0), [BoxLabel::new([15.0, 2.0, 20.0, 8.0], 0)]);
    let text = CocoJson::open_with(&path, root, &BoxOptions::new().strict())
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("boxes.json") && text.contains("line 8: annotation 104"),
        "{text}"
    );
}

#[test]
fn crowds_and_areas_are_kept_and_outlines_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    picture(&root.join("sub/å b.png"));
    let path = file(
        root,
        &[r#"{"id": -4, "file_name": "sub/\u00e5 b.png", "width": 20, "height": 10}"#],
        &[
            r#"{"id": 1, "image_id": -4, "category_id": 5, "bbox": [1, 1, 2, 2], "iscrowd": 1, "area": 3.5,
                "segmentation": {"counts": [1, 2], "size": [10, 20]}}"#,
            r#"{"id": 2, "image_id": -4, "category_id": 5, "bbox": [1.5, 1, 2, 2], "iscrowd": 0,
                "segmentation": [[1, 1, 3, 1, 3, 3]], "attributes": {"a": "]}"}}"#,
        ],
        CELLS,
    );
    let set = CocoJson::open(&path, root).unwrap();
    assert!(set.bad().is_empty());
    let [crowd, single] = set.boxes(0) else {
        panic!("{:?}", set.boxes(0));
    };
    assert!(crowd.crowd && crowd.area == Some(3.5) && !crowd.difficult);
    assert_eq!(*single, BoxLabel::new([1.5, 1.0, 3.5, 3.0], 0));
    assert_eq!(set.image_ids(), [-4]);
}

#[test]
fn pictures_that_are_missing_or_there_twice_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    picture(&root.join("a.png"));
    picture(&root.join("b.png"));
    let path = file(
        root,
        &[
            r#"{"id": 7, "file_name": "gone.png"}"#,
            A,
            r#"{"id": 1, "file_name": "b.png"}"#,
            r#"{"id": 2, "file_name": "a.png"}"#,
            r#"{"id": 3}"#,
            r#"{"file_name": "b.png"}"#,
            r#"{"id": 8, "file_name": "b.png", "width": 10, "height": "?"}"#,
        ],
        &[
            r#"{"id": 1, "image_id": 7, "category_id": 5, "bbox": [1, 1, 2, 2]}"#,
            r#"{"id": 2, "image_id": 2, "category_id": 5, "bbox": [1, 1, 2, 2]}"#,
        ],
        CELLS,
    );
    let set = CocoJson::open(&path, root).unwrap();
    assert_eq!(set.image_ids(), [1, 8]);
    assert_eq!(set.counts(), [0]);
    let at = |line, flaw, reason| (path.clone(), Some(line), flaw, reason);
    reported(
        set.bad(),
        &[
            at(
                4,
                BoxFlaw::Duplicate,
                "expected each image id once, found 1 again (\"b.png\")",
            ),
            at(
                6,
                BoxFlaw::Unreadable,
                "image 3: expected a text as \"file_name\"",
            ),
            at(
                7,
                BoxFlaw::Unreadable,
                "image without id: expected an integer as \"id\"",
            ),
            at(
                2,
                BoxFlaw::NoPicture,
                "gone.png: expected a file, found none",
            ),
            at(5, BoxFlaw::Duplicate, "a.png a second time"),
            at(
                8,
                BoxFlaw::OtherSize,
                "found \"width\" 10 and \"height\" \"?\"",
            ),
        ],
    );
    assert!(set.bad()[3].reason.contains("(its boxes: 1)"));
}

#[test]
fn classes_are_the_categories_by_id_or_those_that_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    picture(&root.join("a.png"));
    let categories =
        r#"[{"id": 90, "name": "z"}, {"id": 2, "name": "y"}, {"id": 11, "name": "x"}]"#;
    let annotations = [
        r#"{"id": 1, "image_id": 1, "category_id": 90, "bbox": [1, 1, 2, 2]}"#,
        r#"{"id": 2, "image_id": 1, "category_id": 2, "bbox": [1, 1, 2, 2]}"#,
    ];
    let path = file(root, &[A], &annotations, categories);
    let set = CocoJson::open(&path, root).unwrap();
    assert_eq!(set.classes(), ["y", "x", "z"]);
    assert_eq!(set.category_ids(), [2, 11, 90]);
    assert_eq!(set.counts(), [1, 0, 1]);
    let options = BoxOptions::new().classes(&["z", "new"]);
    let set = CocoJson::open_with(&path, root, &options).unwrap();
    assert_eq!(
        (set.counts(), set.category_ids()),
        (vec![1, 0], &[90, -1][..])
    );
    let reason = "annotation 2 of image 1: expected a category among [\"z\", \"new\"], found category_id 2 (\"y\")";
    reported(set.bad(), &[(path, Some(5), BoxFlaw::UnknownClass, reason)]);
}

#[test]
fn a_file_that_cannot_be_understood_is_an_error_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    picture(&root.join("a.png"));
    let path = root.join("boxes.json");
    let refused = |text: &[u8], parts: &[&str]| {
        write(&path, text);
        let found = CocoJson::open(&path, root).unwrap_err().to_string();
        assert!(found.contains("boxes.json"), "{found}");
        for part in parts {
            assert!(found.contains(part), "{found}\nlacks {part:?}");
        }
    };
    refused(
        b"{\"images\": [],\n\"annotations\": [{\"id\": 1,\n",
        &["line 3", "is it complete?"],
    );
    refused(
        b"{\"images\": [], \"annotations\": []}",
        &["expected a list \"categories\""],
    );
    refused(b"<html>", &["line 1: expected JSON with '{', found <html>"]);
    refused(
        b"{\"images\": \"\xff\"}",
        &["expected UTF-8 text, found something else at byte 12"],
    );
    let categories = |text: &str, part: &str| {
        let path = file(root, &[A], &[], text);
        let found = CocoJson::open(path, root).unwrap_err().to_string();
        assert!(found.contains(part), "{found}");
    };
    categories(
        r#"[{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]"#,
        "line 6: expected each category's id",
    );
    categories(r#"[{"id": 1}]"#, "category 1: expected a text as \"name\"");
    let missing = CocoJson::open(root.join("gone.json"), root)
        .unwrap_err()
        .to_string();
    assert!(
        missing.contains("gone.json") && missing.contains("cannot be read"),
        "{missing}"
    );
    // A byte order mark and Windows' line ends are no matter.
    let text = format!(
        "\u{feff}{{\r\n\"images\": [{A}],\r\n\"annotations\": [],\r\n\"categories\": {CELLS}}}\r\n"
    );
    write(&path, text);
    assert_eq!(CocoJson::open(&path, root).unwrap().len(), 1);
}
