//! Contact sheets: many pictures in one.

use std::fs::File;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::replace;
use image::{Rgb, RgbImage};
use transfer::data::Dataset;
use transfer::data::synth::{LeafTasks, Scene, Scenes};

use crate::Failure;

/// Colours that are easily told apart, one for each class as long as there are enough.
const INKS: [[u8; 3]; 8] = [
    [255, 92, 92],
    [92, 200, 255],
    [255, 208, 64],
    [190, 140, 255],
    [255, 140, 40],
    [90, 255, 190],
    [255, 150, 210],
    [240, 240, 240],
];

/// What the parts of a leaf are shown in, by their numbers.
const PARTS: [[u8; 3]; 4] = [
    [38, 38, 42],
    [110, 176, 92],
    [250, 240, 190],
    [214, 112, 76],
];

/// Pixels between the pictures.
const GAP: u32 = 4;
/// Of 100.
const QUALITY: u8 = 88;

/// Leaves, each beside the map of its parts.
pub(crate) fn leaves(tasks: &LeafTasks) -> transfer::Result<Vec<RgbImage>> {
    let pairs = (0..tasks.len()).map(|index| {
        let map = tasks.parts(index);
        let map = RgbImage::from_fn(map.width(), map.height(), |x, y| {
            Rgb(PARTS[usize::from(map.get_pixel(x, y).0[0])])
        });
        Ok([tasks.picture(index)?, map])
    });
    let tiles: transfer::Result<Vec<[RgbImage; 2]>> = pairs.collect();
    Ok(tiles?.concat())
}

/// Scenes, each beside itself with the boxes of what is seen of each leaf, in its species' colour, and the masks.
pub(crate) fn scenes(scenes: &Scenes) -> Vec<RgbImage> {
    let views = (0..scenes.len()).map(|index| {
        let scene = scenes.scene(index);
        [scene.picture.clone(), boxed(&scene), masks(&scene)]
    });
    views.collect::<Vec<_>>().concat()
}

fn masks(scene: &Scene) -> RgbImage {
    let (width, height) = scene.instances.dimensions();
    RgbImage::from_fn(width, height, |x, y| {
        let number = usize::from(scene.instances.get_pixel(x, y).0[0]);
        let Some(object) = number.checked_sub(1) else {
            return Rgb(PARTS[0]);
        };
        // Lighter and darker by turns, so that two of a species are two.
        let shade = if number % 2 == 0 { 1.0 } else { 0.72 };
        let ink = INKS[scene.objects[object].label % INKS.len()];
        Rgb(ink.map(|value| (f32::from(value) * shade) as u8))
    })
}

fn boxed(scene: &Scene) -> RgbImage {
    let mut picture = scene.picture.clone();
    // A line of a pixel, or more where there are many.
    let width = (picture.width() / 160).max(1);
    for object in &scene.objects {
        let ink = Rgb(INKS[object.label % INKS.len()]);
        let [left, top, right, bottom] = object.bbox.map(|value| value as u32);
        for (x, y) in (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))) {
            let inside = (x - left)
                .min(right - 1 - x)
                .min(y - top)
                .min(bottom - 1 - y);
            if inside < width {
                picture.put_pixel(x, y, ink);
            }
        }
    }
    picture
}

/// Pictures of one size in rows of so many, as a JPEG file.
pub(crate) fn save(tiles: &[RgbImage], columns: u32, out: &Path) -> Result<(), Failure> {
    let first = tiles.first().ok_or("a sheet of no pictures")?;
    let pitch = first.width() + GAP;
    let rows = (tiles.len() as u32).div_ceil(columns);
    let white = Rgb([255; 3]);
    let mut sheet = RgbImage::from_pixel(columns * pitch - GAP, rows * pitch - GAP, white);
    for (tile, number) in tiles.iter().zip(0..) {
        let (x, y) = (number % columns * pitch, number / columns * pitch);
        replace(&mut sheet, tile, x.into(), y.into());
    }
    JpegEncoder::new_with_quality(File::create(out)?, QUALITY).encode_image(&sheet)?;
    println!("{} ({} kB)", out.display(), out.metadata()?.len() / 1000);
    Ok(())
}
