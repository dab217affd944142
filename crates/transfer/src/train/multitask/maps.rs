//! Maps of classes, pixel by pixel, of the pictures of a data set.

use image::GrayImage;
use tch::{Kind, Tensor};

use crate::multitask::UNLABELLED;
use crate::{Error, Result};

/// The grey value that stands for a pixel whose class is not known.
const UNKNOWN: i64 = 255;

/// A map for each picture of a data set, all of one size, a byte for each pixel: the number of its class, 255 where it is not known.
pub struct Maps {
    size: [usize; 2],
    bytes: Vec<u8>,
}

impl Maps {
    /// The maps of so many pictures, each of the size that pictures have when the net sees them. A loader's transform acts on the pictures
    /// alone; [`TaskLoader`](super::TaskLoader) refuses one that crops or flips at random.
    ///
    /// # Errors
    ///
    /// `map` fails, or one has another size than the first.
    pub fn new(pictures: usize, map: impl Fn(usize) -> Result<GrayImage>) -> Result<Self> {
        let (mut size, mut bytes) = (None, Vec::new());
        for picture in 0..pictures {
            let map = map(picture)?;
            let found = [map.height() as usize, map.width() as usize];
            let expected = *size.get_or_insert(found);
            if found != expected {
                let expected = format!("one size for all, here {expected:?}");
                return Err(Error::argument(
                    "maps",
                    expected,
                    format!("{found:?} for picture {picture}"),
                ));
            }
            bytes.extend_from_slice(map.as_raw());
        }
        Ok(Self {
            size: size.unwrap_or([0; 2]),
            bytes,
        })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() / self.pixels()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn pixels(&self) -> usize {
        (self.size[0] * self.size[1]).max(1)
    }

    /// Those of some pictures: `[N, H, W]`, integers.
    pub(super) fn of(&self, pictures: &[usize]) -> Result<Tensor> {
        let pixels = self.pixels();
        let chosen: Vec<u8> = pictures
            .iter()
            .flat_map(|&picture| &self.bytes[picture * pixels..(picture + 1) * pixels])
            .copied()
            .collect();
        let [height, width] = self.size.map(|side| side as i64);
        let classes = Tensor::f_from_slice(&chosen)?.to_kind(Kind::Int64);
        let unknown = classes.eq(UNKNOWN);
        Ok(classes
            .f_view([pictures.len() as i64, height, width])?
            .masked_fill(&unknown.view([-1, height, width]), UNLABELLED))
    }
}

impl std::fmt::Debug for Maps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [height, width] = self.size;
        write!(f, "Maps({} of {height} × {width})", self.len())
    }
}
