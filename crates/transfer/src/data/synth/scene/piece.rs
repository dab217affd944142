//! What a scene is put together from.

use super::super::domain::Photo;
use super::super::growth::Point;
use super::super::silhouette::Silhouette;

/// A thing in its place, not drawn yet.
pub(super) trait Piece {
    /// What it covers.
    fn silhouette(&self) -> Option<Silhouette>;

    /// How far above the ground it is, in pixels: how far its shadow falls.
    fn height(&self) -> f32;

    /// Draws it without its shadow.
    fn paint(&self, photo: &mut Photo, cover: &Silhouette);
}

/// How much light a surface takes whose normal leans by `lean` (length 0 flat to 1 upright) in the picture's plane:
/// about 1 where it is flat.
pub(super) fn lit(lean: Point, light: Point) -> f32 {
    let up = (1.0 - lean[0] * lean[0] - lean[1] * lean[1])
        .max(0.0)
        .sqrt();
    0.42 + 0.58 * (up + 0.95 * (lean[0] * light[0] + lean[1] * light[1])).max(0.0)
}
