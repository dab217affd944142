//! Where everything of a scene lies.

use std::f32::consts::TAU;

use super::super::domain::Photo;
use super::super::growth::Point;
use super::draft::{Draft, Kind};
use super::lying::LyingLeaf;
use super::{DistractorKind, Scene, Scenes, ground};
use crate::data::rng::Rng;

/// How often a place is looked for.
const TRIES: usize = 12;

/// Draws the scene with that number.
pub(super) fn compose(scenes: &Scenes, index: u64) -> Scene {
    let stream = |number| Rng::new(scenes.seed, &[0x5CE4E, index, number]);
    // The photograph's own numbers do not depend on what is in it.
    let (mut rng, mut camera) = (stream(0), stream(1));
    let mut photo = Photo::bare(scenes.size, rng.range(0.0, TAU));
    ground::lay(&mut photo, &mut rng);
    let mut draft = Draft::new(photo, scenes.min_visible, &mut rng);
    let objects = draw(&scenes.objects, &mut rng);
    let distractors = draw(&scenes.distractors, &mut rng);
    // From the lowest to the topmost; none is a leaf.
    let mut order: Vec<(f32, Option<DistractorKind>)> = Vec::new();
    order.extend((0..objects).map(|_| (rng.unit(), None)));
    order.extend((0..distractors).map(|_| {
        let kind = DistractorKind::ALL[rng.below(DistractorKind::ALL.len())];
        (rng.unit() + kind.rank(), Some(kind))
    }));
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = scenes.size as f32;
    let mut leaves: Vec<(Point, f32)> = Vec::new();
    for (_, kind) in order {
        match kind {
            Some(kind) => {
                for _ in 0..TRIES {
                    let middle = [0, 1].map(|_| size * rng.unit());
                    let piece = kind.piece(middle, size, &mut rng);
                    if draft.lay(&*piece, Kind::Distractor(kind)) {
                        break;
                    }
                }
            }
            None => {
                let label = rng.below(scenes.species.len());
                for _ in 0..TRIES {
                    // As many from small to half that size as from there to large.
                    let (small, large) = (scenes.lengths.start(), scenes.lengths.end());
                    let length = size * small * (large / small).powf(rng.unit());
                    let middle = place(&leaves, length, size, &mut rng);
                    let leaf = LyingLeaf::new(&scenes.species[label], middle, length, &mut rng);
                    if draft.lay(&leaf, Kind::Object(label)) {
                        leaves.push((middle, length));
                        break;
                    }
                }
            }
        }
    }
    draft.develop(&mut camera)
}

/// A place for a leaf: anywhere, or half on one that lies there already.
fn place(leaves: &[(Point, f32)], length: f32, size: f32, rng: &mut Rng) -> Point {
    if leaves.is_empty() || rng.chance(0.5) {
        return [0, 1].map(|_| size * rng.range(0.06, 0.94));
    }
    let ([x, y], other) = leaves[rng.below(leaves.len())];
    let (away, angle) = (
        0.5 * (length + other) * rng.range(0.35, 0.8),
        rng.range(0.0, TAU),
    );
    [x + away * angle.cos(), y + away * angle.sin()]
}

/// A number of the range, each as likely.
fn draw(range: &std::ops::RangeInclusive<usize>, rng: &mut Rng) -> usize {
    range.start() + rng.below(range.end() - range.start() + 1)
}
