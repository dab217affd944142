//! MNIST-M, made by the recipe of its paper (Ganin et al., "Domain-Adversarial Training of Neural Networks", JMLR 2016, section 5.2.4):
//! each digit blended over a random part of a photograph, |photo − digit| in every channel.

use std::path::PathBuf;
use std::sync::Arc;

use transfer::data::{Dataset, ImageFolder, RgbImage, functional};
use transfer::{Error, Result};

/// The shorter side of the photographs, in pixels: that of BSDS500's, which the paper takes.
const SHORTER: u32 = 321;

/// The digits of MNIST over parts of photographs.
#[derive(Debug)]
pub(crate) struct Blended {
    digits: Arc<dyn Dataset>,
    pictures: Vec<RgbImage>,
}

impl Blended {
    /// Blends every digit with a part of a photograph; which one, and where, follows from the seed.
    pub(crate) fn new(digits: Arc<dyn Dataset>, photos: &ImageFolder, seed: u64) -> Result<Self> {
        let shrunk =
            (0..photos.len()).map(|index| functional::resize(&photos.picture(index)?, SHORTER));
        let photos: Vec<RgbImage> = shrunk.collect::<Result<_>>()?;
        let mut random = Lcg(seed);
        let mut blend = |index: usize| -> Result<RgbImage> {
            let mut digit = digits.picture(index)?;
            let photo = &photos[random.below(photos.len())];
            let (width, height) = digit.dimensions();
            let left = random.below((photo.width() - width + 1) as usize) as u32;
            let top = random.below((photo.height() - height + 1) as usize) as u32;
            for (x, y, pixel) in digit.enumerate_pixels_mut() {
                let behind = photo.get_pixel(left + x, top + y);
                for (value, behind) in pixel.0.iter_mut().zip(behind.0) {
                    *value = value.abs_diff(behind);
                }
            }
            Ok(digit)
        };
        let pictures = (0..digits.len()).map(&mut blend).collect::<Result<_>>()?;
        Ok(Self { digits, pictures })
    }
}

impl Dataset for Blended {
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
}

/// Random numbers that are the same everywhere (Knuth's constants, the upper bits).
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(self.0) * end as u128) >> 64) as usize
    }
}
