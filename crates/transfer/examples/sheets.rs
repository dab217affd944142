//! Contact sheets of the drawn world, as `docs` has them:
//!
//! ```sh
//! cargo run --release -p transfer --example sheets -- crates/transfer/docs
//! ```

use std::error::Error;
use std::fs::File;
use std::path::Path;

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::replace;
use transfer::data::synth::{Domain, Species, SpeciesSet, draw};

/// The side of a tile, and the white between two.
const TILE: u32 = 96;
const GAP: u32 = 4;
const COLUMNS: u32 = 12;

/// Puts tiles side by side, row after row.
fn sheet(tiles: &[RgbImage]) -> RgbImage {
    let rows = (tiles.len() as u32).div_ceil(COLUMNS);
    let side = |count: u32| count * (TILE + GAP) - GAP;
    let white = image::Rgb([255; 3]);
    let mut sheet = RgbImage::from_pixel(side(COLUMNS), side(rows), white);
    for (number, tile) in (0..).zip(tiles) {
        let (column, row) = (number % COLUMNS, number / COLUMNS);
        let at = |step: u32| i64::from(step * (TILE + GAP));
        replace(&mut sheet, tile, at(column), at(row));
    }
    sheet
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "target/sheets".into());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let save = |name: &str, tiles: &[RgbImage]| -> Result<(), Box<dyn Error>> {
        let path = folder.join(name);
        JpegEncoder::new_with_quality(File::create(&path)?, 88).encode_image(&sheet(tiles))?;
        println!("{} ({} kB)", path.display(), path.metadata()?.len() / 1000);
        Ok(())
    };
    let lessons = SpeciesSet::Novel.species();
    let row = |domain, index| {
        let tile = move |species: &Species| draw(species, domain, index, 0, TILE);
        lessons.iter().map(tile).collect::<Vec<_>>()
    };
    // The same twelve leaves in each domain; then five of each species in one.
    save(
        "leaves.jpg",
        &Domain::ALL.map(|domain| row(domain, 5)).concat(),
    )?;
    for domain in Domain::ALL {
        let tiles: Vec<RgbImage> = (0..5).flat_map(|index| row(domain, index)).collect();
        save(&format!("leaves_{}.jpg", domain.name()), &tiles)?;
    }
    let drawn = (0..60).map(|number| draw(&Species::drawn(number, 0), Domain::Photo, 0, 0, TILE));
    save("leaves_drawn.jpg", &drawn.collect::<Vec<_>>())
}
