//! Pascal VOC.

use std::path::Path;

use transfer::data::{BoxDataset, BoxFlaw, BoxLabel, BoxOptions, PascalVoc};

use super::{annotation, object, picture, reported, sized, write};

/// A folder with one picture, `a.png`, and this XML file about it.
fn one(root: &Path, text: impl AsRef<[u8]>) {
    picture(&root.join("JPEGImages/a.png"));
    write(&root.join("Annotations/a.xml"), text);
}

fn error(root: &Path, options: &BoxOptions) -> String {
    PascalVoc::open(root, options).unwrap_err().to_string()
}

#[test]
fn every_kind_of_bad_box_is_reported_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let objects = [
        object("cell", ["15", "2", "25", "8"]),
        object("cell", ["21", "2", "25", "8"]),
        object("cell", ["9", "2", "3", "8"]),
        object("cell", ["9", "2", "8", "8"]),
        object("cell", ["nan", "2", "8", "8"]),
        object("cell", ["1", "2", "many", "8"]),
        object("", ["1", "2", "3", "8"]),
        "<object><name>cell</name></object>\n".into(),
        "<object><name>cell</name><difficult>perhaps</difficult></object>\n".into(),
        object("cell", ["1", "1", "20", "10"]),
    ];
    one(root, annotation("a.png", &objects));
    let set = PascalVoc::open(root, &BoxOptions::new()).unwrap();
    let file = root.join("Annotations/a.xml");
    let at = |line, flaw, reason| (file.clone(), Some(line), flaw, reason);
    reported(
        set.bad(),
        &[
            at(
                4,
                BoxFlaw::Clipped,
                "found [14, 1, 25, 8]; cut to [14, 1, 20, 8]",
            ),
            at(
                5,
                BoxFlaw::Outside,
                "in the picture of 20 x 10 pixels, found [20, 1, 25, 8]",
            ),
            at(
                6,
                BoxFlaw::Inverted,
                "object \"cell\": expected left < right",
            ),
            at(7, BoxFlaw::Empty, "found 0 x 7 at"),
            at(8, BoxFlaw::NotFinite, "found [NaN, 1, 8, 8]"),
            at(
                9,
                BoxFlaw::Unreadable,
                "expected a number as <xmax>, found \"many\"",
            ),
            at(10, BoxFlaw::Unreadable, "expected a <name>"),
            at(11, BoxFlaw::Unreadable, "expected a <bndbox>"),
            at(
                12,
                BoxFlaw::Unreadable,
                "expected <difficult> 0 or 1, found \"perhaps\"",
            ),
        ],
    );
    let left_out = set.bad().iter().filter(|one| one.flaw.is_left_out());
    assert_eq!((left_out.count(), set.boxes(0).len()), (8, 2));
    assert_eq!(set.boxes(0)[0].bounds, [14.0, 1.0, 20.0, 8.0]);
    let text = set.bad()[0].to_string();
    assert!(text.contains("a.xml, line 4: object"), "{text}");
    let text = error(root, &BoxOptions::new().strict());
    assert!(
        text.contains("a.xml") && text.contains("line 4: ") && text.contains("and 8 more"),
        "{text}"
    );
}

#[test]
fn pixels_are_numbered_from_one_unless_it_is_said_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    one(
        root,
        annotation("a.png", &[object("cell", ["0", "1", "5", "10"])]),
    );
    let set = PascalVoc::open(root, &BoxOptions::new()).unwrap();
    assert_eq!(set.boxes(0)[0].bounds, [0.0, 0.0, 5.0, 10.0]);
    assert_eq!(set.bad()[0].flaw, BoxFlaw::Clipped);
    let set = PascalVoc::open(root, &BoxOptions::new().zero_based().strict()).unwrap();
    assert_eq!(set.boxes(0)[0].bounds, [0.0, 1.0, 5.0, 10.0]);
}

