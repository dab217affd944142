//! Pictures in one folder per class: the layout of torchvision's `ImageFolder`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use image::RgbImage;

use super::decode::{check, decode};
use super::{Dataset, FolderReport, Skipped, stamp};
use crate::{Error, Result};

const EXTENSIONS: [&str; 8] = ["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "gif"];

/// The pictures under a folder that has one subfolder per class.
///
/// Classes are the subfolders' names, sorted; so are the pictures of a class, at any depth, a folder's files before those
/// of the folders in it. What is hidden (its name begins with a dot) is passed over. Links to files
/// and folders are followed, each folder once per class, so that a link to a folder above it comes to an end. When
/// the folder is opened, the header of each picture is read, and of a JPEG file whether it is complete: what is no
/// picture is left out and is in the [`report`](Self::report). What only decoding finds is left out of its batch and in
/// [`Batch::skipped`](super::Batch::skipped), or an error where the loader is
/// [`strict`](super::DataLoader::strict). Pictures are decoded when they are asked for, turned as their EXIF data says.
#[derive(Debug, Clone)]
pub struct ImageFolder {
    classes: Vec<String>,
    items: Vec<(PathBuf, usize)>,
    report: FolderReport,
}

impl ImageFolder {
    /// Opens a folder of class folders.
    ///
    /// # Errors
    ///
    /// The folder cannot be listed, has no subfolders, or there is no readable picture in them.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        let (class_folders, loose) = list(folder)?;
        if class_folders.is_empty() {
            let found = loose.len();
            return Err(Error::Dataset {
                path: folder.into(),
                reason: format!(
                    "expected one subfolder per class, found {found} files and no subfolder"
                ),
            });
        }
        let mut this = Self::empty(folder);
        this.report.ignored = loose.len();
        for (label, class_folder) in class_folders.iter().enumerate() {
            let name = class_folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let count = this.add(class_folder, label, &mut BTreeSet::new())?;
            this.classes.push(name.clone());
            this.report.counts.push((name, count));
        }
        this.not_empty()
    }

    /// Opens all pictures below a folder, at any depth, as one class: pictures that nobody has labelled, or whose labels are
    /// not to be known.
    ///
    /// # Errors
    ///
    /// The folder cannot be listed, or there is no readable picture in it.
    pub fn open_flat(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        let mut this = Self::empty(folder);
        let count = this.add(folder, 0, &mut BTreeSet::new())?;
        this.classes.push("unlabelled".into());
        this.report.counts.push(("unlabelled".into(), count));
        this.not_empty()
    }

    fn empty(folder: &Path) -> Self {
        Self {
            classes: Vec::new(),
            items: Vec::new(),
            report: FolderReport {
                folder: folder.into(),
                ..Default::default()
            },
        }
    }

    fn not_empty(self) -> Result<Self> {
        if !self.items.is_empty() {
            return Ok(self);
        }
        let extensions = EXTENSIONS.join(", ");
        Err(Error::Dataset {
            path: self.report.folder.clone(),
            reason: format!("expected pictures ({extensions}), found {}", self.report),
        })
    }

    /// The folder, or an error where a file in it could not be read as a picture or a class has none:
    /// `ImageFolder::open(folder)?.strict()?`.
    ///
    /// # Errors
    ///
    /// There is something in [`FolderReport::unreadable`], or an empty class; the message is the report.
    pub fn strict(self) -> Result<Self> {
        if self.report.unreadable.is_empty() && self.report.empty_classes().next().is_none() {
            return Ok(self);
        }
        Err(Error::Dataset {
            path: self.report.folder.clone(),
            reason: format!(
                "expected every file to be a picture and every class to have one, found {}",
                self.report
            ),
        })
    }

    /// What was found, and what was left out.
    #[must_use]
    pub fn report(&self) -> &FolderReport {
        &self.report
    }

    pub(super) fn report_mut(&mut self) -> &mut FolderReport {
        &mut self.report
    }

    /// The file of a picture.
    #[must_use]
    pub fn path(&self, index: usize) -> &Path {
        &self.items[index].0
    }

    /// Adds all pictures below `folder`, unless it was seen already.
    fn add(&mut self, folder: &Path, label: usize, seen: &mut BTreeSet<PathBuf>) -> Result<usize> {
        let real = folder.canonicalize().map_err(Error::io("list", folder))?;
        if !seen.insert(real) {
            return Ok(0);
        }
        let (folders, files) = list(folder)?;
        let mut count = 0;
        for path in files {
            if !has_picture_extension(&path) {
                self.report.ignored += 1;
                continue;
            }
            match check(&path) {
                Ok(()) => {
                    self.items.push((path, label));
                    count += 1;
                }
                Err(reason) => self.report.unreadable.push(Skipped { path, reason }),
            }
        }
        for folder in folders {
            count += self.add(&folder, label, seen)?;
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

    fn name(&self, index: usize) -> PathBuf {
        self.items[index].0.clone()
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        open_picture(&self.items[index].0)
    }

    fn stamp(&self, index: usize) -> String {
        stamp::of_file(&self.items[index].0)
    }
}

/// The picture in a file, turned upright as its EXIF data say: as all data sets read them.
///
/// # Errors
///
/// [`Error::Picture`]: it cannot be read, or is no picture.
pub fn open_picture(path: impl AsRef<Path>) -> Result<RgbImage> {
    let path = path.as_ref();
    decode(path).map_err(|reason| Error::Picture {
        path: path.into(),
        reason,
    })
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
pub(super) fn list(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
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
