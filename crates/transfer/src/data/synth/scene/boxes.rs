//! Scenes as data for detectors and for maps of classes.

use image::{GrayImage, Luma};

use super::{Scene, Scenes};
use crate::Result;
use crate::data::parallel::in_parallel;
use crate::data::{BoxLabel, BoxesInMemory};

impl Scene {
    /// The boxes of what is seen of the leaves; their areas are those of the leaves themselves.
    #[must_use]
    pub fn boxes(&self) -> Vec<BoxLabel> {
        let label = |leaf: &super::SceneObject| BoxLabel {
            area: Some(leaf.area as f32),
            ..BoxLabel::new(leaf.bbox, leaf.label)
        };
        self.objects.iter().map(label).collect()
    }

    /// What each pixel belongs to: 0 the ground and everything that is no leaf, 1 + a species' label its leaves.
    ///
    /// # Panics
    ///
    /// A label is above 254: there is a byte for a pixel.
    #[must_use]
    pub fn class_map(&self) -> GrayImage {
        let (width, height) = self.instances.dimensions();
        GrayImage::from_fn(width, height, |column, row| {
            let owner = usize::from(self.instances.get_pixel(column, row).0[0]);
            let label = owner
                .checked_sub(1)
                .map(|leaf| self.objects[leaf].label + 1);
            Luma([u8::try_from(label.unwrap_or(0)).expect("255 species or fewer")])
        })
    }
}

impl Scenes {
    /// Draws all scenes, on all cores, with the boxes of their leaves: what a [`BoxLoader`](crate::train::BoxLoader) takes.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn in_memory(&self) -> Result<BoxesInMemory> {
        let drawn = in_parallel(self.len(), |index| {
            let scene = self.scene(index);
            Ok((scene.boxes(), scene.picture))
        })?;
        let pictures = drawn.into_iter().map(|(boxes, picture)| (picture, boxes));
        BoxesInMemory::new(self.classes(), pictures.collect())
    }
}
