//! Which files of a Pascal VOC folder belong together.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::super::files::{has_extension, is_picture, name, read_needed, stem, walk};
use super::super::{BadBox, BoxFlaw};
use crate::{Error, Result};

/// The XML files and the pictures of a folder.
pub(super) struct Layout {
    lists: PathBuf,
    annotations_folder: PathBuf,
    pictures_folder: PathBuf,
    /// By their names without extension.
    annotations: BTreeMap<OsString, PathBuf>,
    /// By their names without extension, which several may share.
    pictures: BTreeMap<OsString, Vec<PathBuf>>,
}

impl Layout {
    pub(super) fn of(root: &Path) -> Result<Self> {
        let mut annotations_folder = root.join("Annotations");
        let mut pictures_folder = root.join("JPEGImages");
        match (annotations_folder.is_dir(), pictures_folder.is_dir()) {
            (true, true) => {}
            (false, false) => {
                annotations_folder = root.into();
                pictures_folder = root.into();
            }
            (has_annotations, _) => {
                let (there, missing) = match has_annotations {
                    true => ("Annotations/", "JPEGImages/"),
                    false => ("JPEGImages/", "Annotations/"),
                };
                return Err(Error::Dataset {
                    path: root.into(),
                    reason: format!("expected {missing} beside {there}, found none"),
                });
            }
        }
        let mut annotations: BTreeMap<OsString, PathBuf> = BTreeMap::new();
        for file in walk(&annotations_folder, false)? {
            if !has_extension(&file, "xml") {
                continue;
            }
            if let Some(first) = annotations.insert(stem(&file), file.clone()) {
                let reason = format!("expected one XML file of this name, found {first:?} as well");
                return Err(Error::Dataset { path: file, reason });
            }
        }
        if annotations.is_empty() {
            return Err(Error::Dataset {
                path: annotations_folder,
                reason: "expected XML files, found none. Name the folder that has Annotations/ and JPEGImages/, or \
                         the one where XML files lie beside their pictures"
                    .into(),
            });
        }
        let mut pictures: BTreeMap<OsString, Vec<PathBuf>> = BTreeMap::new();
        for file in walk(&pictures_folder, false)? {
            if is_picture(&file) {
                pictures.entry(stem(&file)).or_default().push(file);
            }
        }
        Ok(Self {
            lists: root.join("ImageSets").join("Main"),
            annotations_folder,
            pictures_folder,
            annotations,
            pictures,
        })
    }

    /// All XML files, sorted.
    pub(super) fn annotations(&self) -> impl Iterator<Item = &PathBuf> {
        self.annotations.values()
    }

    /// The XML files of a list, in its order, or all.
    pub(super) fn wanted(
        &self,
        split: Option<&str>,
        bad: &mut Vec<BadBox>,
    ) -> Result<Vec<PathBuf>> {
        let Some(split) = split else {
            return Ok(self.annotations().cloned().collect());
        };
        let list = self.lists.join(format!("{split}.txt"));
        if !list.is_file() {
            let there: Vec<String> = walk(&self.lists, false)
                .map(|files| files.iter().map(|file| name(file)).collect())
                .unwrap_or_default();
            return Err(Error::Dataset {
                path: list,
                reason: format!(
                    "expected a list of names, found none; the lists beside it are {there:?}"
                ),
            });
        }
        let mut wanted = Vec::new();
        let mut seen = HashSet::new();
        for (line, id) in (1..).zip(read_needed(&list)?.lines()) {
            let id = id.trim();
            if id.is_empty() {
                continue;
            }
            let mut report =
                |flaw, reason| bad.push(BadBox::new(&list, Some(line), (flaw, reason)));
            if !seen.insert(id.to_owned()) {
                let reason = format!("expected each name once, found {id:?} a second time");
                report(BoxFlaw::Duplicate, reason);
                continue;
            }
            match self.annotations.get(&OsString::from(id)) {
                Some(file) => wanted.push(file.clone()),
                None => {
                    let folder = self.annotations_folder.display();
                    let reason = format!("expected {id}.xml in {folder}, found none");
                    report(BoxFlaw::NoLabels, reason);
                }
            }
        }
        Ok(wanted)
    }

    /// The picture of an XML file. The error is what was looked for.
    pub(super) fn picture(
        &self,
        annotation: &Path,
        filename: Option<&str>,
        bad: &mut Vec<BadBox>,
    ) -> std::result::Result<PathBuf, String> {
        let stem = stem(annotation);
        let named = filename.map(|filename| self.pictures_folder.join(filename));
        match self.pictures.get(&stem).map(Vec::as_slice) {
            Some([picture]) => Ok(picture.clone()),
            Some(several @ [first, ..]) => {
                let chosen = several.iter().find(|&one| Some(one) == named.as_ref());
                let chosen = chosen.unwrap_or(first);
                let others = several.iter().filter(|&one| one != chosen);
                bad.extend(others.map(|other| {
                    let reason = format!(
                        "expected one picture for {}, found {} as well",
                        annotation.display(),
                        chosen.display()
                    );
                    BadBox::new(other, None, (BoxFlaw::Duplicate, reason))
                }));
                Ok(chosen.clone())
            }
            _ => match named.filter(|named| named.is_file()) {
                Some(named) => Ok(named),
                None => Err(format!(
                    "expected a picture called {} with any extension{} in {}, found none",
                    stem.display(),
                    filename.map_or(String::new(), |name| format!(", or {name:?},")),
                    self.pictures_folder.display()
                )),
            },
        }
    }

    /// The pictures that no XML file is about: what is in them is not known.
    pub(super) fn without_labels(&self, used: &BTreeSet<PathBuf>) -> Vec<BadBox> {
        let unknown = self.pictures.iter();
        let unknown = unknown.filter(|(stem, _)| !self.annotations.contains_key(*stem));
        let pictures = unknown.flat_map(|(_, pictures)| pictures);
        let left_out = pictures.filter(|picture| !used.contains(*picture));
        let folder = self.annotations_folder.display();
        let report = |picture: &PathBuf| {
            let reason = format!(
                "expected {}.xml in {folder}, found none. If nothing is in the picture, write one without objects",
                stem(picture).display()
            );
            BadBox::new(picture, None, (BoxFlaw::NoLabels, reason))
        };
        left_out.map(report).collect()
    }
}
