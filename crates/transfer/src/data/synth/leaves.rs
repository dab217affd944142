//! The drawn world as a data set, and as files.

use std::path::{Path, PathBuf};

use image::RgbImage;

use super::write::{Staging, in_parallel, save_png};
use super::{Domain, Species, SpeciesSet, Specimen, draw};
use crate::data::Dataset;
use crate::{Error, Result};

/// Pictures of single leaves, drawn when they are asked for: `per_species` of each species, in one
/// [`domain`](Self::domain). The label is the species; the classes are in the order of their names.
///
/// ```
/// use transfer::data::Dataset;
/// use transfer::data::synth::{Domain, Leaves, Species, SpeciesSet};
///
/// # fn main() -> transfer::Result<()> {
/// let train = Leaves::new(SpeciesSet::Novel, 20, 96, 0);
/// let test = Leaves::new(SpeciesSet::Novel, 50, 96, 1);
/// let drawings = Leaves::new(SpeciesSet::Novel, 50, 96, 1).domain(Domain::Ink);
/// assert_eq!((train.len(), test.classes().len(), drawings.picture(7)?.width()), (240, 12, 96));
///
/// let base = Leaves::of((0..200).map(|number| Species::drawn(number, 0)), 50, 96, 0)?;
/// assert_eq!((base.len(), base.classes()[17].as_str()), (10_000, "species 0017"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Leaves {
    species: Vec<Species>,
    classes: Vec<String>,
    domain: Domain,
    per_species: usize,
    size: u32,
    seed: u64,
}

impl Leaves {
    /// `per_species` photographs of each species of the set, `size` pixels square. Another seed gives other
    /// pictures of the same species: one for training, one for testing.
    #[must_use]
    pub fn new(set: SpeciesSet, per_species: usize, size: u32, seed: u64) -> Self {
        Self::sorted(set.species(), per_species, size, seed)
    }

    /// The same for species of one's own choice, in any order.
    ///
    /// # Errors
    ///
    /// Two of them have the same name.
    pub fn of(
        species: impl IntoIterator<Item = Species>,
        per_species: usize,
        size: u32,
        seed: u64,
    ) -> Result<Self> {
        let mut species: Vec<Species> = species.into_iter().collect();
        species.sort_by(|one, other| one.name().cmp(other.name()));
        let twins = species
            .windows(2)
            .find(|two| two[0].name() == two[1].name());
        if let Some(two) = twins {
            return Err(Error::argument(
                "species",
                "one of each name (a species that is drawn is named after its number, whatever its seed)",
                format!("two named {:?}", two[0].name()),
            ));
        }
        Ok(Self::sorted(species, per_species, size, seed))
    }

    fn sorted(species: Vec<Species>, per_species: usize, size: u32, seed: u64) -> Self {
        let classes = species
            .iter()
            .map(|species| species.name().to_owned())
            .collect();
        Self {
            species,
            classes,
            domain: Domain::Photo,
            per_species,
            size,
            seed,
        }
    }

    /// The same leaves in the same poses, in that domain.
    #[must_use]
    pub fn domain(mut self, domain: Domain) -> Self {
        self.domain = domain;
        self
    }

    /// The species, by label.
    #[must_use]
    pub fn species(&self) -> &[Species] {
        &self.species
    }

    /// The species and the leaf of a picture.
    pub(super) fn specimen(&self, index: usize) -> (&Species, Specimen) {
        let species = &self.species[self.label(index)];
        let number = (index % self.per_species) as u64;
        (species, Specimen::grow(species, number, self.seed))
    }

    /// The side of a picture in pixels.
    pub(super) fn size(&self) -> u32 {
        self.size
    }

    /// Writes all pictures as PNG files into class folders below `folder`, which must be empty or not there: it appears
    /// complete or not at all.
    ///
    /// # Errors
    ///
    /// There is something in the folder, or it cannot be written to.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<()> {
        let staging = Staging::beside(folder.as_ref())?;
        let folders: Vec<PathBuf> = (self.classes.iter())
            .map(|class| staging.folder(class))
            .collect::<Result<_>>()?;
        in_parallel(self.len(), |index| {
            let file = format!("{:05}.png", index % self.per_species);
            save_png(
                &self.picture(index)?,
                &folders[self.label(index)].join(file),
            )
        })?;
        staging.publish()
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
        let species = &self.species[self.label(index)];
        let number = (index % self.per_species) as u64;
        Ok(draw(species, self.domain, number, self.seed, self.size))
    }
}
