//! A leaf of a scene: turned any way, in any size, and maybe half out of the picture.

use tiny_skia::Transform;

use super::super::domain::Photo;
use super::super::growth::Leaf;
use super::super::growth::Point;
use super::super::silhouette::Silhouette;
use super::super::species::Species;
use super::piece::Piece;
use crate::data::rng::Rng;

/// A leaf in its place.
pub(super) struct LyingLeaf<'a> {
    species: &'a Species,
    leaf: Leaf,
    to_pixels: Transform,
    height: f32,
    /// What its colours are drawn from.
    rng: Rng,
}

impl<'a> LyingLeaf<'a> {
    /// A leaf whose blades' larger extent is `length` pixels.
    pub(super) fn new(species: &'a Species, middle: Point, length: f32, rng: &mut Rng) -> Self {
        let leaf = Leaf::grow(species, rng);
        let scale = length / leaf.extent;
        let (turn, tilt) = (rng.range(0.0, 360.0), rng.range(0.0, 180.0));
        // As much as a leaf that lies askew is foreshortened.
        let squash = 1.0 - 0.35 * rng.unit() * rng.unit();
        let to_pixels = Transform::from_translate(-leaf.middle[0], -leaf.middle[1])
            .post_concat(Transform::from_rotate(turn))
            .post_concat(Transform::from_rotate(tilt))
            // Turned over once, since pixels count downwards.
            .post_concat(Transform::from_scale(scale, -scale * squash))
            .post_concat(Transform::from_rotate(-tilt))
            .post_translate(middle[0], middle[1]);
        Self {
            species,
            leaf,
            to_pixels,
            height: length * rng.range(0.02, 0.06),
            rng: Rng::new(rng.next(), &[]),
        }
    }
}

impl Piece for LyingLeaf<'_> {
    fn silhouette(&self) -> Option<Silhouette> {
        let blades = self.leaf.blade_outlines(self.to_pixels);
        let stalk = self.leaf.stalk_outline(self.to_pixels);
        Silhouette::of(blades.flatten().chain(stalk).collect())
    }

    fn height(&self) -> f32 {
        self.height
    }

    fn paint(&self, photo: &mut Photo, _: &Silhouette) {
        let mut rng = self.rng.clone();
        photo.lay_flat(self.species, &self.leaf, self.to_pixels, &mut rng);
    }
}
