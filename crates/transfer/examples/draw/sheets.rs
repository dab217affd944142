//! The contact sheets of the whole world, as `docs` has them.

use std::path::Path;

use image::RgbImage;
use transfer::data::Dataset;
use transfer::data::synth::{
    Domain, Formulas, LeafTasks, Leaves, Scenes, Species, SpeciesSet, draw,
};

use crate::{Failure, sheet};

/// The side of a tile of one leaf, and how many stand in a row: one for each of the lessons' species.
const TILE: u32 = 96;
const COLUMNS: u32 = 12;

/// Writes all of them into `folder`, which is made.
pub(crate) fn write(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let save = |name: &str, tiles: &[RgbImage], columns| {
        sheet::save(tiles, columns, &folder.join(format!("{name}.jpg")))
    };
    let lessons = SpeciesSet::Novel.species();
    let row = |domain, index| {
        let tile = move |species: &Species| draw(species, domain, index, 0, TILE);
        lessons.iter().map(tile).collect::<Vec<_>>()
    };
    // The same twelve leaves in each domain; then five of each species in one.
    let same = Domain::ALL.map(|domain| row(domain, 5)).concat();
    save("leaves", &same, COLUMNS)?;
    for domain in Domain::ALL {
        let tiles: Vec<RgbImage> = (0..5).flat_map(|index| row(domain, index)).collect();
        save(&format!("leaves_{}", domain.name()), &tiles, COLUMNS)?;
    }
    let drawn = (0..60).map(|number| draw(&Species::drawn(number, 0), Domain::Photo, 0, 0, TILE));
    save("leaves_drawn", &drawn.collect::<Vec<_>>(), COLUMNS)?;

    let tasks = LeafTasks::new(Leaves::new(SpeciesSet::Novel, 2, 128, 5));
    save("leaf_targets", &sheet::leaves(&tasks)?, 8)?;
    let scenes = Scenes::new(SpeciesSet::Novel, 8, 192, 23);
    save("scenes", &sheet::scenes(&scenes), 6)?;

    let formulas = Formulas::new(60, TILE, 1);
    let tiles = (0..formulas.len()).map(|index| formulas.picture(index));
    save(
        "formulas",
        &tiles.collect::<transfer::Result<Vec<_>>>()?,
        COLUMNS,
    )
}
