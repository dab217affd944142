//! The looks that a leaf can be given.

use image::RgbImage;

mod ink;
mod paper;
mod photo;
mod pressed;

use ink::Plate;
pub(crate) use photo::Photo;
use pressed::Sheet;

use crate::data::rng::Rng;
use crate::data::synth::species::Species;
use crate::data::synth::specimen::Specimen;

/// What kind of picture a leaf is in. The leaf and its pose are the same in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Domain {
    /// A photograph in the field: on soil, grass, litter or gravel, in sun and shade.
    #[default]
    Photo,
    /// A botanical drawing: ink lines, hatching or stipple, sometimes a watercolour wash, on cream paper.
    Ink,
    /// A sheet of a herbarium: flat, faded to browns, glued down with straps, labelled.
    Pressed,
}

impl Domain {
    /// All of them.
    pub const ALL: [Domain; 3] = [Domain::Photo, Domain::Ink, Domain::Pressed];

    /// Its name in lower case, as a folder has it: `"photo"`, `"ink"`, `"pressed"`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Domain::Photo => "photo",
            Domain::Ink => "ink",
            Domain::Pressed => "pressed",
        }
    }
}

/// Draws the picture with that number: `size` pixels square. The same arguments give the same picture; another domain
/// alone gives the same leaf in the same pose, drawn another way.
///
/// # Panics
///
/// `size` is 0.
#[must_use]
pub fn draw(species: &Species, domain: Domain, index: u64, seed: u64, size: u32) -> RgbImage {
    let specimen = Specimen::grow(species, index, seed);
    let (leaf, to_pixels) = (&specimen.leaf, specimen.to_pixels(size));
    let mut rng = Rng::new(seed, &[species.key(), index, 1 + domain as u64]);
    match domain {
        Domain::Photo => {
            let mut photo = Photo::new(size, &mut rng);
            photo.lay(species, leaf, to_pixels, &mut rng);
            photo.develop(&mut rng)
        }
        Domain::Ink => {
            let mut plate = Plate::new(size, &mut rng);
            plate.lay(species, leaf, to_pixels, &mut rng);
            plate.print(&mut rng)
        }
        Domain::Pressed => {
            let mut sheet = Sheet::new(size, &mut rng);
            sheet.lay(species, leaf, to_pixels, &mut rng);
            sheet.scan(&mut rng)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::synth::SpeciesSet;
    use crate::data::synth::laid::Laid;

    /// The mean brightness of the pixels that a specimen's blades cover wholly, and of those that they leave free.
    fn inside_and_out(specimen: &Specimen, picture: &RgbImage) -> (f32, f32) {
        let size = picture.width();
        let blades = Laid::all(&specimen.leaf, specimen.to_pixels(size), size as usize);
        let (mut sums, mut counts) = ([0.0f32; 2], [0.0f32; 2]);
        for (number, pixel) in picture.pixels().enumerate() {
            let cover = blades.iter().map(|laid| laid.mask.data()[number]).max();
            let side = match cover {
                Some(255) => 0,
                Some(0) => 1,
                _ => continue,
            };
            sums[side] += pixel.0.iter().map(|&value| f32::from(value)).sum::<f32>() / 3.0;
            counts[side] += 1.0;
        }
        (sums[0] / counts[0], sums[1] / counts[1])
    }

    #[test]
    fn all_domains_show_the_same_leaf_in_the_same_pose() {
        for (number, species) in SpeciesSet::All.species().iter().enumerate() {
            let index = number as u64 % 3;
            let specimen = Specimen::grow(species, index, 0);
            for domain in [Domain::Ink, Domain::Pressed] {
                let picture = draw(species, domain, index, 0, 64);
                let (inside, outside) = inside_and_out(&specimen, &picture);
                assert!(
                    inside < outside - 6.0,
                    "{} {domain:?}: {inside} {outside}",
                    species.name()
                );
                // Somebody else's leaf does not fit.
                let other = Specimen::grow(species, index + 3, 0);
                let (wrong_inside, wrong_outside) = inside_and_out(&other, &picture);
                assert!(wrong_outside - wrong_inside < outside - inside);
            }
        }
    }
}
