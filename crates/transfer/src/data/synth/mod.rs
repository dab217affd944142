//! A small botanical world that the project draws itself: no download, no licence, as many pictures as wanted.
//!
//! A [`Species`] is a description of leaf shapes: outline, lobes, teeth, leaflets, veins. A picture shows one leaf
//! of it, as a photograph would: turned, bent and foreshortened, in another size, place and light, green or in
//! autumn colours, on soil, moss, stone or paper. Colour, size and background say (almost) nothing about
//! the species; the shape does. Everything follows from `(species, index, seed)`.
//!
//! The species come in two sets that share none: [`SpeciesSet::Base`] to pretrain on, [`SpeciesSet::Novel`] to
//! transfer to. Drawn with tiny-skia; torch has no part in it.

mod species;

mod blade;
mod leaf;

mod colour;
mod ground;
mod noise;
mod photo;
mod skin;

mod leaves;

pub use leaves::Leaves;
pub use photo::draw;
pub use species::{Species, SpeciesSet};
