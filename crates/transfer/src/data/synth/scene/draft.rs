//! A scene in the making: things are laid down one after the other, and hide what is below them.

use super::super::domain::Photo;
use super::piece::Piece;
use super::shadow;
use crate::data::rng::Rng;

/// What a layer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An object, with its label.
    Object(usize),
    /// Something else, of [`super::DistractorKind`].
    Distractor(super::DistractorKind),
}

/// Something that has been laid down.
pub(super) struct Layer {
    pub(super) kind: Kind,
    /// The extent of the whole, `[x_min, y_min, x_max, y_max]`; the picture may end before it does.
    pub(super) whole: [i32; 4],
    /// How many pixels the whole has.
    pub(super) area: usize,
    /// How many of them are seen so far.
    visible: usize,
}

/// A scene in the making.
pub(super) struct Draft {
    pub(super) photo: Photo,
    /// Per pixel: 0 for the ground, or 1 + the number of the topmost layer.
    pub(super) owners: Vec<u8>,
    pub(super) layers: Vec<Layer>,
    /// How dark shadows are.
    depth: f32,
    /// What has to stay visible of an object, 0 to 1.
    min_visible: f32,
}

impl Draft {
    pub(super) fn new(photo: Photo, min_visible: f32, rng: &mut Rng) -> Self {
        Self {
            owners: vec![0; photo.canvas.size * photo.canvas.size],
            photo,
            layers: Vec::new(),
            depth: rng.range(0.35, 0.65),
            min_visible,
        }
    }

    /// Lays a thing on top, unless too little of it would be seen, or of an object below it.
    pub(super) fn lay(&mut self, piece: &dyn Piece, kind: Kind) -> bool {
        let Some(silhouette) = piece.silhouette() else {
            return false;
        };
        let mut hidden = vec![0usize; self.layers.len()];
        let (mut inside, area) = (Vec::new(), silhouette.area());
        let mut whole = [i32::MAX, i32::MAX, i32::MIN, i32::MIN];
        for [column, row] in silhouette.pixels() {
            let [left, top, right, bottom] = whole;
            whole = [
                left.min(column),
                top.min(row),
                right.max(column + 1),
                bottom.max(row + 1),
            ];
            let Some(at) = self.position(column, row) else {
                continue;
            };
            inside.push(at);
            if let Some(owner) = usize::from(self.owners[at]).checked_sub(1) {
                hidden[owner] += 1;
            }
        }
        let enough = |visible: usize, area: usize| {
            visible > 0 && visible as f32 >= self.min_visible * area as f32
        };
        let mut layers = self.layers.iter().zip(&hidden);
        let below = layers.all(|(layer, hidden)| {
            let object = matches!(layer.kind, Kind::Object(_));
            !object || *hidden == 0 || enough(layer.visible - hidden, layer.area)
        });
        let object = matches!(kind, Kind::Object(_));
        if !below || inside.is_empty() || object && !enough(inside.len(), area) {
            return false;
        }
        for (layer, hidden) in self.layers.iter_mut().zip(hidden) {
            layer.visible -= hidden;
        }
        let number = self.layers.len() as u8 + 1;
        inside.iter().for_each(|&at| self.owners[at] = number);
        self.layers.push(Layer {
            kind,
            whole,
            area,
            visible: inside.len(),
        });
        shadow::cast(&mut self.photo, &silhouette, piece.height(), self.depth);
        piece.paint(&mut self.photo, &silhouette);
        true
    }

    fn position(&self, column: i32, row: i32) -> Option<usize> {
        let size = self.photo.canvas.size as i32;
        let inside = (0..size).contains(&column) && (0..size).contains(&row);
        inside.then(|| (row * size + column) as usize)
    }
}
