//! YOLO.

use std::path::Path;

use transfer::data::{BoxDataset, BoxFlaw, BoxLabel, BoxOptions, YoloFolder};

use super::{picture, reported, write};

fn error(root: &Path, options: &BoxOptions) -> String {
    YoloFolder::open_with(root, options)
        .unwrap_err()
        .to_string()
}

#[test]
fn every_kind_of_bad_box_is_reported_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    picture(&root.join("images/a.png"));
    write(&root.join("data.yaml"), "nc: 2\nnames: [cell, leaf]\n");
    let lines = [
        "0 0.9 0.5 0.4 0.5",
        "0 1.2 0.5 0.4 0.5",
        "0 0.5 0.5 -0.4 0.5",
        "",
        "0 0.5 0.5 0 0.5",
        "0 inf 0.5 0.1 0.5",
        "2 0.5 0.5 0.1 0.5",
        "cell 0.5 0.5 0.1 0.5",
        "0 0.5 0.5 0.1",
        "0 0.1 0.1 0.2 0.1 0.2 0.2",
        "0 0.5 half 0.1 0.5",
        "0 10 5 4 3",
        "1 0.5 0.5 1.0000001 1",
    ];
    // The first line after a byte order mark.
    write(
        &root.join("labels/a.txt"),
        format!("\u{feff}{}\r\n", lines.join("\r\n")),
    );
    let set = YoloFolder::open(root).unwrap();
    let file = root.join("labels/a.txt");
    let at = |line, flaw, reason| (file.clone(), Some(line), flaw, reason);
    reported(
        set.bad(),
        &[
            at(
                1,
                BoxFlaw::Clipped,
                "found [14, 2.5, 22, 7.5]; cut to [14, 2.5, 20, 7.5]",
            ),
            at(2, BoxFlaw::Outside, "found [20, 2.5, 28, 7.5]"),
            at(3, BoxFlaw::Inverted, "expected left < right"),
            at(5, BoxFlaw::Empty, "found 0 x 5"),
            at(6, BoxFlaw::NotFinite, "found [inf, 2.5, inf, 7.5]"),
            at(
                7,
                BoxFlaw::UnknownClass,
                "expected a class below 2, of which there are names, found 2",
            ),
            at(
                8,
                BoxFlaw::Unreadable,
                "expected a class's number, found \"cell\"",
            ),
            at(9, BoxFlaw::Unreadable, "found 4 fields"),
            at(10, BoxFlaw::Unreadable, "found 7 fields"),
            at(11, BoxFlaw::Unreadable, "expected a number, found \"half\""),
            at(12, BoxFlaw::Outside, "found 10 5 4 3: are these pixels?"),
        ],
    );
    assert_eq!(set.boxes(0).len(), 2);
    // What rounding does is cut without a word.
    assert_eq!(set.boxes(0)[1], BoxLabel::new([0.0, 0.0, 20.0, 10.0], 1));
    let text = error(root, &BoxOptions::new().strict());
    assert!(
        text.contains("a.txt") && text.contains("line 1: ") && text.contains("and 10 more"),
        "{text}"
    );
}

