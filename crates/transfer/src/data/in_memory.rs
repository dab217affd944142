//! Pictures that are read, or drawn, only once.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;

use super::Dataset;
use super::parallel::in_parallel;
use crate::{Error, Result};

/// A data set whose pictures are all in memory, for trainings of many epochs on few pictures: each is decoded (or drawn)
/// when this is made, on all cores, and never again. Takes three bytes for each pixel. Clones share the pictures.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let drawn: Arc<dyn Dataset> = Arc::new(Leaves::new(SpeciesSet::Novel, 2, 32, 0));
/// let kept: InMemory = InMemory::of(drawn.clone())?;
/// assert_eq!(kept.picture(3)?, drawn.picture(3)?);
/// assert_eq!(kept.bytes(), 24 * 32 * 32 * 3);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct InMemory {
    of: Arc<dyn Dataset>,
    /// `None`: it could not be read.
    pictures: Arc<[Option<RgbImage>]>,
}

impl InMemory {
    /// Reads all pictures. One that cannot be read is no error here; whoever asks for it is told what the data set says
    /// of it then.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`].
    pub fn of(dataset: Arc<dyn Dataset>) -> Result<Self> {
        let pictures = in_parallel(dataset.len(), |index| match dataset.picture(index) {
            Ok(picture) => Ok(Some(picture)),
            Err(Error::Interrupted) => Err(Error::Interrupted),
            Err(_) => Ok(None),
        })?;
        Ok(Self {
            of: dataset,
            pictures: pictures.into(),
        })
    }

    /// The memory that the pixels take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.pictures
            .iter()
            .flatten()
            .map(|picture| picture.as_raw().len())
            .sum()
    }
}

impl fmt::Debug for InMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} bytes of pixels kept", self.of, self.bytes())
    }
}

impl Dataset for InMemory {
    fn len(&self) -> usize {
        self.of.len()
    }

    fn classes(&self) -> &[String] {
        self.of.classes()
    }

    fn label(&self, index: usize) -> usize {
        self.of.label(index)
    }

    fn name(&self, index: usize) -> PathBuf {
        self.of.name(index)
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        match &self.pictures[index] {
            Some(picture) => Ok(picture.clone()),
            None => self.of.picture(index),
        }
    }

    fn targets(&self, index: usize) -> &[f32] {
        self.of.targets(index)
    }

    fn stamp(&self, index: usize) -> String {
        self.of.stamp(index)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Four pictures, of which the third cannot be read, and how often one was asked for.
    #[derive(Debug)]
    struct Counted(AtomicUsize, Vec<String>);

    impl Dataset for Counted {
        fn len(&self) -> usize {
            4
        }

        fn classes(&self) -> &[String] {
            &self.1
        }

        fn label(&self, _: usize) -> usize {
            0
        }

        fn picture(&self, index: usize) -> Result<RgbImage> {
            self.0.fetch_add(1, Ordering::Relaxed);
            match index {
                2 => Err(Error::argument("picture", "any but", index)),
                _ => Ok(RgbImage::from_pixel(5, 3, image::Rgb([index as u8; 3]))),
            }
        }
    }

    #[test]
    fn each_picture_is_asked_for_once_and_what_is_unreadable_says_so() {
        let counted = Arc::new(Counted(AtomicUsize::new(0), vec!["a".to_owned()]));
        let kept = InMemory::of(counted.clone()).unwrap();
        for _ in 0..3 {
            assert_eq!(kept.picture(3).unwrap().get_pixel(4, 2).0, [3; 3]);
        }
        assert_eq!(counted.0.load(Ordering::Relaxed), 4);
        assert!(kept.picture(2).unwrap_err().to_string().contains("any but"));
        assert_eq!(kept.bytes(), 3 * 5 * 3 * 3);
    }
}