#[test]
fn lists_choose_and_all_of_them_number_the_classes_alike() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for (name, class) in [
        ("a 1", "wing"),
        ("ü.b", "leaf"),
        ("c", "leaf"),
        ("d", "arm"),
    ] {
        picture(&root.join(format!("JPEGImages/{name}.jpg")));
        let text = annotation("other.jpg", &[object(class, ["1", "1", "4", "4"])]);
        write(&root.join(format!("Annotations/{name}.xml")), text);
    }
    let list = root.join("ImageSets/Main/train.txt");
    write(&list, "\u{feff}ü.b\r\na 1 \r\n\r\nmissing\r\nü.b\r\n");
    write(&root.join("ImageSets/Main/val.txt"), "c\n");
    let train = PascalVoc::open(root, &BoxOptions::new().split("train")).unwrap();
    assert_eq!(train.classes(), ["arm", "leaf", "wing"]);
    assert_eq!((train.len(), train.counts()), (2, vec![0, 1, 1]));
    assert!(train.name(0).ends_with("ü.b.jpg") && train.name(1).ends_with("a 1.jpg"));
    reported(
        train.bad(),
        &[
            (
                list.clone(),
                Some(4),
                BoxFlaw::NoLabels,
                "expected missing.xml in",
            ),
            (
                list,
                Some(5),
                BoxFlaw::Duplicate,
                "found \"ü.b\" a second time",
            ),
        ],
    );
    let val = PascalVoc::open(root, &BoxOptions::new().split("val").strict()).unwrap();
    assert_eq!((val.len(), val.boxes(0)[0].class), (1, 1));
    // Given classes are the only ones, in their order.
    let options = BoxOptions::new().classes(&["wing", "arm"]);
    let given = PascalVoc::open(root, &options).unwrap();
    assert_eq!((given.len(), given.counts()), (4, vec![1, 1]));
    assert_eq!(given.bad().len(), 2);
    assert_eq!(given.bad()[0].flaw, BoxFlaw::UnknownClass);
    let reason = &given.bad()[0].reason;
    assert!(
        reason.contains("among [\"wing\", \"arm\"], found \"leaf\""),
        "{reason}"
    );
    let text = error(root, &BoxOptions::new().split("test"));
    assert!(text.contains("[\"train.txt\", \"val.txt\"]"), "{text}");
}

#[test]
fn files_that_are_missing_or_unreadable_take_their_picture_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let boxes = [object("cell", ["1", "1", "4", "4"])];
    let [xml, jpeg] = [root.join("Annotations"), root.join("JPEGImages")];
    for name in ["a", "broken", "latin", "other", "without"] {
        picture(&jpeg.join(format!("{name}.png")));
    }
    write(&xml.join("a.xml"), annotation("a.png", &[]));
    write(
        &xml.join("broken.xml"),
        "<annotation>\n<object>\n</annotation>",
    );
    write(&xml.join("damaged.xml"), annotation("damaged.png", &boxes));
    write(&jpeg.join("damaged.png"), "no picture");
    write(&xml.join("latin.xml"), b"<annotation>\xe4</annotation>");
    write(&xml.join("missing.xml"), annotation("gone.png", &boxes));
    write(&xml.join("other.xml"), "\n<svg/>");
    // Called otherwise than its picture, which its `filename` says; and once more.
    write(&xml.join("renamed.xml"), annotation("a.png", &boxes));
    let set = PascalVoc::open(root, &BoxOptions::new()).unwrap();
    assert_eq!((set.len(), set.boxes(0).len()), (1, 0));
    reported(
        set.bad(),
        &[
            (
                jpeg.join("without.png"),
                None,
                BoxFlaw::NoLabels,
                "expected without.xml in",
            ),
            (
                xml.join("broken.xml"),
                Some(3),
                BoxFlaw::Unreadable,
                "expected XML, found",
            ),
            (
                xml.join("damaged.xml"),
                None,
                BoxFlaw::NoPicture,
                "(its boxes: 1)",
            ),
            (
                xml.join("latin.xml"),
                None,
                BoxFlaw::Unreadable,
                "expected UTF-8 text, found something else at byte 12",
            ),
            (
                xml.join("missing.xml"),
                None,
                BoxFlaw::NoPicture,
                "called missing with any extension, or \"gone.png\",",
            ),
            (
                xml.join("other.xml"),
                Some(2),
                BoxFlaw::Unreadable,
                "expected <annotation>, found <svg>",
            ),
            (
                xml.join("renamed.xml"),
                None,
                BoxFlaw::Duplicate,
                "a second time (the first is in",
            ),
        ],
    );
    // Nothing is left: the reasons are in the error.
    std::fs::remove_file(jpeg.join("a.png")).unwrap();
    let text = error(root, &BoxOptions::new());
    assert!(
        text.contains("found none and 8 that cannot be used"),
        "{text}"
    );
    assert!(
        text.contains("without.png: expected without.xml") && text.contains("and 3 more"),
        "{text}"
    );
}

