//! Pictures with boxes: three formats, what is wrong in them, and what becomes of it.

mod coco;
mod formats;
mod memory;
mod real;
mod splits;
mod turned;
mod voc;
mod yolo;

use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage};
use transfer::data::{BadBox, BoxFlaw};

/// Writes a text, and the folders above it.
fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A grey picture of 20 x 10 pixels, of the format that its name says.
fn picture(path: &Path) {
    sized(path, 20, 10);
}

fn sized(path: &Path, width: u32, height: u32) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    RgbImage::from_pixel(width, height, Rgb([90; 3]))
        .save_with_format(path, ImageFormat::from_path(path).unwrap())
        .unwrap();
}

/// A Pascal VOC object that begins on a line of its own, and has the four numbers on that line.
fn object(name: &str, [xmin, ymin, xmax, ymax]: [&str; 4]) -> String {
    format!(
        "<object><name>{name}</name><difficult>0</difficult><bndbox><xmin>{xmin}</xmin><ymin>{ymin}</ymin>\
         <xmax>{xmax}</xmax><ymax>{ymax}</ymax></bndbox></object>\n"
    )
}

/// A Pascal VOC file of a picture of 20 x 10 pixels; the first object is on line 4.
fn annotation(filename: &str, objects: &[String]) -> String {
    format!(
        "<annotation>\n<filename>{filename}</filename>\n<size><width>20</width><height>10</height></size>\n{}</annotation>\n",
        objects.concat()
    )
}

/// Asserts what was reported: file, line, flaw and a part of the reason.
#[track_caller]
fn reported(bad: &[BadBox], expected: &[(PathBuf, Option<usize>, BoxFlaw, &str)]) {
    let shown: Vec<String> = bad
        .iter()
        .map(|one| format!("{:?} {one}", one.flaw))
        .collect();
    assert_eq!(bad.len(), expected.len(), "{shown:#?}");
    for (one, (file, line, flaw, reason)) in bad.iter().zip(expected) {
        assert_eq!(
            (&one.file, one.line, one.flaw),
            (file, *line, *flaw),
            "{one}"
        );
        assert!(one.reason.contains(reason), "{one}\nlacks {reason:?}");
    }
}
