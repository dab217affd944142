//! COCO: one JSON file for all pictures.

mod json;
mod records;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use self::json::Element;
use self::records::{Annotation, Category, Picture};
use super::bad::{Note, among};
use super::box_files::{BoxFiles, reads_box_files};
use super::draft::{Draft, Found};
use super::files::read_needed;
use super::options::Format;
use super::{BadBox, BoxFlaw, BoxLabel, BoxOptions};
use crate::data::parallel::in_parallel;
use crate::{Error, Result};

/// How many entries are read between two looks at whether the reader of a notebook wants to stop.
const AT_ONCE: usize = 4096;

/// Pictures whose boxes are in one JSON file, as COCO has them (Lin et al. 2014).
///
/// `images`, `annotations` and `categories` are read; all else in the file is passed over. A `bbox` is
/// `[left, top, width, height]` in pixels from 0. Outlines and masks (`segmentation`) are not read; a crowd's box is kept
/// and says so ([`BoxLabel::crowd`]), `area` is kept.
///
/// **Classes** are the categories' names in the order of their ids, which may have gaps (COCO's 80 ids go up to 90): see
/// [`category_ids`](Self::category_ids). Pictures are in the file's order; those without annotations are background.
/// Python's `NaN` and `Infinity`, which are no JSON, make no more than their entry unreadable.
#[derive(Debug, Clone)]
pub struct CocoJson {
    files: BoxFiles,
    image_ids: Vec<i64>,
    category_ids: Vec<i64>,
}

reads_box_files!(CocoJson);

impl CocoJson {
    /// Reads the file, and the header of each picture that it names, below `pictures`. What cannot be used is in
    /// [`bad`](Self::bad).
    ///
    /// # Errors
    ///
    /// The file cannot be read or is no JSON; it lacks one of the three lists; two categories have an id or a name in
    /// common; no picture can be used.
    pub fn open(annotations: impl AsRef<Path>, pictures: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(annotations, pictures, &BoxOptions::new())
    }

    /// The same with options: [`BoxOptions::classes`], [`BoxOptions::frame`], [`BoxOptions::strict`].
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); or, if [`BoxOptions::strict`], something is in [`bad`](Self::bad).
    pub fn open_with(
        annotations: impl AsRef<Path>,
        pictures: impl AsRef<Path>,
        options: &BoxOptions,
    ) -> Result<Self> {
        options.check(Format::Coco)?;
        let (file, folder) = (annotations.as_ref(), pictures.as_ref());
        let text = read_needed(file)?;
        let [images, annotations, categories] =
            json::arrays(&text, ["images", "annotations", "categories"])
                .map_err(|(line, reason)| refused(file, line, &reason))?;
        let categories = records::categories(&categories)
            .map_err(|(line, reason)| refused(file, line, &reason))?;
        let classes: Vec<String> = match &options.classes {
            Some(names) => names.clone(),
            None => categories.iter().map(|one| one.name.clone()).collect(),
        };
        let mut reading = Reading::new(file, &categories, &classes);
        reading.pictures(all(&images, Picture::read)?, folder);
        reading.annotations(all(&annotations, Annotation::read)?);
        let Reading { drafts, bad, .. } = reading;
        let ids: Vec<i64> = drafts.iter().map(|(id, _)| *id).collect();
        let drafts = drafts.into_iter().map(|(_, draft)| Ok(draft)).collect();
        let id_of = |name: &String| categories.iter().find(|one| one.name == *name);
        let category_ids = classes
            .iter()
            .map(|name| id_of(name).map_or(-1, |one| one.id));
        let category_ids = category_ids.collect();
        let (files, kept) = BoxFiles::new(file, classes, drafts, bad, options)?;
        Ok(Self {
            files,
            image_ids: kept.into_iter().map(|index| ids[index]).collect(),
            category_ids,
        })
    }

    /// The `id` of each picture in the file: what results for COCO's own tools are written with.
    #[must_use]
    pub fn image_ids(&self) -> &[i64] {
        &self.image_ids
    }

    /// The `id` of each class's category in the file; -1 for a name of [`BoxOptions::classes`] that is not in it.
    #[must_use]
    pub fn category_ids(&self) -> &[i64] {
        &self.category_ids
    }
}