#[test]
fn a_stated_size_that_is_another_is_reported_and_two_pictures_of_a_name_too() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let boxes = [object("cell", ["1", "1", "4", "4"])];
    sized(&root.join("JPEGImages/a.png"), 10, 10);
    picture(&root.join("JPEGImages/b.jpg"));
    picture(&root.join("JPEGImages/b.png"));
    write(&root.join("Annotations/a.xml"), annotation("a.png", &boxes));
    write(&root.join("Annotations/b.xml"), annotation("b.png", &boxes));
    let set = PascalVoc::open(root, &BoxOptions::new()).unwrap();
    assert_eq!((set.len(), set.counts()), (2, vec![2]));
    assert!(set.name(1).ends_with("b.png"));
    reported(
        set.bad(),
        &[
            (
                root.join("JPEGImages/b.jpg"),
                None,
                BoxFlaw::Duplicate,
                "b.png as well",
            ),
            (
                root.join("Annotations/a.xml"),
                Some(3),
                BoxFlaw::OtherSize,
                "expected the picture's size, 10 x 10, found <width> \"20\" and <height> \"10\"",
            ),
        ],
    );
}

#[test]
fn xml_lies_beside_its_pictures_too_and_may_come_from_windows() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    picture(&root.join("A.PNG"));
    write(&root.join("notes.txt"), "text");
    // Of a person's parts there are boxes inside the object; only the person's own counts.
    let text = "\u{feff}<?xml version=\"1.0\"?>\r\n<annotation>\r\n<object>\r\n<name> per &amp; son </name>\r\n\
                <part><name>head</name><bndbox><xmin>9</xmin></bndbox></part>\r\n<difficult>1</difficult>\r\n\
                <bndbox><ymin>2.5</ymin><xmin>1</xmin><xmax>4</xmax><ymax>4</ymax></bndbox>\r\n</object>\r\n\
                <object><name>per &amp; son</name>\r\n</object></annotation>\r\n";
    write(&root.join("A.xml"), text);
    let set = PascalVoc::open(root, &BoxOptions::new()).unwrap();
    assert_eq!(set.classes(), ["per & son"]);
    let label = BoxLabel {
        difficult: true,
        ..BoxLabel::new([0.0, 1.5, 4.0, 4.0], 0)
    };
    assert_eq!(set.boxes(0), [label]);
    let expected = (
        root.join("A.xml"),
        Some(9),
        BoxFlaw::Unreadable,
        "expected a <bndbox>",
    );
    reported(set.bad(), &[expected]);
}

#[test]
fn folders_of_another_kind_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let text = error(root, &BoxOptions::new());
    assert!(text.contains("expected XML files, found none"), "{text}");
    std::fs::create_dir(root.join("Annotations")).unwrap();
    let text = error(root, &BoxOptions::new());
    assert!(
        text.contains("expected JPEGImages/ beside Annotations/"),
        "{text}"
    );
    let text = error(&root.join("nowhere"), &BoxOptions::new());
    assert!(
        text.contains("cannot list") && text.contains("nowhere"),
        "{text}"
    );
}
