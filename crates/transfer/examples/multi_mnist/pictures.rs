//! MultiMNIST, made by the recipe of the authors of "Multi-Task Learning as Multi-Objective Optimization" (Sener and Koltun, NeurIPS 2018):
//! every digit of MNIST in the upper left of 36 × 36 pixels, another, drawn at random from the same set, six pixels further down and right, the
//! lighter of both in each pixel, and every picture brought to 28 × 28 by its nearest pixels.

use std::path::PathBuf;
use std::sync::Arc;

use transfer::data::{Dataset, RgbImage};
use transfer::{Error, Result};

const DIGIT: u32 = 28;
const CANVAS: u32 = 36;
const SHIFT: u32 = 6;

/// Two digits in each picture; its targets are the left one and the right one.
#[derive(Debug)]
pub(crate) struct Overlaid {
    digits: Arc<dyn Dataset>,
    pictures: Vec<RgbImage>,
    targets: Vec<[f32; 2]>,
}

impl Overlaid {
    /// Overlays every digit with another; which one follows from the seed.
    pub(crate) fn new(digits: Arc<dyn Dataset>, seed: u64) -> Result<Self> {
        let mut random = seed;
        let mut overlay = |left: usize| {
            // Knuth's constants, the upper bits: the same everywhere.
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let right = ((u128::from(random) * digits.len() as u128) >> 64) as usize;
            let (one, other) = (digits.picture(left)?, digits.picture(right)?);
            let from = |digit: &RgbImage, x: Option<u32>, y: Option<u32>| {
                let pixel = x.zip(y).and_then(|(x, y)| digit.get_pixel_checked(x, y));
                pixel.map_or([0; 3], |pixel| pixel.0)
            };
            let mut picture = RgbImage::new(DIGIT, DIGIT);
            for (column, row, pixel) in picture.enumerate_pixels_mut() {
                let nearest = |place: u32| (2 * place + 1) * CANVAS / (2 * DIGIT);
                let (x, y) = (nearest(column), nearest(row));
                let here = from(&one, Some(x), Some(y));
                let there = from(&other, x.checked_sub(SHIFT), y.checked_sub(SHIFT));
                pixel.0 = std::array::from_fn(|channel| here[channel].max(there[channel]));
            }
            let targets = [left, right].map(|digit| digits.label(digit) as f32);
            Ok((picture, targets))
        };
        let made: Vec<_> = (0..digits.len()).map(&mut overlay).collect::<Result<_>>()?;
        let (pictures, targets) = made.into_iter().unzip();
        Ok(Self {
            digits,
            pictures,
            targets,
        })
    }
}

impl Dataset for Overlaid {
    fn len(&self) -> usize {
        self.pictures.len()
    }

    fn classes(&self) -> &[String] {
        self.digits.classes()
    }

    fn label(&self, index: usize) -> usize {
        self.digits.label(index)
    }

    fn name(&self, index: usize) -> PathBuf {
        self.digits.name(index)
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        let found = self.pictures.get(index).cloned();
        found.ok_or_else(|| Error::Picture {
            path: self.name(index),
            reason: format!("there are {} pictures", self.pictures.len()),
        })
    }

    fn targets(&self, index: usize) -> &[f32] {
        &self.targets[index]
    }
}