fn refused(file: &Path, line: usize, reason: &str) -> Error {
    Error::Dataset {
        path: file.into(),
        reason: format!("line {line}: {reason}"),
    }
}

/// What each element is, on all cores.
fn all<T: Send>(
    elements: &[Element],
    read: impl Fn(&Element) -> std::result::Result<T, Note> + Sync,
) -> Result<Vec<(usize, std::result::Result<T, Note>)>> {
    let chunks: Vec<&[Element]> = elements.chunks(AT_ONCE).collect();
    let read = in_parallel(chunks.len(), |index| {
        let one = |element: &Element| (element.line, read(element));
        Ok(chunks[index].iter().map(one).collect::<Vec<_>>())
    })?;
    Ok(read.into_iter().flatten().collect())
}

/// What has been read of a file.
struct Reading<'a> {
    file: &'a Path,
    classes: &'a [String],
    /// A category's name, and its class where it has one.
    categories: HashMap<i64, (&'a str, Option<usize>)>,
    drafts: Vec<(i64, Draft)>,
    /// Which draft an image id is.
    by_id: HashMap<i64, usize>,
    bad: Vec<BadBox>,
}

impl<'a> Reading<'a> {
    fn new(file: &'a Path, categories: &'a [Category], classes: &'a [String]) -> Self {
        let class = |name: &str| classes.iter().position(|class| class == name);
        Self {
            file,
            classes,
            categories: categories
                .iter()
                .map(|one| (one.id, (&*one.name, class(&one.name))))
                .collect(),
            drafts: Vec::new(),
            by_id: HashMap::new(),
            bad: Vec::new(),
        }
    }

    fn report(&mut self, line: usize, note: Note) {
        self.bad.push(BadBox::new(self.file, Some(line), note));
    }

    fn pictures(&mut self, read: Vec<(usize, std::result::Result<Picture, Note>)>, folder: &Path) {
        for (line, picture) in read {
            let Picture { id, name, size } = match picture {
                Ok(picture) => picture,
                Err(note) => {
                    self.report(line, note);
                    continue;
                }
            };
            if self.by_id.contains_key(&id) {
                let reason = format!("expected each image id once, found {id} again ({name:?})");
                self.report(line, (BoxFlaw::Duplicate, reason));
                continue;
            }
            self.by_id.insert(id, self.drafts.len());
            let draft = Draft {
                picture: PathBuf::from_iter([folder, Path::new(&name)]),
                file: self.file.into(),
                line: Some(line),
                what: format!("image {id}: "),
                stated: size,
                in_shares: false,
                boxes: Vec::new(),
            };
            self.drafts.push((id, draft));
        }
    }

    fn annotations(&mut self, read: Vec<(usize, std::result::Result<Annotation, Note>)>) {
        for (line, annotation) in read {
            let annotation = match annotation {
                Ok(annotation) => annotation,
                Err(note) => {
                    self.report(line, note);
                    continue;
                }
            };
            let Annotation { id, image, .. } = &annotation;
            let Some(&draft) = self.by_id.get(image) else {
                let reason = format!(
                    "annotation {id}: expected the id of one of the images, found image_id {image}"
                );
                self.report(line, (BoxFlaw::NoPicture, reason));
                continue;
            };
            let found = Found {
                line: Some(line),
                what: format!("annotation {id} of image {image}: "),
                label: self.label(annotation),
            };
            self.drafts[draft].1.boxes.push(found);
        }
    }

    fn label(&self, annotation: Annotation) -> std::result::Result<(BoxLabel, [f64; 4]), Note> {
        let category = annotation.category;
        let known = self.categories.get(&category);
        let Some(class) = known.and_then(|(_, class)| *class) else {
            let name = known.map_or(String::new(), |(name, _)| format!(" ({name:?})"));
            let among = among(self.classes);
            let reason =
                format!("expected a category among {among}, found category_id {category}{name}");
            return Err((BoxFlaw::UnknownClass, reason));
        };
        let [left, top, width, height] = annotation.bounds;
        let label = BoxLabel {
            crowd: annotation.crowd,
            area: annotation.area,
            ..BoxLabel::new([0.0; 4], class)
        };
        Ok((label, [left, top, left + width, top + height]))
    }
}
