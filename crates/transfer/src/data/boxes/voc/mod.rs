//! Pascal VOC: an XML file for each picture.

mod layout;
mod xml;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use self::layout::Layout;
use self::xml::Annotation;
use super::bad::among;
use super::box_files::{BoxFiles, reads_box_files};
use super::draft::{Draft, Found};
use super::options::Format;
use super::{BadBox, BoxFlaw, BoxLabel, BoxOptions};
use crate::Result;
use crate::data::parallel::in_parallel;

/// Pictures with an XML file each, as Pascal VOC has them (Everingham et al. 2010) and labelImg writes them.
///
/// A folder has `Annotations/*.xml`, `JPEGImages/` and, for [`BoxOptions::split`], lists of names in
/// `ImageSets/Main/*.txt`, one a line; or the XML files lie beside their pictures. Folders in these are not looked into.
/// An XML file's picture is the one of the same name, whatever its extension; where there is none, the one that its
/// `filename` says.
///
/// **Positions.** VOC numbers pixels from 1 and counts the last one in: `xmin` 1 and `xmax` 20 are a picture of 20
/// pixels from edge to edge. They become positions: `left = xmin - 1`, `top = ymin - 1`, `right = xmax`,
/// `bottom = ymax`, as in Detectron2 (torchvision hands out the XML as it is); `xmin` equal to `xmax` is one pixel wide.
/// For files whose numbers begin at 0, see [`BoxOptions::zero_based`]; a 0 in other files is reported as outside.
///
/// **Classes** are the sorted names of all objects in the folder, those of other splits included, so that all splits
/// number them alike; or those that [`BoxOptions::classes`] gives. `difficult` is read, `truncated`, `occluded`, poses
/// and parts are not.
///
/// ```no_run
/// use transfer::data::{BoxDataset, BoxOptions, PascalVoc};
///
/// # fn main() -> transfer::Result<()> {
/// let train = PascalVoc::open("BCCD", &BoxOptions::new().split("train"))?;
/// let first: usize = train.boxes(0).len(); // how many boxes the first picture has
/// let wrong: usize = train.bad().len(); // what was left out, or cut
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct PascalVoc {
    files: BoxFiles,
}

reads_box_files!(PascalVoc);

impl PascalVoc {
    /// Reads the XML files, and the header of each picture. What cannot be used is in [`bad`](Self::bad).
    ///
    /// # Errors
    ///
    /// The folder has neither layout, the list of the split cannot be read, no picture can be used; or, if
    /// [`BoxOptions::strict`], something is in [`bad`](Self::bad).
    pub fn open(root: impl AsRef<Path>, options: &BoxOptions) -> Result<Self> {
        options.check(Format::Voc)?;
        let root = root.as_ref();
        let layout = Layout::of(root)?;
        let mut bad = Vec::new();
        let wanted = layout.wanted(options.split.as_deref(), &mut bad)?;
        let read = in_parallel(wanted.len(), |index| {
            Ok(xml::read(&wanted[index], options.zero_based))
        })?;
        let classes = match &options.classes {
            Some(classes) => classes.clone(),
            None => names(&layout, &wanted, &read)?,
        };
        let numbers: HashMap<&str, usize> = (0..).zip(&classes).map(|(n, c)| (&**c, n)).collect();
        let known = among(&classes);
        let mut drafts = Vec::new();
        let mut used = BTreeSet::new();
        for (file, annotation) in wanted.iter().zip(read) {
            drafts.push(annotation.and_then(|annotation| {
                let picture = layout.picture(file, annotation.filename.as_deref(), &mut bad);
                let picture = picture.map_err(|reason| {
                    let count = annotation.objects.len();
                    let reason = format!("{reason} (its boxes: {count})");
                    BadBox::new(file, None, (BoxFlaw::NoPicture, reason))
                })?;
                used.insert(picture.clone());
                Ok(draft(file, picture, annotation, &numbers, &known))
            }));
        }
        if options.split.is_none() {
            bad.extend(layout.without_labels(&used));
        }
        let (files, _) = BoxFiles::new(root, classes, drafts, bad, options)?;
        Ok(Self { files })
    }
}

/// The sorted names of what is in all XML files. Those that are not wanted are read for it; what is wrong in them is
/// reported by whoever wants them.
fn names(
    layout: &Layout,
    wanted: &[PathBuf],
    read: &[std::result::Result<Annotation, BadBox>],
) -> Result<Vec<String>> {
    let wanted: BTreeSet<&PathBuf> = wanted.iter().collect();
    let others: Vec<&PathBuf> = layout
        .annotations()
        .filter(|file| !wanted.contains(file))
        .collect();
    let others = in_parallel(others.len(), |index| {
        Ok(xml::read(others[index], false).ok())
    })?;
    let all = others.iter().flatten().chain(read.iter().flatten());
    let names: BTreeSet<&String> = all
        .flat_map(|annotation| &annotation.objects)
        .map(|object| &object.name)
        .filter(|name| !name.is_empty())
        .collect();
    Ok(names.into_iter().cloned().collect())
}

fn draft(
    file: &Path,
    picture: PathBuf,
    annotation: Annotation,
    numbers: &HashMap<&str, usize>,
    known: &str,
) -> Draft {
    let boxes = annotation.objects.into_iter().map(|object| {
        let label = object.content.and_then(|(bounds, difficult)| {
            let Some(&class) = numbers.get(&*object.name) else {
                let reason = format!("expected a class among {known}, found {:?}", object.name);
                return Err((BoxFlaw::UnknownClass, reason));
            };
            let label = BoxLabel {
                difficult,
                ..BoxLabel::new([0.0; 4], class)
            };
            Ok((label, bounds))
        });
        Found {
            line: Some(object.line),
            what: format!("object {:?}: ", object.name),
            label,
        }
    });
    Draft {
        boxes: boxes.collect(),
        picture,
        file: file.into(),
        line: None,
        what: String::new(),
        stated: annotation.size,
        in_shares: false,
    }
}
