//! What lies among the leaves and is none.

use super::super::growth::Point;
use super::berry::Berries;
use super::grass::Grass;
use super::pebble::Pebble;
use super::petal::Petal;
use super::piece::Piece;
use super::twig::Twig;
use crate::data::rng::Rng;

/// A kind of thing that lies among the leaves of a scene, and that a detector should leave alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DistractorKind {
    /// A pebble.
    Pebble,
    /// A twig, with or without shoots.
    Twig,
    /// A petal: the most like a leaf.
    Petal,
    /// One to three berries.
    Berry,
    /// A blade of grass.
    Grass,
}

impl DistractorKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Pebble,
        Self::Twig,
        Self::Petal,
        Self::Berry,
        Self::Grass,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pebble => "pebble",
            Self::Twig => "twig",
            Self::Petal => "petal",
            Self::Berry => "berry",
            Self::Grass => "grass",
        }
    }

    /// How far up it tends to lie: what grows or falls last is on top.
    pub(super) fn rank(self) -> f32 {
        match self {
            Self::Pebble => -0.55,
            Self::Twig => -0.25,
            Self::Petal => 0.25,
            Self::Berry => 0.15,
            Self::Grass => 0.05,
        }
    }

    /// One of its kind, around that point of a picture of that size.
    pub(super) fn piece(self, middle: Point, size: f32, rng: &mut Rng) -> Box<dyn Piece> {
        match self {
            Self::Pebble => Box::new(Pebble::new(middle, size, rng)),
            Self::Twig => Box::new(Twig::new(middle, size, rng)),
            Self::Petal => Box::new(Petal::new(middle, size, rng)),
            Self::Berry => Box::new(Berries::new(middle, size, rng)),
            Self::Grass => Box::new(Grass::new(middle, size, rng)),
        }
    }
}

/// A thing among the leaves, and where it is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distractor {
    /// What it is.
    pub kind: DistractorKind,
    /// The extent of what is seen of it: `[x_min, y_min, x_max, y_max]` in pixels.
    pub bbox: [f32; 4],
}
