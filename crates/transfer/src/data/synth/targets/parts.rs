//! Which part of a leaf each pixel shows.

use image::{GrayImage, Luma};
use tiny_skia::Transform;

use super::super::growth::Leaf;
use super::super::silhouette::{SOLID, Silhouette};

/// What a pixel of a leaf's picture shows; its number is the pixel's value in [`LeafTargets::parts`](super::LeafTargets).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LeafPart {
    /// What the leaf lies on, its shadow too.
    Ground = 0,
    /// A blade's skin between the veins.
    Blade = 1,
    /// A vein, at least a pixel wide.
    Vein = 2,
    /// The stalk and, in a compound leaf, the axis, where no blade covers them.
    Stalk = 3,
}

impl LeafPart {
    /// All parts, by their numbers.
    pub const ALL: [Self; 4] = [Self::Ground, Self::Blade, Self::Vein, Self::Stalk];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ground => "ground",
            Self::Blade => "blade",
            Self::Vein => "vein",
            Self::Stalk => "stalk",
        }
    }
}

/// The map of a leaf's parts, drawn in the order in which the picture is: the stalk, then each blade and its veins.
pub(super) fn map(leaf: &Leaf, to_pixels: Transform, size: u32) -> GrayImage {
    let mut map = GrayImage::new(size, size);
    if let Some(stalk) = Silhouette::of(leaf.stalk_outline(to_pixels).into_iter().collect()) {
        mark(&mut map, &stalk, LeafPart::Stalk, |_, _| true);
    }
    let outlines = leaf.blade_outlines(to_pixels);
    for ((blade, place), outline) in leaf.blades.iter().zip(outlines) {
        let Some(cover) = outline.and_then(|outline| Silhouette::of(vec![outline])) else {
            continue;
        };
        mark(&mut map, &cover, LeafPart::Blade, |_, _| true);
        let place = place.post_concat(to_pixels);
        if let Some(veins) = Silhouette::of(blade.vein_outlines(place).collect()) {
            let within = |column, row| cover.at(column, row) >= SOLID;
            mark(&mut map, &veins, LeafPart::Vein, within);
        }
    }
    map
}

fn mark(map: &mut GrayImage, of: &Silhouette, part: LeafPart, within: impl Fn(i32, i32) -> bool) {
    let size = map.width() as i32;
    for [column, row] in of.pixels() {
        let inside = (0..size).contains(&column) && (0..size).contains(&row);
        if inside && within(column, row) {
            map.put_pixel(column as u32, row as u32, Luma([part as u8]));
        }
    }
}
