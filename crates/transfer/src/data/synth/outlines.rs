//! The parts of a leaf as closed outlines: what masks are filled from.

use tiny_skia::{LineCap, Path, Stroke, Transform};

use super::canvas::{closed, curve};
use super::growth::{Blade, Leaf};

/// The width in pixels of the thinnest line: wherever it runs, it covers a half of some pixel in each row or column.
const MIN_WIDTH: f32 = 1.2;

/// An outline in a frame of its own, and its way to the picture.
pub(super) type Placed = (Path, Transform);

impl Leaf {
    /// Each blade's outline, with `to_pixels` as the leaf's way to the picture; none where a blade has no extent.
    pub(super) fn blade_outlines(
        &self,
        to_pixels: Transform,
    ) -> impl Iterator<Item = Option<Placed>> {
        self.blades.iter().map(move |(blade, place)| {
            Some((closed(&blade.outline)?, place.post_concat(to_pixels)))
        })
    }

    /// The stalk's outline, so wide that it has no gaps where pixels are whole or none.
    pub(super) fn stalk_outline(&self, to_pixels: Transform) -> Option<Placed> {
        let unit = unit(to_pixels);
        let width = (0.028 * self.extent).max(MIN_WIDTH / unit);
        let path = curve(&self.stalk)?.stroke(&stroke(width), unit)?;
        Some((path, to_pixels))
    }
}

impl Blade {
    /// Its veins' outlines, so wide that they have no gaps, with `place` as the blade's way to the picture.
    pub(super) fn vein_outlines(&self, place: Transform) -> impl Iterator<Item = Placed> {
        let unit = unit(place);
        self.veins.iter().filter_map(move |vein| {
            let width = vein.width.max(MIN_WIDTH / unit);
            Some((curve(&vein.points)?.stroke(&stroke(width), unit)?, place))
        })
    }
}

/// How many pixels a length of 1 takes.
fn unit(place: Transform) -> f32 {
    place.get_scale().0.max(place.get_scale().1)
}

fn stroke(width: f32) -> Stroke {
    Stroke {
        width,
        line_cap: LineCap::Round,
        ..Default::default()
    }
}
