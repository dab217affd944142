//! Pictures in one folder per class: the layout of torchvision's `ImageFolder`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::{DynamicImage, ImageDecoder, ImageReader, RgbImage};

use super::{Amount, Dataset, Skipped, Splits, Subset, stratified};
use crate::{Error, Result};

const EXTENSIONS: [&str; 8] = ["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "gif"];
const TRAIN: [&str; 2] = ["train", "training"];
const TEST: [&str; 5] = ["val", "test", "valid", "validation", "testing"];

/// The pictures under a folder that has one subfolder per class.
///
/// Classes are the subfolders' names, sorted; pictures are sorted by path within a class, at any depth. When
/// the folder is opened, the header of each picture is read: what is no picture is left out and is in the
/// [`report`](Self::report). Pictures are decoded when they are asked for, turned as their EXIF data says.
#[derive(Debug, Clone)]
pub struct ImageFolder {
    classes: Vec<String>,
    items: Vec<(PathBuf, usize)>,
    report: FolderReport,
}

/// What was found when a folder was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderReport {
    /// How many pictures each class has.
    pub counts: Vec<(String, usize)>,
    /// Files that have a picture's extension and could not be opened as one.
    pub unreadable: Vec<Skipped>,
    /// How many files have no picture's extension (or lie beside the class folders).
    pub ignored: usize,
}

impl FolderReport {
    /// Classes without a single picture.
    pub fn empty_classes(&self) -> impl Iterator<Item = &str> {
        self.counts
            .iter()
            .filter(|(_, count)| *count == 0)
            .map(|(class, _)| class.as_str())
    }
}

impl fmt::Display for FolderReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pictures: usize = self.counts.iter().map(|(_, count)| count).sum();
        write!(f, "{pictures} pictures in {} classes", self.counts.len())?;
        for class in self.empty_classes() {
            write!(f, "\n  class {class:?} has no picture")?;
        }
        if self.ignored > 0 {
            write!(f, "\n  {} other files ignored", self.ignored)?;
        }
        if !self.unreadable.is_empty() {
            write!(
                f,
                "\n  {} files could not be read as pictures:",
                self.unreadable.len()
            )?;
        }
        for skipped in &self.unreadable {
            write!(f, "\n    {skipped}")?;
        }
        Ok(())
    }
}

impl ImageFolder {
    /// Opens a folder of class folders.
    ///
    /// # Errors
    ///
    /// The folder cannot be listed, has no subfolders, or there is no readable picture in them.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        let dataset = |reason: String| Error::Dataset {
            path: folder.into(),
            reason,
        };
        let (class_folders, loose) = list(folder)?;
        if class_folders.is_empty() {
            let found = loose.len();
            return Err(dataset(format!(
                "expected one subfolder per class, found {found} files and no subfolder"
            )));
        }
        let mut this = Self {
            classes: Vec::new(),
            items: Vec::new(),
            report: FolderReport::default(),
        };
        this.report.ignored = loose.len();
        for (label, class_folder) in class_folders.iter().enumerate() {
            let name = class_folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let count = this.add(class_folder, label)?;
            this.classes.push(name.clone());
            this.report.counts.push((name, count));
        }
        if this.items.is_empty() {
            let extensions = EXTENSIONS.join(", ");
            return Err(dataset(format!(
                "expected pictures ({extensions}), found {}",
                this.report
            )));
        }
        Ok(this)
    }

    /// Opens a folder as pictures to learn from and pictures to be judged by. Where it has `train/` and `val/`
    /// (or `test/`), these are used; otherwise it is a folder of class folders, of which `test_share` (between
    /// 0 and 1) of each class is set apart, chosen by `seed`.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); or `train/` and `val/` do not have the same classes.
    pub fn open_splits(folder: impl AsRef<Path>, test_share: f64, seed: u64) -> Result<Splits> {
        let folder = folder.as_ref();
        let sub = |names: &[&str]| {
            names
                .iter()
                .map(|name| folder.join(name))
                .find(|path| path.is_dir())
        };
        let (Some(train), Some(test)) = (sub(&TRAIN), sub(&TEST)) else {
            let all: Arc<dyn Dataset> = Arc::new(Self::open(folder)?);
            let split = stratified(&all.labels(), Amount::Share(test_share), seed)?;
            return Ok(Splits {
                train: Arc::new(Subset::new(all.clone(), split.rest)),
                test: Arc::new(Subset::new(all, split.chosen)),
            });
        };
        let (train, test) = (Self::open(train)?, Self::open(test)?);
        if train.classes != test.classes {
            let reason = format!(
                "expected the same classes in both parts, found {:?} and {:?}",
                train.classes, test.classes
            );
            return Err(Error::Dataset {
                path: folder.into(),
                reason,
            });
        }
        Ok(Splits {
            train: Arc::new(train),
            test: Arc::new(test),
        })
    }

    /// What was found, and what was left out.
    #[must_use]
    pub fn report(&self) -> &FolderReport {
        &self.report
    }

    /// The file of a picture.
    #[must_use]
    pub fn path(&self, index: usize) -> &Path {
        &self.items[index].0
    }

    fn add(&mut self, folder: &Path, label: usize) -> Result<usize> {
        let (folders, files) = list(folder)?;
        let mut count = 0;
        for path in files {
            if !has_picture_extension(&path) {
                self.report.ignored += 1;
                continue;
            }
            match reader(&path)
                .and_then(|reader| reader.into_dimensions().map_err(|error| error.to_string()))
            {
                Ok(_) => {
                    self.items.push((path, label));
                    count += 1;
                }
                Err(reason) => self.report.unreadable.push(Skipped { path, reason }),
            }
        }
        for folder in folders {
            count += self.add(&folder, label)?;
        }
        Ok(count)
    }
}

impl Dataset for ImageFolder {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn label(&self, index: usize) -> usize {
        self.items[index].1
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        let path = &self.items[index].0;
        decode(path).map_err(|reason| Error::Picture {
            path: path.clone(),
            reason,
        })
    }
}

/// Decodes a picture file, turned upright, as 8-bit RGB. Transparency is laid on white.
fn decode(path: &Path) -> std::result::Result<RgbImage, String> {
    let mut decoder = reader(path)?
        .into_decoder()
        .map_err(|error| error.to_string())?;
    let orientation = decoder.orientation().map_err(|error| error.to_string())?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| error.to_string())?;
    picture.apply_orientation(orientation);
    if !picture.color().has_alpha() {
        return Ok(picture.into_rgb8());
    }
    let rgba = picture.into_rgba8();
    let over_white = |value: u8, alpha: u8| {
        let (value, alpha) = (u32::from(value), u32::from(alpha));
        ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    Ok(RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        image::Rgb([over_white(r, a), over_white(g, a), over_white(b, a)])
    }))
}

/// A reader that knows the format from the file's content.
fn reader(
    path: &Path,
) -> std::result::Result<ImageReader<std::io::BufReader<std::fs::File>>, String> {
    let reader = ImageReader::open(path).map_err(|error| error.to_string())?;
    let reader = reader
        .with_guessed_format()
        .map_err(|error| error.to_string())?;
    Ok(reader)
}

fn has_picture_extension(path: &Path) -> bool {
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    EXTENSIONS.contains(&extension.as_str())
}

/// The folders and the files in a folder, both sorted; hidden ones are passed over.
fn list(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).map_err(Error::io("list", folder))? {
        let path = entry.map_err(Error::io("list", folder))?.path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'))
        {
            continue;
        }
        if path.is_dir() {
            folders.push(path)
        } else {
            files.push(path)
        }
    }
    folders.sort();
    files.sort();
    Ok((folders, files))
}
