//! How leaves grow: margins, outlines, veins, leaflets. Nothing here knows of pictures.

mod blade;
mod hand;
mod leaf;
mod margin;
mod oval;
mod rim;

pub(crate) use blade::{Blade, Place, Point, Relief};
pub(crate) use leaf::Leaf;
