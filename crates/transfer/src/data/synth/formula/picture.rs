//! A picture from formulas: a ground, things on it, light, a camera; and what is in it, in numbers.

use image::RgbImage;
use tiny_skia::Pixmap;

use super::camera::develop;
use super::ground::{Ground, LAYOUTS};
use super::shape::{self, SHAPES};
use super::surface::{BINS, bin};
use super::texture::{self, TEXTURES};
use super::thing::Thing;
use crate::data::rng::Rng;

/// Sizes of the main thing, told apart by fifths.
const SIZES: usize = 5;
/// None to three things behind the main one.
const OTHERS: usize = 4;
/// How large the main thing is, in parts of the picture.
const SCALE: [f32; 2] = [0.45, 1.1];

/// A question about a picture, and how many answers there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub name: &'static str,
    /// How many answers there are; they are numbered from 0.
    pub answers: usize,
}

const fn question(name: &'static str, answers: usize) -> Question {
    Question { name, answers }
}

/// What [`Formulas`](super::Formulas) knows of each of its pictures, in the order of its targets.
pub const QUESTIONS: [Question; 10] = [
    question("shape", SHAPES),
    question("kind of shape", shape::KINDS),
    question("texture", TEXTURES),
    question("kind of texture", texture::KINDS),
    question("texture of the ground", TEXTURES),
    question("layout of the ground", LAYOUTS),
    question("colour", BINS),
    question("colour of the ground", BINS),
    question("size", SIZES),
    question("things behind it", OTHERS),
];

/// Everything that is drawn at random, before anything is painted.
#[derive(Debug)]
pub(super) struct Plan {
    ground: Ground,
    /// From the back to the front; the last is the main one.
    things: Vec<Thing>,
    light: [f32; 2],
    rng: Rng,
}

impl Plan {
    /// The plan of the picture with that number.
    pub(super) fn of(index: u64, seed: u64) -> Self {
        let mut rng = Rng::new(seed, &[index]);
        let ground = Ground::drawn(&mut rng);
        let others = [0, 0, 1, 1, 2, 3][rng.below(6)];
        let mut things: Vec<Thing> = (0..others)
            .map(|_| {
                let place = [rng.unit(), rng.unit()];
                let scale = rng.range(0.15, 0.5);
                Thing::drawn(place, scale, &mut rng)
            })
            .collect();
        let place = [0.5 + 0.1 * rng.bell(), 0.5 + 0.1 * rng.bell()];
        let scale = rng.range(SCALE[0], SCALE[1]);
        things.push(Thing::drawn(place, scale, &mut rng));
        // From above, from the left to the right.
        let angle = rng.range(-std::f32::consts::PI, 0.0);
        Self {
            ground,
            things,
            light: [angle.cos(), angle.sin()],
            rng,
        }
    }

    /// The answers to the questions.
    pub(super) fn answers(&self) -> [usize; QUESTIONS.len()] {
        let (main, others) = self.things.split_last().expect("there is a main thing");
        let size = (main.scale - SCALE[0]) / (SCALE[1] - SCALE[0]);
        [
            main.shape,
            main.shape % shape::KINDS,
            main.texture,
            main.texture % texture::KINDS,
            self.ground.texture,
            self.ground.layout,
            bin(main.surface.middle()),
            bin(self.ground.first.middle()),
            ((size * SIZES as f32) as usize).min(SIZES - 1),
            others.len(),
        ]
    }

    /// The picture, `size` pixels square.
    pub(super) fn paint(mut self, size: u32) -> RgbImage {
        let mut canvas = Pixmap::new(size, size).expect("the size is positive");
        self.ground.paint(&mut canvas);
        for thing in &self.things {
            thing.paint(&mut canvas, self.light);
        }
        develop(canvas, &mut self.rng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_lie_within_their_questions_and_all_occur() {
        let mut seen: Vec<Vec<usize>> =
            QUESTIONS.map(|question| vec![0; question.answers]).to_vec();
        for index in 0..4000 {
            for (counts, answer) in seen.iter_mut().zip(Plan::of(index, 3).answers()) {
                counts[answer] += 1;
            }
        }
        for (counts, question) in seen.iter().zip(QUESTIONS) {
            let never = counts.iter().filter(|count| **count == 0).count();
            assert_eq!(never, 0, "answers to {:?} that never occur", question.name);
        }
    }

    #[test]
    fn a_picture_is_a_function_of_its_number_and_seed() {
        let picture = |index, seed| Plan::of(index, seed).paint(24);
        assert_eq!(picture(5, 1), picture(5, 1));
        assert_ne!(picture(5, 1), picture(6, 1));
        assert_ne!(picture(5, 1), picture(5, 2));
        assert_eq!(Plan::of(0, 0).paint(1).dimensions(), (1, 1));
    }
}
