//! Pictures that their EXIF data turn.

use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, Rgb, RgbImage};
use transfer::data::{BoxDataset, BoxFlaw, BoxFrame, BoxOptions, CocoJson, YoloFolder};

use super::{reported, write};

/// A JPEG of 40 x 24 pixels that is to be turned right: it is shown as 24 x 40. White where its stored pixels have the
/// box `[8, 0, 24, 16]`, black elsewhere.
fn lying(path: &Path) {
    let mut picture = RgbImage::new(40, 24);
    for (x, y) in (8..24).flat_map(|x| (0..16).map(move |y| (x, y))) {
        picture.put_pixel(x, y, Rgb([255; 3]));
    }
    let mut jpeg = Cursor::new(Vec::new());
    picture.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    // After the start marker: an APP1 segment whose only EXIF entry is orientation 6.
    let jpeg = jpeg.into_inner();
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let head = [0xff, 0xe1, 0, exif.len() as u8 + 2];
    write(path, [&jpeg[..2], &head, exif, &jpeg[2..]].concat());
}

/// Where the box is when the picture is shown.
const SHOWN: [f32; 4] = [8.0, 8.0, 24.0, 24.0];

/// Asserts that the box is around what is white.
fn fits(set: &dyn BoxDataset) {
    assert_eq!(set.boxes(0)[0].bounds, SHOWN);
    let picture = set.picture(0).unwrap();
    assert_eq!(picture.dimensions(), (24, 40));
    for (x, y, pixel) in picture.enumerate_pixels() {
        let [left, top, right, bottom] = SHOWN.map(|side| side as u32);
        let inside = left <= x && x < right && top <= y && y < bottom;
        assert_eq!(pixel.0[0] > 128, inside, "{x} {y}");
    }
}

#[test]
fn boxes_turn_with_their_picture() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    lying(&root.join("a.jpg"));
    let path = root.join("boxes.json");
    let open = |size: &str, bbox: &str, options: &BoxOptions| {
        let text = format!(
            "{{\"images\": [\n{{\"id\": 1, \"file_name\": \"a.jpg\"{size}}}],\n\"annotations\": [\n\
             {{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": {bbox}}}],\n\
             \"categories\": [{{\"id\": 1, \"name\": \"cell\"}}]}}"
        );
        write(&path, text);
        CocoJson::open_with(&path, root, options).unwrap()
    };
    let (stored, shown) = ("[8, 0, 16, 16]", "[8, 8, 16, 16]");
    let strict = BoxOptions::new().strict();
    // The file's size fits one of the two.
    fits(&open(", \"width\": 40, \"height\": 24", stored, &strict));
    fits(&open(", \"width\": 24, \"height\": 40", shown, &strict));
    // There is none, and it is said which.
    fits(&open("", stored, &strict.clone().frame(BoxFrame::Stored)));
    fits(&open("", shown, &strict.frame(BoxFrame::Upright)));
    // There is none, and nothing is said.
    let guessed = open("", stored, &BoxOptions::new());
    fits(&guessed);
    let reason = "turn it (orientation 6)";
    reported(
        guessed.bad(),
        &[(path.clone(), Some(2), BoxFlaw::Turned, reason)],
    );
    assert!(!guessed.bad()[0].flaw.is_left_out());
    let other = open(
        ", \"width\": 12, \"height\": 20",
        stored,
        &BoxOptions::new(),
    );
    fits(&other);
    reported(
        other.bad(),
        &[(
            path.clone(),
            Some(2),
            BoxFlaw::OtherSize,
            "size, 40 x 24, found",
        )],
    );
}

#[test]
fn shares_are_of_the_picture_that_was_drawn_on() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    lying(&root.join("a.jpg"));
    let open = |line: &str, frame| {
        write(&root.join("a.txt"), line);
        let options = BoxOptions::new().classes(&["cell"]).strict().frame(frame);
        YoloFolder::open_with(root, &options).unwrap()
    };
    let middle = 1.0 / 3.0;
    let (wide, high) = (16.0 / 40.0, 16.0 / 24.0);
    let stored = format!("0 {} {middle} {wide} {high}", 16.0 / 40.0);
    let shown = format!("0 {} {} {high} {wide}", 16.0 / 24.0, 16.0 / 40.0);
    for (line, frame) in [(stored, BoxFrame::Stored), (shown, BoxFrame::Upright)] {
        let bounds = open(&line, frame).boxes(0)[0].bounds;
        for (one, other) in bounds.iter().zip(SHOWN) {
            assert!((one - other).abs() < 1e-4, "{frame:?} {bounds:?}");
        }
    }
}
