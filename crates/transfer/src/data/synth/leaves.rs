//! The drawn world as a data set, and as files.

use std::path::Path;

use image::RgbImage;

use super::{Species, SpeciesSet, draw};
use crate::data::Dataset;
use crate::{Error, Result};

/// Photograph-like pictures of leaves, drawn when they are asked for.
#[derive(Debug, Clone)]
pub struct Leaves {
    species: Vec<&'static Species>,
    classes: Vec<String>,
    per_species: usize,
    size: u32,
    seed: u64,
}

impl Leaves {
    /// `per_species` pictures of each species of the set, `size` pixels square. Another seed gives other
    /// pictures of the same species: one for training, one for testing.
    #[must_use]
    pub fn new(set: SpeciesSet, per_species: usize, size: u32, seed: u64) -> Self {
        let species = set.species();
        let classes = species
            .iter()
            .map(|species| species.name.to_owned())
            .collect();
        Self {
            species,
            classes,
            per_species,
            size,
            seed,
        }
    }

    /// Writes all pictures as PNG files into class folders below `folder`, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// The folder cannot be written to.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<()> {
        for (label, class) in self.classes.iter().enumerate() {
            let class_folder = folder.as_ref().join(class);
            std::fs::create_dir_all(&class_folder).map_err(Error::io("write", &class_folder))?;
            for number in 0..self.per_species {
                let path = class_folder.join(format!("{number:05}.png"));
                let picture = self.picture(label * self.per_species + number)?;
                picture.save(&path).map_err(|error| Error::Io {
                    action: "write",
                    path: path.clone(),
                    source: std::io::Error::other(error),
                })?;
            }
        }
        Ok(())
    }
}

impl Dataset for Leaves {
    fn len(&self) -> usize {
        self.species.len() * self.per_species
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn label(&self, index: usize) -> usize {
        index / self.per_species
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        let number = (index % self.per_species) as u64;
        Ok(draw(
            self.species[self.label(index)],
            number,
            self.seed,
            self.size,
        ))
    }
}
