//! A small botanical world that the project draws itself: no download, no licence, as many pictures as wanted.
//!
//! A [`Species`] is a description of leaves: plan, outline, lobes, margin, veins, finish, pattern. A picture shows one
//! leaf of it, in a [`Domain`]: photographed in the field, drawn in ink, or pressed on a herbarium's sheet. [`draw`]
//! makes one, [`Leaves`] is a data set of them. Everything follows from `(species, domain, index, seed, size)`.
//!
//! # Data card
//!
//! **What.** Square RGB pictures of single leaves, any size (made for 64 to 128 pixels), labelled with the species.
//! 24 species have names, in two sets that share none: the twelve of [`SpeciesSet::Novel`] are those that lessons
//! learn, the twelve of [`SpeciesSet::Base`] are free for other uses. [`Species::drawn`] makes up any number of
//! further ones, to pretrain on. Nothing is split: another seed gives other pictures of the same species, so that
//! training and test data never share one.
//!
//! | domain | what it shows | what varies |
//! |---|---|---|
//! | [`Photo`](Domain::Photo) | a leaf in the field | soil, moss, sand, stone, wood, gravel, grass, litter or what is far behind, more or less out of focus; sun, dappled light, the edge of a shadow; green, autumn, withered margins, specks; exposure, contrast, white balance, noise |
//! | [`Ink`](Domain::Ink) | a botanical plate | hatching or stipple, ink, watercolour wash or none, paper, frame, caption |
//! | [`Pressed`](Domain::Pressed) | a herbarium's sheet | how brown it has become, creases, paper, straps, label, stamp, scale |
//!
//! In each, the leaf varies as its species allows, and so does its pose: turned (seldom more than 60 degrees off
//! upright), foreshortened, off the middle, at times cut off by the border. The same `(species, index, seed)` is the
//! same leaf in the same pose in every domain ([`Specimen`]); all else is drawn anew.
//!
//! **How.** A species' numbers make an outline, veins and a stalk, with random deviations; tiny-skia fills and strokes
//! them; light, paper and grounds are computed per pixel from smooth noise. SplitMix64 makes all random numbers, so that
//! none changes with a dependency. Two machines may differ in single pixels where their `sin` or `exp` differ in the last
//! bit; on one machine, pictures are the same to the byte. One core draws hundreds of pictures of 96 pixels a second.
//!
//! **Why.** Lessons on transfer learning need a task that shape and texture decide: colour, size, ground and light say
//! (almost) nothing about a species, and some of the lessons' species are easily mistaken for each other (maple and
//! plane, elm and birch, ash and rowan). They need data to pretrain on that have nothing of the task in
//! them: a drawn species that comes too close to one of the lessons' is rejected, by a distance that its test pins. And
//! they need shifts between domains that are real to a net and plain to the eye.
//!
//! **Limits.** No botany is taught here: species are caricatures of those they are named after, and drawn ones exist
//! nowhere. Leaves are flat, single and whole; none is curled, wet, eaten or behind another. Photographs lack a camera's
//! detail above some 200 pixels. Nothing that is measured here says how a method does on photographs of real leaves.
//!
//! **Licence.** The pictures are made by this crate's code, and under its licence.

mod growth;
mod species;
mod specimen;

mod canvas;
mod colour;
mod laid;
mod noise;
mod pattern;

mod domain;
mod outlines;
mod silhouette;

mod leaves;
mod scene;
mod targets;
mod write;

mod formula;

pub use domain::{Domain, draw};
pub use formula::{Formulas, QUESTIONS, Question};
pub use leaves::Leaves;
pub use scene::{Distractor, DistractorKind, Scene, SceneObject, Scenes};
pub use species::{Species, SpeciesSet};
pub use specimen::Specimen;
pub use targets::{LeafPart, LeafTargets, LeafTasks, MarginKind, PlanKind};
pub use write::{Flaw, PlantedFlaw, SceneFormat, write_flawed_leaves, write_scenes};
