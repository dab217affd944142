//! Folders of pictures: order, labels, and what becomes of files that are no pictures.

mod folders;

use std::sync::Arc;

use folders::{in_parts, picture};
use image::{RgbImage, Rgba, RgbaImage};
use transfer::Error;
use transfer::data::{DataLoader, Dataset, ImageFolder, Transform, Unlabelled};
use transfer::train::pixels_of;

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
fn a_folder_can_be_opened_whatever_its_subfolders_are_called() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for (name, value) in [("z.png", 1), ("day/2.jpg", 2), ("day/one/3.png", 3)] {
        picture(&root.join(name), value);
    }
    std::fs::write(root.join("broken.jpg"), b"no picture").unwrap();
    let unlabelled = Unlabelled::open(root).unwrap();
    assert_eq!((unlabelled.len(), unlabelled.classes().len()), (3, 0));
    assert!(unlabelled.name(0).ends_with("z.png"));
    assert_eq!(unlabelled.picture(2).unwrap().get_pixel(0, 0).0, [3; 3]);
    assert_eq!(unlabelled.report().unwrap().unreadable.len(), 1);
    let flat = ImageFolder::open_flat(root.join("day")).unwrap();
    assert_eq!((flat.labels(), flat.classes().len()), (vec![0, 0], 1));
    std::fs::create_dir(root.join("empty")).unwrap();
    let message = Unlabelled::open(root.join("empty"))
        .unwrap_err()
        .to_string();
    assert!(message.contains("expected pictures"), "{message}");
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
fn transparency_is_dropped_and_names_do_not_decide_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/really_a_png.jpg");
    std::fs::create_dir(folder.path().join("a")).unwrap();
    let glass = RgbaImage::from_pixel(4, 4, Rgba([7, 8, 9, 51]));
    glass
        .save_with_format(&path, image::ImageFormat::Png)
        .unwrap();
    let images = ImageFolder::open(folder.path()).unwrap();
    assert_eq!(images.picture(0).unwrap().get_pixel(1, 1).0, [7, 8, 9]);
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

#[cfg(unix)]
#[test]
fn links_are_followed_and_circles_come_to_an_end() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("set");
    picture(&folder.path().join("elsewhere/far.png"), 1);
    picture(&folder.path().join("one.png"), 2);
    picture(&root.join("a/deep/own.png"), 3);
    picture(&root.join("b/0.png"), 4);
    symlink(root.join("a"), root.join("a/deep/again")).unwrap();
    symlink(&root, root.join("b/all")).unwrap();
    symlink(folder.path().join("elsewhere"), root.join("a/linked")).unwrap();
    symlink(folder.path().join("one.png"), root.join("a/one.png")).unwrap();
    symlink(folder.path().join("nowhere.png"), root.join("a/gone.png")).unwrap();
    let images = ImageFolder::open(&root).unwrap();
    let of_class = |label| {
        let all = (0..images.len()).filter(|&index| images.label(index) == label);
        all.map(|index| images.path(index).file_name().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(of_class(0), ["one.png", "own.png", "far.png"]);
    // b has a link to the whole set: each folder of that once.
    assert_eq!(of_class(1).len(), 4);
    let [gone, again] = &images.report().unreadable[..] else {
        panic!("{}", images.report())
    };
    assert!(gone.path.ends_with("a/gone.png") && again.path.ends_with("a/gone.png"));
}

#[test]
fn strict_makes_what_is_left_out_an_error() {
    let folder = in_parts(&["."], &["a", "b"]);
    let strict = || ImageFolder::open(folder.path()).unwrap().strict();
    assert_eq!(strict().unwrap().len(), 4);
    std::fs::create_dir(folder.path().join("c")).unwrap();
    let message = strict().unwrap_err().to_string();
    assert!(message.contains("class \"c\" has no picture"), "{message}");
    std::fs::write(folder.path().join("c/0.jpg"), b"no picture").unwrap();
    let message = strict().unwrap_err().to_string();
    assert!(message.contains("c/0.jpg: "), "{message}");
}
