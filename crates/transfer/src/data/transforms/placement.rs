//! Where a transform puts what a picture shows.

use super::cut::random_part;
use super::functional::Rect;
use super::step::Step;
use super::{Draw, Transform};
use crate::data::rng::Rng;
use crate::{Error, Result};

/// Columns and rows of a picture, each times a factor (negative where left and right are turned over) and moved: where a transform puts them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    scale: [f64; 2],
    shift: [f64; 2],
    size: [u32; 2],
}

/// A box behind a transform.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedBox {
    /// Left, top, right, bottom in pixels of the result, and inside it.
    pub bounds: [f32; 4],
    /// Which part of its area is still in the picture: from 0, outside, to 1.
    pub visible: f32,
}

impl Placement {
    /// As it is: of a picture of so many columns and rows.
    #[must_use]
    pub fn identity((width, height): (u32, u32)) -> Self {
        Self {
            scale: [1.0; 2],
            shift: [0.0; 2],
            size: [width, height],
        }
    }

    /// Columns and rows of the result.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        (self.size[0], self.size[1])
    }

    /// Where a box (left, top, right, bottom in pixels of the picture) comes to lie, without what lies outside the result.
    #[must_use]
    pub fn place(&self, bounds: [f32; 4]) -> PlacedBox {
        let moved = |side: usize| {
            let ends = [bounds[side], bounds[side + 2]];
            let ends = ends.map(|end| f64::from(end) * self.scale[side] + self.shift[side]);
            [ends[0].min(ends[1]), ends[0].max(ends[1])]
        };
        let whole = [moved(0), moved(1)];
        let seen =
            [0, 1].map(|side| whole[side].map(|end| end.clamp(0.0, f64::from(self.size[side]))));
        let area = |[across, down]: [[f64; 2]; 2]| (across[1] - across[0]) * (down[1] - down[0]);
        let visible = if area(whole) > 0.0 {
            area(seen) / area(whole)
        } else {
            0.0
        };
        let [[left, right], [top, bottom]] = seen;
        PlacedBox {
            bounds: [left, top, right, bottom].map(|end| end as f32),
            visible: visible as f32,
        }
    }

    /// Where a box of the result was in the picture.
    #[must_use]
    pub fn back(&self, bounds: [f32; 4]) -> [f32; 4] {
        let moved = |side: usize| {
            let ends = [bounds[side], bounds[side + 2]];
            let ends = ends.map(|end| (f64::from(end) - self.shift[side]) / self.scale[side]);
            [ends[0].min(ends[1]), ends[0].max(ends[1])]
        };
        let [[left, right], [top, bottom]] = [moved(0), moved(1)];
        [left, top, right, bottom].map(|end| end as f32)
    }

    fn resized(self, (width, height): (u32, u32)) -> Self {
        let to = [width, height];
        let factor = [0, 1].map(|side| f64::from(to[side]) / f64::from(self.size[side].max(1)));
        Self {
            scale: [0, 1].map(|side| self.scale[side] * factor[side]),
            shift: [0, 1].map(|side| self.shift[side] * factor[side]),
            size: to,
        }
    }

    fn cut(self, rect: Rect) -> Self {
        let corner = [rect.left as f64, rect.top as f64];
        Self {
            shift: [0, 1].map(|side| self.shift[side] - corner[side]),
            size: [rect.width, rect.height],
            ..self
        }
    }

    /// With left and right turned over (0), or top and bottom (1).
    fn flipped(mut self, side: usize) -> Self {
        self.scale[side] = -self.scale[side];
        self.shift[side] = f64::from(self.size[side]) - self.shift[side];
        self
    }
}

