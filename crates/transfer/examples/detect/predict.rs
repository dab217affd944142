//! Looking for objects with a model that was trained before.

use std::path::{Path, PathBuf};

use transfer::data::{Dataset, ImageFolder, Transform, open_picture};
use transfer::models::{self, Detector};
use transfer::prelude::{LoadOptions, Thresholds};
use transfer::train::detect_in;
use transfer::viz::{BoxTile, box_grid};
use transfer::{Error, Result};

use crate::arguments::Arguments;
use crate::report::{SURE, make_folder};
use crate::settings::Settings;

/// Draws what the model finds in each picture, into the folder `predictions`, and goes on after one that cannot be read.
pub(crate) fn run(arguments: &Arguments, pictures: &Path) -> Result<()> {
    let (settings, classes) = Settings::read(&arguments.out)?;
    let body = models::build_undrawn(&settings.arch, 1, transfer::device(&arguments.device)?)?;
    let [rows, columns] = settings.size;
    let mut net = Detector::undrawn(settings.config(classes.len()), body, rows.max(columns))?;
    net.load(arguments.out.join("model.safetensors"), &LoadOptions::new())?;
    let thresholds = Thresholds {
        score: SURE,
        ..Thresholds::of(net.config().kind)
    };
    let transform = Transform::detection(rows, columns);
    let folder = arguments.out.join("predictions");
    make_folder(&folder)?;
    let (paths, mut unreadable) = paths(pictures)?;
    let mut drawn = 0;
    for path in paths {
        let found = open_picture(&path).and_then(|picture| {
            let found = detect_in(&net, &picture, &transform, &thresholds)?;
            Ok((picture, found))
        });
        match found {
            Ok((picture, found)) => {
                println!("{}: {} found", path.display(), found.len());
                let name = drawn_name(&path, pictures);
                let tile = BoxTile::new(picture, "").found(&found);
                box_grid(&name, &[tile], &classes, 1)?.save(folder.join(name + ".png"))?;
                drawn += 1;
            }
            Err(Error::Picture { path, reason }) => {
                println!("{}: left out, {reason}", path.display());
                unreadable += 1;
            }
            Err(error) => return Err(error),
        }
    }
    println!(
        "{drawn} drawn in {}, {unreadable} left out",
        folder.display()
    );
    Ok(())
}

/// One picture, or all below a folder; and how many files there are no pictures, which are named.
fn paths(pictures: &Path) -> Result<(Vec<PathBuf>, usize)> {
    if !pictures.is_dir() {
        return Ok((vec![pictures.into()], 0));
    }
    let all = ImageFolder::open_flat(pictures)?;
    let unreadable = &all.report().unreadable;
    for skipped in unreadable {
        println!("{}: left out, {}", skipped.path.display(), skipped.reason);
    }
    let paths = (0..all.len()).map(|index| all.name(index)).collect();
    Ok((paths, unreadable.len()))
}

/// A name that no other picture of the folder has.
fn drawn_name(path: &Path, pictures: &Path) -> String {
    let below = path.strip_prefix(pictures).unwrap_or(path);
    let below = match below.as_os_str().is_empty() {
        true => path.file_name().map(Path::new).unwrap_or(path),
        false => below,
    };
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("_")
}
