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
        text.starts_with("6 pictures in 4 classes in ") && text.contains("broken.jpg"),
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

/// Two pictures of each class in each of the parts.
fn in_parts(parts: &[&str], classes: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in parts {
        for class in classes {
            for number in 0..2 {
                picture(
                    &folder.path().join(format!("{part}/{class}/{number}.png")),
                    number,
                );
            }
        }
    }
    folder
}

#[test]
fn parts_are_found_in_any_case_and_val_goes_before_test() {
    for (parts, taken) in [
        (&["Train", "VAL"][..], "VAL"),
        (&["TRAINING", "Validation"], "Validation"),
        (&["train", "Test"], "Test"),
        (&["train", "test", "valid"], "valid"),
    ] {
        let folder = in_parts(parts, &["a", "b"]);
        let splits = ImageFolder::open_splits(folder.path(), 0.5, 0).unwrap();
        assert_eq!((splits.train.len(), splits.test.len()), (4, 4), "{parts:?}");
        assert_eq!(splits.train.classes(), ["a", "b"]);
        let [_, judged] = &splits.reports[..] else {
            panic!("{:?}", splits.reports)
        };
        assert!(judged.folder.ends_with(taken), "{judged}");
        let three = parts.len() == 3;
        assert_eq!(judged.is_complete(), !three);
        let text = judged.to_string();
        assert_eq!(text.contains("test\" was left alone"), three, "{text}");
    }
}

#[test]
fn a_part_without_its_partner_is_an_error() {
    for part in ["train", "Training", "val", "test"] {
        let folder = in_parts(&[part], &["a", "b"]);
        let message = ImageFolder::open_splits(folder.path(), 0.5, 0)
            .unwrap_err()
            .to_string();
        assert!(message.contains(&format!("beside {part:?}")), "{message}");
    }
}

#[test]
fn one_class_or_an_empty_one_is_no_task() {
    for parts in [&["."][..], &["train", "val"]] {
        let folder = in_parts(parts, &["a"]);
        let open = || ImageFolder::open_splits(folder.path(), 0.5, 0);
        let message = open().unwrap_err().to_string();
        assert!(message.contains("at least two classes"), "{message}");
        for part in parts {
            std::fs::create_dir(folder.path().join(part).join("nothing")).unwrap();
        }
        let message = open().unwrap_err().to_string();
        assert!(message.contains("found 0 of \"nothing\""), "{message}");
    }
}

#[test]
fn splits_tell_what_was_left_out() {
    let folder = in_parts(&["."], &["a", "b"]);
    let open = || ImageFolder::open_splits(folder.path(), 0.5, 0).unwrap();
    assert!(open().reports.iter().all(|report| report.is_complete()));
    for number in 0..7 {
        std::fs::write(folder.path().join(format!("a/{number}.jpg")), b"no").unwrap();
    }
    let reports = open().reports;
    assert_eq!((reports.len(), reports[0].unreadable.len()), (1, 7));
    assert!(!reports[0].is_complete());
    let text = reports[0].to_string();
    assert!(text.contains("7 files") && text.contains("a/4.jpg") && !text.contains("a/5.jpg"));
    assert!(text.ends_with("… and 2 more"), "{text}");
}

/// The header of a bitmap with that many pixels, and none of the pixels.
fn bomb(width: i32, height: i32) -> Vec<u8> {
    let mut file = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    file.extend(width.to_le_bytes());
    file.extend(height.to_le_bytes());
    file.extend(b"\x01\0\x18\0");
    file.extend([0; 24]);
    file
}

#[test]
fn a_header_that_promises_too_much_is_left_out_when_the_folder_is_opened() {
    let folder = in_parts(&["."], &["a", "b"]);
    std::fs::write(folder.path().join("a/bomb.bmp"), bomb(30_000, 30_000)).unwrap();
    let images = ImageFolder::open(folder.path()).unwrap();
    let [left_out] = &images.report().unreadable[..] else {
        panic!("{}", images.report())
    };
    for part in ["bomb.bmp", "512 MiB", "30000 x 30000"] {
        assert!(left_out.to_string().contains(part), "{left_out}");
    }
}

#[test]
fn a_picture_that_cannot_be_resized_is_reported_by_the_loader() {
    let folder = in_parts(&["."], &["a", "b"]);
    let path = folder.path().join("a/thread.png");
    RgbImage::new(1, 20_000).save(&path).unwrap();
    let images: Arc<dyn Dataset> = Arc::new(ImageFolder::open(folder.path()).unwrap());
    let features = pixels_of(&DataLoader::new(images, Transform::square(64), 2)).unwrap();
    assert_eq!((features.len(), features.skipped.len()), (4, 1));
    let skipped = &features.skipped[0];
    assert!(skipped.path.ends_with("a/thread.png") && skipped.reason.contains("1 x 20000"));
}