impl Transform {
    /// Where the same draw puts what a picture of so many columns and rows shows: for boxes, which have to move with it.
    ///
    /// # Errors
    ///
    /// A step turns or shears the picture (`trivial_augment_wide`, `rand_augment`), which leaves no boxes; or as
    /// [`functional::resize`](super::functional::resize).
    pub fn placement(&self, size: (u32, u32), draw: Draw) -> Result<Placement> {
        let mut placed = Placement::identity(size);
        for (place, step) in self.steps.iter().enumerate() {
            let rng: &mut Rng = &mut draw.rng(place);
            placed = match *step {
                Step::Resize(size) => placed.resized(size.of(placed.size())?),
                Step::Cut(cut) => placed.cut(cut.rect(placed.size(), rng)),
                Step::RandomResizedCrop { size, scale, ratio } => {
                    let part = random_part(placed.size(), scale, ratio, rng);
                    placed.cut(part).resized((size, size))
                }
                Step::Fit(fit) => {
                    let (to, frame) = fit.of(placed.size(), rng)?;
                    placed.resized(to).cut(frame)
                }
                Step::HorizontalFlip => placed.flipped(0),
                Step::RandomHorizontalFlip(p) if rng.chance(p) => placed.flipped(0),
                Step::RandomVerticalFlip(p) if rng.chance(p) => placed.flipped(1),
                Step::RandomHorizontalFlip(_)
                | Step::RandomVerticalFlip(_)
                | Step::ColorJitter(_)
                | Step::RandomGrayscale(_) => placed,
                Step::TrivialAugmentWide | Step::RandAugment { .. } => {
                    let expected =
                        "steps that boxes can follow: resizing, cutting, flipping, colours";
                    return Err(Error::argument("transform of boxes", expected, step));
                }
            };
        }
        Ok(placed)
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::data::ColorJitter;

    /// The box of what is bright.
    fn bright(picture: &RgbImage) -> [f32; 4] {
        let mut found = [f32::INFINITY, f32::INFINITY, 0.0, 0.0];
        for (x, y, pixel) in picture.enumerate_pixels() {
            if pixel.0[1] > 127 {
                let (x, y) = (x as f32, y as f32);
                found = [
                    found[0].min(x),
                    found[1].min(y),
                    found[2].max(x + 1.0),
                    found[3].max(y + 1.0),
                ];
            }
        }
        found
    }

    #[test]
    fn boxes_go_where_the_pixels_go() {
        let bounds = [30.0, 20.0, 70.0, 44.0];
        let mut picture = RgbImage::new(96, 64);
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            if (30..70).contains(&x) && (20..44).contains(&y) {
                *pixel = Rgb([255; 3]);
            }
        }
        let jitter = ColorJitter::default();
        let chains = [
            Transform::new(),
            Transform::new().resize(32),
            Transform::new()
                .resize_to(50, 120)
                .random_horizontal_flip(0.5),
            Transform::new().resize(80).center_crop(60),
            Transform::new().horizontal_flip().random_crop(56, 6),
            Transform::new()
                .random_resized_crop_with(48, [0.5, 1.0], [0.8, 1.25])
                .random_horizontal_flip(0.5),
            Transform::new().letterbox(64, 64),
            Transform::new()
                .letterbox(200, 150)
                .random_vertical_flip(0.5),
            Transform::new()
                .scale_jitter(64, 96, [0.5, 2.0])
                .random_vertical_flip(0.5),
            Transform::new()
                .random_crop(140, 0)
                .resize_to(70, 70)
                .color_jitter(jitter),
        ];
        for chain in chains {
            for index in 0..12 {
                let draw = Draw {
                    seed: 3,
                    epoch: 1,
                    index,
                };
                let shown = chain.picture_drawn(&picture, draw).unwrap();
                let placement = chain.placement(picture.dimensions(), draw).unwrap();
                assert_eq!(shown.dimensions(), placement.size(), "{chain}");
                let placed = placement.place(bounds);
                let seen = bright(&shown);
                for (found, expected) in seen.iter().zip(placed.bounds) {
                    assert!(
                        (found - expected).abs() <= 1.01,
                        "{chain}, {index}: {seen:?} and not {placed:?}"
                    );
                }
                if placed.visible == 1.0 {
                    let back = placement.back(placed.bounds);
                    assert!(
                        back.iter()
                            .zip(bounds)
                            .all(|(back, was)| (back - was).abs() < 1e-3),
                        "{back:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_cut_off_is_known() {
        let half = Transform::new()
            .center_crop(10)
            .placement((20, 10), Draw::default())
            .unwrap();
        let placed = half.place([0.0, 0.0, 10.0, 10.0]);
        assert_eq!(
            (placed.bounds, placed.visible),
            ([0.0, 0.0, 5.0, 10.0], 0.5)
        );
        assert_eq!(half.place([16.0, 0.0, 20.0, 5.0]).visible, 0.0);
        let turned = Transform::new().trivial_augment_wide();
        let said = turned
            .placement((20, 10), Draw::default())
            .unwrap_err()
            .to_string();
        assert!(said.contains("TrivialAugmentWide"), "{said}");
        for frame in [
            Transform::new().letterbox(0, 20),
            Transform::new().scale_jitter(20, 20, [2.0, 0.5]),
            Transform::new().scale_jitter(20, 20, [0.0, 0.5]),
            Transform::new().scale_jitter(20, 20, [f32::NAN, 0.5]),
        ] {
            assert!(
                frame.placement((20, 10), Draw::default()).is_err(),
                "{frame}"
            );
            assert!(frame.picture(&RgbImage::new(20, 10)).is_err(), "{frame}");
        }
    }
}
