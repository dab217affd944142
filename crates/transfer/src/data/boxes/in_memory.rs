//! Pictures with boxes that are read only once, or never were in a file.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;

use super::{BoxDataset, BoxLabel};
use crate::data::parallel::in_parallel;
use crate::{Error, Result};

/// Pictures with boxes, all in memory: for trainings of many epochs on few pictures, and for pictures that a program
/// makes. Takes three bytes for each pixel. Clones share the pictures.
///
/// ```
/// use transfer::data::{BoxDataset, BoxLabel, BoxesInMemory, RgbImage};
///
/// # fn main() -> transfer::Result<()> {
/// let boxes: Vec<BoxLabel> = vec![BoxLabel::new([2.0, 1.0, 12.0, 6.0], 0)];
/// let drawn = BoxesInMemory::new(&["cell"], vec![(RgbImage::new(20, 10), boxes)])?;
/// assert_eq!((drawn.len(), drawn.counts()), (1, vec![1]));
/// assert_eq!((drawn.boxes(0)[0].width(), drawn.boxes(0)[0].height()), (10.0, 5.0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct BoxesInMemory {
    classes: Vec<String>,
    items: Arc<[Item]>,
}

struct Item {
    name: PathBuf,
    boxes: Vec<BoxLabel>,
    /// Or what was said when it was to be read.
    picture: std::result::Result<RgbImage, String>,
}

impl BoxesInMemory {
    /// Pictures, each with its boxes (none: background), and the names of the boxes' classes.
    ///
    /// # Errors
    ///
    /// A box is not in its picture, has no width or no height, or is of a class that has no name.
    pub fn new(
        classes: &[impl AsRef<str>],
        pictures: Vec<(RgbImage, Vec<BoxLabel>)>,
    ) -> Result<Self> {
        let mut items = Vec::new();
        for (index, (picture, boxes)) in pictures.into_iter().enumerate() {
            for label in &boxes {
                check(label, &picture, classes.len(), index)?;
            }
            items.push(Item {
                name: format!("picture {index}").into(),
                boxes,
                picture: Ok(picture),
            });
        }
        Ok(Self {
            classes: classes.iter().map(|name| name.as_ref().into()).collect(),
            items: items.into(),
        })
    }

    /// Reads all pictures of a set, on all cores. One that cannot be read is no error here; whoever asks for it is told
    /// then what was found.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`].
    pub fn of(dataset: Arc<dyn BoxDataset>) -> Result<Self> {
        let items = in_parallel(dataset.len(), |index| {
            let picture = match dataset.picture(index) {
                Ok(picture) => Ok(picture),
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(Error::Picture { reason, .. }) => Err(reason),
                Err(error) => Err(error.to_string()),
            };
            Ok(Item {
                name: dataset.name(index),
                boxes: dataset.boxes(index).to_vec(),
                picture,
            })
        })?;
        Ok(Self {
            classes: dataset.classes().to_vec(),
            items: items.into(),
        })
    }

    fn read(&self, index: usize) -> Result<&RgbImage> {
        let Item { name, picture, .. } = &self.items[index];
        picture.as_ref().map_err(|reason| Error::Picture {
            path: name.clone(),
            reason: reason.clone(),
        })
    }

    /// The memory that the pixels take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let pictures = self.items.iter().flat_map(|item| &item.picture);
        pictures.map(|picture| picture.as_raw().len()).sum()
    }
}

fn check(label: &BoxLabel, picture: &RgbImage, classes: usize, index: usize) -> Result<()> {
    if label.class >= classes {
        return Err(Error::argument(
            "a box's class",
            format!("a position among the {classes} classes"),
            format!("{} in picture {index}", label.class),
        ));
    }
    let [left, top, right, bottom] = label.bounds;
    let (width, height) = picture.dimensions();
    // Written so that a number that is none fails too.
    let inside = 0.0 <= left && left < right && right <= width as f32;
    if inside && 0.0 <= top && top < bottom && bottom <= height as f32 {
        return Ok(());
    }
    Err(Error::argument(
        "a box's bounds",
        format!(
            "[left, top, right, bottom] with 0 <= left < right <= {width} and 0 <= top < bottom <= {height}"
        ),
        format!("{:?} in picture {index}", label.bounds),
    ))
}

impl fmt::Debug for BoxesInMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (len, bytes) = (self.len(), self.bytes());
        write!(
            f,
            "{len} pictures with boxes of {:?}, {bytes} bytes of pixels",
            self.classes
        )
    }
}

impl BoxDataset for BoxesInMemory {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        self.read(index).cloned()
    }

    fn size(&self, index: usize) -> Result<(u32, u32)> {
        Ok(self.read(index)?.dimensions())
    }

    fn boxes(&self, index: usize) -> &[BoxLabel] {
        &self.items[index].boxes
    }

    fn name(&self, index: usize) -> PathBuf {
        self.items[index].name.clone()
    }
}
