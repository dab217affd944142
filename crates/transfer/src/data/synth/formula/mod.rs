//! Pictures from formulas: things of many shapes and textures on grounds of many kinds, to pretrain a net on.

mod shape;
mod texture;

mod surface;

mod camera;
mod ground;
mod thing;

mod picture;

mod formulas;

pub use formulas::Formulas;
pub use picture::{QUESTIONS, Question};
