//! Picture files to batches of numbers: decoded, resized to 256, cut to 224, normalised.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use transfer::data::functional::crop;
use transfer::data::{DataLoader, ImageFolder, Subset, Transform};
use transfer::prelude::{Dataset, Device, Leaves, SpeciesSet, Tensor};

use crate::{Failure, Task, number, timed};

/// Draws 128 pictures of 500 × 375 pixels as PNG files, a folder per class; the other half makes JPEGs of them.
pub(crate) fn draw(folder: &Path) -> Result<(), Failure> {
    if folder.is_dir() {
        return Ok(());
    }
    // Renamed when all are there, so that a folder of that name is never half full.
    let draft = folder.with_extension("part");
    if draft.is_dir() {
        fs::remove_dir_all(&draft)?;
    }
    let leaves = Leaves::new(SpeciesSet::Novel, 16, 500, 0);
    for index in 0..leaves.len() {
        let class = draft.join(&leaves.classes()[leaves.label(index)]);
        fs::create_dir_all(&class)?;
        let picture = crop(&leaves.picture(index)?, 0, 62, 500, 375);
        picture.save(class.join(format!("{index:03}.png")))?;
    }
    fs::rename(draft, folder)?;
    Ok(())
}

/// A pass of the loader.
pub(crate) struct Pipeline(DataLoader);

impl Pipeline {
    pub(crate) fn open(request: &Value, folder: &Path) -> Result<Self, Failure> {
        let pictures = ImageFolder::open(folder)?;
        // Every so many, so that all classes are among them.
        let every = pictures
            .len()
            .div_ceil(number(request, "most")? as usize)
            .max(1);
        let chosen = (0..pictures.len()).step_by(every).collect();
        let pictures = Subset::new(Arc::new(pictures), chosen);
        let loader = DataLoader::new(
            Arc::new(pictures),
            Transform::imagenet(224),
            number(request, "batch")? as usize,
        );
        Ok(Self(loader.workers(number(request, "threads")? as usize)))
    }
}

impl Task for Pipeline {
    fn check(&mut self) -> Result<Vec<f64>, Failure> {
        let batches = self.0.batches(0).collect::<transfer::Result<Vec<_>>>()?;
        if let Some(skipped) = batches.iter().flat_map(|batch| &batch.skipped).next() {
            return Err(format!("{skipped}: take pictures that can all be read").into());
        }
        let xs: Vec<&Tensor> = batches.iter().map(|batch| &batch.xs).collect();
        let all = Tensor::cat(&xs, 0).flatten(0, -1);
        // Every 997th (a prime, so that rows, columns and colours take turns) is enough to tell another picture.
        Ok(Vec::<f64>::try_from(all.slice(0, None, None, 997))?)
    }

    fn run(&mut self) -> Result<f64, Failure> {
        timed(Device::Cpu, || {
            for batch in self.0.batches(0) {
                batch?;
            }
            Ok(())
        })
    }

    fn pieces(&self) -> usize {
        self.0.dataset().len()
    }
}
