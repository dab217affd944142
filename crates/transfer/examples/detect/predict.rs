//! Looking for objects with a model that was trained before.

use std::fs;
use std::path::{Path, PathBuf};

use transfer::data::{Dataset, ImageFolder, Transform};
use transfer::models::{self, Detector};
use transfer::prelude::{LoadOptions, Thresholds};
use transfer::train::detect_in;
use transfer::viz::{BoxTile, box_grid};
use transfer::{Error, Result};

use crate::arguments::Arguments;
use crate::described;
use crate::report::{SURE, io, make_folder};

/// Draws what the model finds in each picture: a file of the same name in the folder `predictions`.
pub(crate) fn run(arguments: &Arguments, pictures: &Path) -> Result<()> {
    let names = arguments.out.join("classes.txt");
    let classes = fs::read_to_string(&names).map_err(|source| io(&names, source))?;
    let classes: Vec<String> = classes.lines().map(str::to_owned).collect();
    let device = transfer::device(&arguments.device)?;
    let body = models::build_undrawn(&arguments.arch, 1, device)?;
    let [rows, columns] = arguments.size;
    let mut net = Detector::undrawn(described(arguments, classes.len()), body, rows.max(columns))?;
    net.load(arguments.out.join("model.safetensors"), &LoadOptions::new())?;
    let thresholds = Thresholds {
        score: SURE,
        ..Thresholds::of(net.config().kind)
    };
    let transform = Transform::detection(rows, columns);
    let folder = arguments.out.join("predictions");
    make_folder(&folder)?;
    for (path, picture) in opened(pictures)? {
        let picture = picture?;
        let found = detect_in(&net, &picture, &transform, &thresholds)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        println!("{}: {} found", path.display(), found.len());
        let tile = BoxTile::new(picture, &*stem).found(&found);
        box_grid(&stem, &[tile], &classes, 1)?.save(folder.join(format!("{stem}.png")))?;
    }
    println!("drawn in {}", folder.display());
    Ok(())
}

type Opened = (PathBuf, Result<image::RgbImage>);

/// One picture, or all of a folder.
fn opened(path: &Path) -> Result<Vec<Opened>> {
    if path.is_dir() {
        let all = ImageFolder::open_flat(path)?;
        let one = |index| (all.name(index), all.picture(index));
        return Ok((0..all.len()).map(one).collect());
    }
    let picture = image::open(path).map_err(|error| Error::Picture {
        path: path.into(),
        reason: error.to_string(),
    })?;
    Ok(vec![(path.into(), Ok(picture.to_rgb8()))])
}
