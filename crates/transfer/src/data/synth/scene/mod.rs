//! Scenes: several leaves on one ground, some below others, among things that are no leaves. [`Scenes`] has the data card.

mod draft;
mod lying;
mod piece;
mod shadow;

mod berry;
mod grass;
mod pebble;
mod petal;
mod strip;
mod twig;

mod boxes;
mod compose;
mod distractor;
mod ground;
mod ground_kind;
mod litter;
mod object;
mod scenes;

pub use distractor::{Distractor, DistractorKind};
pub use object::{Scene, SceneObject};
pub use scenes::Scenes;
