//! Pictures with boxes in memory.

use std::path::PathBuf;
use std::sync::Arc;

use transfer::data::{BoxDataset, BoxLabel, BoxOptions, BoxesInMemory, RgbImage, YoloFolder};

use super::{picture, write};

#[test]
fn pictures_are_read_once_and_what_cannot_be_read_says_so_later() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for name in ["a", "b"] {
        picture(&root.join(format!("{name}.png")));
        write(&root.join(format!("{name}.txt")), "0 0.5 0.5 0.5 0.5");
    }
    let options = BoxOptions::new().classes(&["cell"]);
    let files: Arc<dyn BoxDataset> = Arc::new(YoloFolder::open_with(root, &options).unwrap());
    let expected = files.picture(0).unwrap();
    // A header alone is a picture until it is decoded.
    let whole = std::fs::read(root.join("b.png")).unwrap();
    write(&root.join("b.png"), &whole[..40]);
    let kept = BoxesInMemory::of(files.clone()).unwrap();
    std::fs::remove_file(root.join("a.png")).unwrap();
    assert_eq!(
        (kept.len(), kept.classes(), kept.counts()),
        (2, files.classes(), vec![2])
    );
    assert_eq!(kept.picture(0).unwrap(), expected);
    assert_eq!(kept.boxes(1), files.boxes(1));
    assert_eq!(kept.name(1), root.join("b.png"));
    let text = kept.picture(1).unwrap_err().to_string();
    assert!(
        text.contains("cannot use the picture") && text.contains("b.png"),
        "{text}"
    );
    assert_eq!(kept.bytes(), 20 * 10 * 3);
    let shown = format!("{kept:?}");
    assert_eq!(
        shown,
        "2 pictures with boxes of [\"cell\"], 600 bytes of pixels"
    );
}

#[test]
fn pictures_may_come_from_a_program() {
    let boxes: Vec<BoxLabel> = vec![BoxLabel::new([2.0, 1.0, 12.0, 6.0], 0)];
    let drawn = BoxesInMemory::new(&["cell"], vec![(RgbImage::new(20, 10), boxes)]).unwrap();
    assert_eq!((drawn.len(), drawn.counts()), (1, vec![1]));
    let label = drawn.boxes(0)[0];
    assert_eq!((label.width(), label.height()), (10.0, 5.0));
    assert_eq!(drawn.name(0), PathBuf::from("picture 0"));
    let background = BoxesInMemory::new(&["cell"], vec![(RgbImage::new(2, 2), vec![])]).unwrap();
    assert!(background.boxes(0).is_empty());
}

#[test]
fn boxes_that_are_none_are_refused() {
    let refused = |bounds, class| {
        let pictures = vec![(RgbImage::new(20, 10), vec![BoxLabel::new(bounds, class)])];
        let error = BoxesInMemory::new(&["cell"], pictures).unwrap_err();
        error.to_string()
    };
    for bounds in [
        [5.0, 1.0, 5.0, 3.0],
        [5.0, 4.0, 6.0, 3.0],
        [-0.5, 1.0, 6.0, 3.0],
        [5.0, 1.0, 20.5, 3.0],
        [5.0, 1.0, 6.0, 10.5],
        [f32::NAN, 1.0, 6.0, 3.0],
        [5.0, 1.0, 6.0, f32::NAN],
    ] {
        let text = refused(bounds, 0);
        assert!(
            text.contains("right <= 20") && text.contains("in picture 0"),
            "{text}"
        );
    }
    let text = refused([1.0, 1.0, 2.0, 2.0], 1);
    assert!(
        text.contains("expected a position among the 1 classes, found 1"),
        "{text}"
    );
}
