//! Folders of pictures: order, labels, and what becomes of files that are no pictures.

use std::path::Path;
use std::sync::Arc;

use image::{Rgb, RgbImage, Rgba, RgbaImage};
use transfer::Error;
use transfer::data::{DataLoader, Dataset, ImageFolder, Transform};
use transfer::train::pixels_of;

fn picture(path: &Path, value: u8) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let format = image::ImageFormat::from_path(path).unwrap();
    RgbImage::from_pixel(20, 10, Rgb([value; 3]))
        .save_with_format(path, format)
        .unwrap();
}

#[test]
fn classes_are_sorted_and_nothing_is_dropped_silently() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for (name, value) in [
        ("b/2.PNG", 2),
        ("b/1.jpg", 1),
        ("a/deep/er/3.bmp", 3),
        ("a/0.webp", 4),
        ("c/x.tiff", 5),
        ("c/y.GIF", 6),
    ] {
        picture(&root.join(name), value);
    }
    std::fs::create_dir(root.join("empty")).unwrap();
    std::fs::write(root.join("a/broken.jpg"), b"no picture").unwrap();
    std::fs::write(root.join("a/notes.txt"), b"text").unwrap();
    std::fs::write(root.join("README"), b"text").unwrap();
    let images = ImageFolder::open(root).unwrap();
    assert_eq!(images.classes(), ["a", "b", "c", "empty"]);
    assert_eq!(images.labels(), [0, 0, 1, 1, 2, 2]);
    assert!(images.path(2).ends_with("b/1.jpg") && images.path(1).ends_with("a/deep/er/3.bmp"));
    assert_eq!(images.picture(3).unwrap().get_pixel(0, 0).0, [2; 3]);
    let report = images.report();
    assert_eq!((report.unreadable.len(), report.ignored), (1, 2));
    assert!(report.unreadable[0].path.ends_with("a/broken.jpg"));
    assert_eq!(report.empty_classes().collect::<Vec<_>>(), ["empty"]);
    let text = report.to_string();
    assert!(
        text.starts_with("6 pictures in 4 classes") && text.contains("broken.jpg"),
        "{text}"
    );
}

#[test]
fn a_file_that_breaks_off_is_reported_by_the_loader() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..5 {
        picture(&folder.path().join(format!("a/{number}.png")), number);
    }
    let broken = folder.path().join("a/2.png");
    let whole = std::fs::read(&broken).unwrap();
    std::fs::write(&broken, &whole[..whole.len() / 2]).unwrap();
    let images: Arc<dyn Dataset> = Arc::new(ImageFolder::open(folder.path()).unwrap());
    let features = pixels_of(&DataLoader::new(images, Transform::square(8), 2)).unwrap();
    assert_eq!(features.indices, [0, 1, 3, 4]);
    assert_eq!(features.skipped.len(), 1);
    assert!(features.skipped[0].path.ends_with("a/2.png"));
}

#[test]
fn transparency_lies_on_white_and_names_do_not_decide_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/really_a_png.jpg");
    std::fs::create_dir(folder.path().join("a")).unwrap();
    let glass = RgbaImage::from_pixel(4, 4, Rgba([0, 0, 0, 51]));
    glass
        .save_with_format(&path, image::ImageFormat::Png)
        .unwrap();
    let images = ImageFolder::open(folder.path()).unwrap();
    assert_eq!(images.picture(0).unwrap().get_pixel(1, 1).0, [204; 3]);
}

#[test]
fn exif_says_which_way_is_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/turned.jpg");
    picture(&path, 9);
    let jpeg = std::fs::read(&path).unwrap();
    // After the start marker: an APP1 segment whose only EXIF entry is orientation 6 (turn right).
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut turned = jpeg[..2].to_vec();
    turned.extend([0xff, 0xe1, 0, exif.len() as u8 + 2]);
    turned.extend(exif);
    turned.extend(&jpeg[2..]);
    std::fs::write(&path, turned).unwrap();
    let images = ImageFolder::open(folder.path()).unwrap();
    assert_eq!(images.picture(0).unwrap().dimensions(), (10, 20));
}

#[test]
fn train_and_val_or_a_share_of_each_class() {
    let folder = tempfile::tempdir().unwrap();
    for (part, count) in [("train", 6), ("val", 4)] {
        for number in 0..count {
            picture(&folder.path().join(format!("{part}/a/{number}.png")), 1);
            picture(&folder.path().join(format!("{part}/b/{number}.png")), 2);
        }
    }
    let splits = ImageFolder::open_splits(folder.path(), 0.5, 0).unwrap();
    assert_eq!((splits.train.len(), splits.test.len()), (12, 8));
    let splits = ImageFolder::open_splits(folder.path().join("train"), 0.5, 0).unwrap();
    assert_eq!((splits.train.len(), splits.test.len()), (6, 6));
    std::fs::create_dir(folder.path().join("val/c")).unwrap();
    let message = ImageFolder::open_splits(folder.path(), 0.5, 0)
        .unwrap_err()
        .to_string();
    assert!(message.contains("same classes"), "{message}");
}

#[test]
fn folders_that_are_no_data_set_say_what_they_lack() {
    let folder = tempfile::tempdir().unwrap();
    picture(&folder.path().join("loose.png"), 1);
    let message = ImageFolder::open(folder.path()).unwrap_err().to_string();
    assert!(
        message.contains("one subfolder per class, found 1 files"),
        "{message}"
    );
    std::fs::create_dir(folder.path().join("a")).unwrap();
    assert!(
        ImageFolder::open(folder.path())
            .unwrap_err()
            .to_string()
            .contains("expected pictures")
    );
    assert!(matches!(
        ImageFolder::open("/nowhere/at/all"),
        Err(Error::Io { .. })
    ));
}
