//! Folders of pictures for the tests.

use std::path::Path;

use image::{Rgb, RgbImage};

/// A grey picture of 20 x 10 pixels, of the format that its name says.
pub(crate) fn picture(path: &Path, value: u8) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let format = image::ImageFormat::from_path(path).unwrap();
    RgbImage::from_pixel(20, 10, Rgb([value; 3]))
        .save_with_format(path, format)
        .unwrap();
}

/// Two pictures of each class in each of the parts.
pub(crate) fn in_parts(parts: &[&str], classes: &[&str]) -> tempfile::TempDir {
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
