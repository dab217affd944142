//! The pictures from formulas as a data set.

use image::RgbImage;

use super::picture::{Plan, QUESTIONS};
use crate::Result;
use crate::data::Dataset;

/// Pictures from formulas to pretrain a net on: things of 192 shapes and 96 textures, on grounds of many kinds. Drawn when
/// they are asked for; the label is the number of the main thing's shape, the targets are the answers to all
/// [`QUESTIONS`], as numbers.
///
/// **What.** Each picture shows one main thing on a ground, with up to three others behind it. Shapes are waves on
/// circles, polygons and stars, creatures of body, head and limbs, machines of boxes and wheels, branching plants;
/// textures are clouds, stripes, spots, cells, bricks, weaves. A shape's or texture's number fixes how it is built; each
/// exemplar varies it, and its colours, pose, size and light are drawn anew. Nothing depicts a real object, and no
/// photograph was used.
///
/// **How.** A plan is drawn at random (SplitMix64), then painted: the ground per pixel from noise and waves, things as
/// anti-aliased outlines (tiny-skia) with shading as if round, a shadow, at last focus, vignette, white balance and
/// sensor noise. Everything follows from `(index, seed)`.
///
/// **Why.** Formula-driven supervision (Kataoka et al., "Pre-training without Natural Images", ACCV 2020) gets labels for
/// free from the process that makes a picture. One label for each picture, as there, teaches a small net little: it finds
/// the one cue that tells its classes apart. So each picture here comes with the answers to ten [`QUESTIONS`]: shape,
/// texture, colours, layout and size, for the thing and for the ground; a net that answers them all has to keep what
/// photographs are told apart by, too.
///
/// **Limits.** Creatures, vehicles and plants are in it because photographs show such things: the kinds were chosen by
/// people who know them. Scenes are shallow, materials plain, and there are no faces, letters or interiors. Numbers of
/// other processors may differ in the last digit, and a pixel by a level.
///
/// ```
/// use transfer::data::Dataset;
/// use transfer::data::synth::{Formulas, QUESTIONS};
///
/// # fn main() -> transfer::Result<()> {
/// let pictures = Formulas::new(100, 64, 0);
/// assert_eq!(pictures.picture(7)?.dimensions(), (64, 64));
/// for (question, answer) in QUESTIONS.iter().zip(pictures.targets(7)) {
///     println!("{}: {answer} of {}", question.name, question.answers);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Formulas {
    answers: Vec<[f32; QUESTIONS.len()]>,
    classes: Vec<String>,
    size: u32,
    seed: u64,
}

impl Formulas {
    /// `len` pictures, `size` pixels square. Another seed gives other pictures of the same shapes and textures.
    ///
    /// # Panics
    ///
    /// `size` is 0.
    #[must_use]
    pub fn new(len: usize, size: u32, seed: u64) -> Self {
        assert!(size > 0, "a picture has at least one pixel");
        let answers = |index| Plan::of(index, seed).answers().map(|answer| answer as f32);
        Self {
            answers: (0..len as u64).map(answers).collect(),
            classes: (0..QUESTIONS[0].answers)
                .map(|shape| format!("shape {shape:03}"))
                .collect(),
            size,
            seed,
        }
    }
}

impl Dataset for Formulas {
    fn len(&self) -> usize {
        self.answers.len()
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn label(&self, index: usize) -> usize {
        self.answers[index][0] as usize
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        Ok(Plan::of(index as u64, self.seed).paint(self.size))
    }

    fn targets(&self, index: usize) -> &[f32] {
        &self.answers[index]
    }
}
