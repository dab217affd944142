//! A blade as it lies in a picture.

use tiny_skia::{FillRule, Mask, Path, Transform};

use super::canvas::{Canvas, closed, curve};
use super::colour::Colour;
use super::growth::{Blade, Leaf, Place, Point};

/// A blade in its place: which pixels it covers, and where on it each of them is.
pub(crate) struct Laid<'a> {
    pub(crate) blade: &'a Blade,
    pub(crate) path: Path,
    /// From the blade's frame to pixels,
    pub(crate) place: Transform,
    /// and back.
    back: Transform,
    pub(crate) mask: Mask,
    bounds: [usize; 4],
}

impl<'a> Laid<'a> {
    /// All blades of a leaf, the lowest first.
    pub(crate) fn all(leaf: &'a Leaf, to_pixels: Transform, size: usize) -> Vec<Self> {
        leaf.blades
            .iter()
            .filter_map(|(blade, place)| Self::new(blade, place.post_concat(to_pixels), size))
            .collect()
    }

    fn new(blade: &'a Blade, place: Transform, size: usize) -> Option<Self> {
        let path = closed(&blade.outline)?;
        let mut mask = Mask::new(size as u32, size as u32)?;
        mask.fill_path(&path, FillRule::Winding, true, place);
        let bounds = path.clone().transform(place)?.bounds();
        let pixel = |value: f32| value.clamp(0.0, size as f32 - 1.0) as usize;
        Some(Self {
            blade,
            path,
            place,
            back: place.invert()?,
            mask,
            bounds: [
                pixel(bounds.left()),
                pixel(bounds.top()),
                pixel(bounds.right()),
                pixel(bounds.bottom()),
            ],
        })
    }

    /// Pixels per length of the blade.
    pub(crate) fn scale(&self) -> f32 {
        let (sx, sy) = self.place.get_scale();
        sx.max(sy)
    }

    /// A direction of the picture in the blade's frame, of length 1.
    pub(crate) fn direction(&self, [x, y]: Point) -> Point {
        let back = self.back;
        let (u, v) = (back.sx * x + back.kx * y, back.ky * x + back.sy * y);
        let length = (u * u + v * v).sqrt().max(1e-6);
        [u / length, v / length]
    }

    /// Paints the pixels it covers: `colour` is told the place on the blade, column and row, and what is below.
    pub(crate) fn paint(
        &self,
        canvas: &mut Canvas,
        mut colour: impl FnMut(Place, [f32; 2], Colour) -> Colour,
    ) {
        canvas.change_in(&self.mask, self.bounds, |column, row, below| {
            let at = [column as f32 + 0.5, row as f32 + 0.5];
            let mut point = tiny_skia::Point::from_xy(at[0], at[1]);
            self.back.map_point(&mut point);
            colour(self.blade.place([point.x, point.y]), at, below)
        });
    }

    /// Draws its veins, `width` times as wide as they are, in a colour and an opacity, inside the blade.
    pub(crate) fn veins(&self, canvas: &mut Canvas, ink: (Colour, f32), width: f32, least: f32) {
        for vein in &self.blade.veins {
            if let Some(path) = curve(&vein.points) {
                let width = (vein.width * width, least);
                canvas.stroke(&path, ink, width, self.place, Some(&self.mask));
            }
        }
    }
}

/// A soft mask of some blades, moved by `away` pixels: their shadow.
pub(crate) fn shadow(blades: &[Laid], away: Point, radius: usize, size: usize) -> Vec<u8> {
    let mut mask = Mask::new(size as u32, size as u32).expect("a picture has at least one pixel");
    for laid in blades {
        let place = laid.place.post_translate(away[0], away[1]);
        mask.fill_path(&laid.path, FillRule::Winding, true, place);
    }
    super::canvas::blurred(mask.data(), size, radius)
}
