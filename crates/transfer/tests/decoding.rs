//! Picture files of many kinds against what Pillow makes of them (tests/pillow/make_zoo.py writes them).

use std::path::{Path, PathBuf};

use transfer::data::{Dataset, ImageFolder};

fn zoo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pillow/zoo")
}

/// How far a file's values may be from Pillow's, at most and in the mean: where the format loses something, decoders
/// round in different places.
fn tolerance(name: &str) -> (i32, f64) {
    match name {
        // Chroma is interpolated in another way.
        "subsampled.jpg" | "turned.jpg" => (40, 4.0),
        "cmyk.jpg" => (3, 1.0),
        _ if name.ends_with(".jpg") => (3, 1.0),
        "lossy.webp" => (3, 1.0),
        // 65,535 levels become 256: Pillow cuts the lower byte off.
        "rgb_16.png" | "grey_16.png" => (1, 1.0),
        _ => (0, 0.0),
    }
}

#[test]
fn files_are_decoded_as_pillow_decodes_them() {
    let folder = tempfile::tempdir().unwrap();
    let class = folder.path().join("class");
    std::fs::create_dir(&class).unwrap();
    for entry in std::fs::read_dir(zoo()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().unwrap() != "rgb" {
            std::fs::copy(&path, class.join(path.file_name().unwrap())).unwrap();
        }
    }
    let images = ImageFolder::open(folder.path()).unwrap().strict().unwrap();
    assert!(images.len() > 25);
    let mut wrong = Vec::new();
    for index in 0..images.len() {
        let name = images
            .path(index)
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let expected = std::fs::read(zoo().join(format!("{name}.rgb"))).unwrap();
        let found = images.picture(index).unwrap();
        let size = [found.width() as u8, found.height() as u8];
        assert_eq!(size, expected[..2], "{name}");
        let apart = |(a, b): (&u8, &u8)| (i32::from(*a) - i32::from(*b)).abs();
        let apart: Vec<i32> = found
            .as_raw()
            .iter()
            .zip(&expected[2..])
            .map(apart)
            .collect();
        let most = apart.iter().copied().max().unwrap();
        let mean = f64::from(apart.iter().sum::<i32>()) / apart.len() as f64;
        let allowed = tolerance(&name);
        if most > allowed.0 || mean > allowed.1 {
            wrong.push((name, most, mean));
        }
    }
    assert!(wrong.is_empty(), "largest and mean difference: {wrong:#?}");
}

#[test]
fn a_file_cut_off_anywhere_is_an_error_or_a_picture_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "full.jpg",
        "progressive.jpg",
        "alpha.png",
        "alpha.webp",
        "lzw.tiff",
        "palette.gif",
        "rgb.bmp",
    ] {
        let whole = std::fs::read(zoo().join(name)).unwrap();
        let class = folder.path().join(name).join("class");
        std::fs::create_dir_all(&class).unwrap();
        for part in 1..16 {
            let cut = &whole[..whole.len() * part / 16];
            std::fs::write(class.join(format!("{part}_{name}")), cut).unwrap();
        }
        std::fs::write(class.join(format!("whole_{name}")), &whole).unwrap();
        let images = ImageFolder::open(class.parent().unwrap()).unwrap();
        let (mut good, mut bad) = (0, images.report().unreadable.len());
        for index in 0..images.len() {
            match images.picture(index) {
                Ok(_) => good += 1,
                Err(error) => {
                    assert!(error.to_string().contains(name), "{error}");
                    bad += 1;
                }
            }
        }
        assert_eq!(good + bad, 16);
        assert!(good >= 1 && bad >= 1, "{name}: {good} good, {bad} bad");
        // A JPEG decoder would paint the rest grey; Pillow refuses these files, and so does opening the folder.
        if name.ends_with(".jpg") {
            assert_eq!(images.len(), 1, "{name}");
            let reasons = &images.report().unreadable;
            let incomplete = |reason: &str| reason.contains("the file is incomplete");
            let told = reasons.iter().filter(|file| incomplete(&file.reason));
            assert!(told.count() >= 3, "{reasons:?}");
            assert!(images.strict().is_err());
        }
    }
}
