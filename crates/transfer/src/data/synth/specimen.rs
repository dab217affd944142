//! One leaf and how it lies, before any domain gives it a look.

use tiny_skia::Transform;

use super::growth::Leaf;
use super::species::Species;
use crate::data::rng::Rng;

/// A leaf of a species and its pose: what the pictures of all domains have in common for the same species, number
/// and seed.
#[derive(Debug)]
pub struct Specimen {
    pub(crate) leaf: Leaf,
    pub(crate) pose: Pose,
}

/// Where the leaf lies: the tip more or less up (seldom more than 60 degrees off), foreshortened, somewhere near the
/// middle. Lengths are in parts of the picture's side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pose {
    /// The leaf's larger extent, without the stalk.
    pub(crate) extent: f32,
    /// Degrees clockwise from upright.
    pub(crate) turn: f32,
    /// The direction that foreshortening keeps, in degrees, and what it leaves of the other.
    pub(crate) tilt: f32,
    pub(crate) squash: f32,
    /// From the middle of the picture.
    pub(crate) drift: [f32; 2],
}

impl Specimen {
    /// Grows the leaf with that number and lays it down.
    #[must_use]
    pub fn grow(species: &Species, index: u64, seed: u64) -> Self {
        let mut rng = Rng::new(seed, &[species.key(), index]);
        let leaf = Leaf::grow(species, &mut rng);
        let pose = Pose {
            extent: rng.range(0.70, 0.96),
            turn: 28.0 * rng.bell(),
            tilt: rng.range(0.0, 180.0),
            squash: rng.range(0.82, 1.0),
            drift: [0.045 * rng.bell(), 0.045 * rng.bell()],
        };
        Self { leaf, pose }
    }

    /// From the leaf's frame to the pixels of a picture of that size.
    pub(crate) fn to_pixels(&self, size: u32) -> Transform {
        let size = size as f32;
        let Pose {
            extent,
            turn,
            tilt,
            squash,
            drift,
        } = self.pose;
        let scale = size * extent / self.leaf.extent;
        Transform::from_translate(-self.leaf.middle[0], -self.leaf.middle[1])
            .post_concat(Transform::from_rotate(180.0 + turn))
            .post_concat(Transform::from_rotate(tilt))
            .post_concat(Transform::from_scale(scale, scale * squash))
            .post_concat(Transform::from_rotate(-tilt))
            .post_translate(size * (0.5 + drift[0]), size * (0.5 + drift[1]))
    }
}