#[test]
fn texts_may_be_empty_or_missing_and_pictures_may_not() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for name in [
        "a b.png",
        "deep/er/ü.v2.jpg",
        "empty.png",
        "forgotten.png",
        "latin.png",
        "twice.jpg",
        "twice.png",
    ] {
        picture(&root.join("images").join(name));
    }
    write(&root.join("images/damaged.png"), "no picture");
    let labels = root.join("labels");
    write(&labels.join("a b.txt"), "0 0.5 0.5 0.5 0.5");
    write(&labels.join("damaged.txt"), "0 0.5 0.5 0.5 0.5");
    write(
        &labels.join("deep/er/ü.v2.txt"),
        "0 0.5 0.5 0.5 0.5\n0 0.25 0.5 0.5 0.5\n",
    );
    write(&labels.join("empty.txt"), "\r\n");
    write(&labels.join("latin.txt"), b"0 0.5 \xe4");
    write(&labels.join("alone.txt"), "0 0.5 0.5 0.5 0.5");
    write(&labels.join("twice.txt"), "0 0.5 0.5 0.5 0.5");
    write(&labels.join("classes.txt"), "cell\n");
    let set = YoloFolder::open(root).unwrap();
    assert_eq!(
        (set.classes(), set.counts()),
        (&["cell".to_owned()][..], vec![4])
    );
    let boxes: Vec<usize> = (0..set.len()).map(|index| set.boxes(index).len()).collect();
    assert_eq!(boxes, [1, 0, 0, 1, 2]);
    assert!(set.name(4).ends_with("deep/er/ü.v2.jpg"));
    assert_eq!(set.without_labels(), [root.join("images/forgotten.png")]);
    reported(
        set.bad(),
        &[
            (
                root.join("images/twice.png"),
                None,
                BoxFlaw::Duplicate,
                "twice.jpg before it",
            ),
            (
                labels.join("alone.txt"),
                None,
                BoxFlaw::NoPicture,
                "expected a picture called alone",
            ),
            (
                labels.join("damaged.txt"),
                None,
                BoxFlaw::NoPicture,
                "(its boxes: 1)",
            ),
            (
                labels.join("latin.txt"),
                None,
                BoxFlaw::Unreadable,
                "at byte 6",
            ),
        ],
    );
}

#[test]
fn parts_are_named_and_never_mixed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for (part, count) in [("train", 2), ("val", 1)] {
        for number in 0..count {
            picture(&root.join(format!("inside/images/{part}/{number}.png")));
            picture(&root.join(format!("around/{part}/images/{number}.png")));
            let text = "0 0.5 0.5 0.5 0.5";
            write(
                &root.join(format!("inside/labels/{part}/{number}.txt")),
                text,
            );
            write(
                &root.join(format!("around/{part}/labels/{number}.txt")),
                text,
            );
        }
    }
    for layout in ["inside", "around"] {
        let root = root.join(layout);
        write(&root.join("data.yaml"), "names:\n  0: cell\n");
        for (part, count) in [("train", 2), ("val", 1)] {
            let options = BoxOptions::new().split(part).strict();
            let set = YoloFolder::open_with(&root, &options).unwrap();
            assert_eq!((set.len(), set.counts()), (count, vec![count]));
            assert!(set.without_labels().is_empty());
        }
        let text = error(&root, &BoxOptions::new());
        assert!(
            text.contains("[\"train\", \"val\"]") && text.contains("BoxOptions::split"),
            "{text}"
        );
        let text = error(&root, &BoxOptions::new().split("test"));
        assert!(
            text.contains("expected images/test/ or test/images/"),
            "{text}"
        );
    }
}

#[test]
fn texts_lie_beside_their_pictures_too() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    picture(&root.join("a.jpg"));
    write(&root.join("a.txt"), "1\t0.5 0.5  0.5 0.5 \n");
    write(&root.join("train.txt"), "a.jpg\n");
    write(&root.join("obj.names"), "cell\nleaf\n\n");
    let set = YoloFolder::open_with(root, &BoxOptions::new().strict()).unwrap();
    assert_eq!(set.counts(), [0, 1]);
    let options = BoxOptions::new().strict().classes(&["x", "y", "z"]);
    assert_eq!(
        YoloFolder::open_with(root, &options).unwrap().counts(),
        [0, 1, 0]
    );
}

#[test]
fn folders_without_names_or_texts_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    picture(&root.join("images/a.png"));
    let text = error(root, &BoxOptions::new());
    assert!(
        text.contains("data.yaml") && text.contains("BoxOptions::classes"),
        "{text}"
    );
    write(&root.join("classes.txt"), "cell\n");
    let text = error(root, &BoxOptions::new());
    assert!(
        text.contains("expected a .txt file for each picture") && text.contains("labels"),
        "{text}"
    );
    write(&root.join("data.yaml"), "names: [a, a]\n");
    let text = error(root, &BoxOptions::new());
    assert!(
        text.contains("data.yaml") && text.contains("found \"a\" for class 0"),
        "{text}"
    );
    std::fs::remove_file(root.join("images/a.png")).unwrap();
    write(&root.join("data.yaml"), "names: [a]\n");
    let text = error(root, &BoxOptions::new());
    assert!(
        text.contains("expected pictures with boxes, found none"),
        "{text}"
    );
}
