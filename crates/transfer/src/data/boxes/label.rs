//! One box: where it lies, and what is in it.

/// An object in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxLabel {
    /// `[left, top, right, bottom]` in pixels of the picture as [`BoxDataset::picture`](super::BoxDataset::picture)
    /// returns it, before any resizing. They are positions, not numbers of pixels: the left edge of the first pixel is
    /// 0, the right edge of the last one is the width, and `right - left` is the width of the box.
    pub bounds: [f32; 4],
    /// The class: a position in [`BoxDataset::classes`](super::BoxDataset::classes).
    pub class: usize,
    /// Whether the box is around many objects that nobody told apart (COCO's `iscrowd`): not to be learned from, and
    /// what a detector finds in it is neither right nor wrong.
    pub crowd: bool,
    /// Whether the object is hard to see (Pascal VOC's `difficult`): not counted when a detector is judged.
    pub difficult: bool,
    /// How many pixels the object itself covers, where the data say so (COCO's `area`, by which it tells small from
    /// large): no more than the box, as a rule.
    pub area: Option<f32>,
}

impl BoxLabel {
    /// A box around one object that is easy to see. `bounds` are `[left, top, right, bottom]` in pixels.
    #[must_use]
    pub fn new(bounds: [f32; 4], class: usize) -> Self {
        Self {
            bounds,
            class,
            crowd: false,
            difficult: false,
            area: None,
        }
    }

    /// The width of the box, in pixels.
    #[must_use]
    pub fn width(&self) -> f32 {
        self.bounds[2] - self.bounds[0]
    }

    /// The height of the box, in pixels.
    #[must_use]
    pub fn height(&self) -> f32 {
        self.bounds[3] - self.bounds[1]
    }
}
