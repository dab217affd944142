//! A scene's picture, and what is in it.

use image::{GrayImage, Luma, RgbImage};

use super::Distractor;
use super::draft::{Draft, Kind};
use crate::data::rng::Rng;

/// A picture of several leaves, and where each of them is.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// The picture, square.
    pub picture: RgbImage,
    /// The leaves, from the lowest to the topmost.
    pub objects: Vec<SceneObject>,
    /// What else lies there.
    pub distractors: Vec<Distractor>,
    /// The visible part of each leaf: a pixel is 1 + the position in `objects` of the leaf that is seen there, 0 where
    /// none is. What a leaf covers by less than a half is not its own.
    pub instances: GrayImage,
}

/// A leaf of a scene.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SceneObject {
    /// Its species: a position in [`Scenes::classes`](super::Scenes::classes).
    pub label: usize,
    /// The extent of what is seen of it, `[x_min, y_min, x_max, y_max]` in pixels: the first column and row, and
    /// those after the last.
    pub bbox: [f32; 4],
    /// The extent of the whole leaf, also of what other things hide and what is beyond the picture's edges.
    pub whole: [f32; 4],
    /// How many pixels of it are seen.
    pub area: usize,
    /// That in parts of the whole leaf's pixels, beyond the picture's edges too: 1 where it is all seen.
    pub visible_share: f32,
}

impl SceneObject {
    /// Whether it reaches beyond the edges of a picture of `size` pixels.
    #[must_use]
    pub fn is_truncated(&self, size: u32) -> bool {
        let [left, top, right, bottom] = self.whole;
        left.min(top) < 0.0 || right.max(bottom) > size as f32
    }
}

impl Scene {
    /// The visible part of a leaf: 255 where it is seen, 0 elsewhere.
    ///
    /// # Panics
    ///
    /// `object` is not a position in [`objects`](Self::objects).
    #[must_use]
    pub fn mask(&self, object: usize) -> GrayImage {
        assert!(object < self.objects.len(), "a mask is an object's");
        let (width, height) = self.instances.dimensions();
        GrayImage::from_fn(width, height, |x, y| {
            let seen = usize::from(self.instances.get_pixel(x, y).0[0]) == object + 1;
            Luma([if seen { 255 } else { 0 }])
        })
    }
}

impl Draft {
    /// Takes the picture, and notes what is seen on it.
    pub(super) fn develop(self, rng: &mut Rng) -> Scene {
        let size = self.photo.canvas.size;
        // Area and extent of what is seen of each layer.
        let mut seen = vec![(0usize, [u32::MAX, u32::MAX, 0, 0]); self.layers.len()];
        for (at, owner) in self.owners.iter().enumerate() {
            let Some(layer) = usize::from(*owner).checked_sub(1) else {
                continue;
            };
            let (column, row) = ((at % size) as u32, (at / size) as u32);
            let (area, [left, top, right, bottom]) = &mut seen[layer];
            *area += 1;
            (*left, *top) = ((*left).min(column), (*top).min(row));
            (*right, *bottom) = ((*right).max(column + 1), (*bottom).max(row + 1));
        }
        let (mut objects, mut distractors) = (Vec::new(), Vec::new());
        let mut numbers = vec![0u8; self.layers.len() + 1];
        for (number, (layer, (area, extent))) in self.layers.iter().zip(seen).enumerate() {
            let bbox = extent.map(|value| value as f32);
            match layer.kind {
                Kind::Object(label) => {
                    objects.push(SceneObject {
                        label,
                        bbox,
                        whole: layer.whole.map(|value| value as f32),
                        area,
                        visible_share: area as f32 / layer.area as f32,
                    });
                    numbers[number + 1] = objects.len() as u8;
                }
                // One that is hidden altogether is not there.
                Kind::Distractor(kind) if area > 0 => distractors.push(Distractor { kind, bbox }),
                Kind::Distractor(_) => {}
            }
        }
        let owners = self.owners.iter();
        let instances = owners.map(|owner| numbers[usize::from(*owner)]).collect();
        let side = size as u32;
        Scene {
            picture: self.photo.develop(rng),
            objects,
            distractors,
            instances: GrayImage::from_raw(side, side, instances).expect("a byte per pixel"),
        }
    }
}
