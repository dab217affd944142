//! Which JSON file of a folder is a part of the data, and where its pictures are.

use std::fs;
use std::path::{Path, PathBuf};

use crate::data::image_folder::list;
use crate::{Error, Result};

/// How files of COCO's own folder `annotations/` begin that have no boxes of all objects.
const OTHERS: [&str; 5] = [
    "captions",
    "person_keypoints",
    "image_info",
    "stuff",
    "panoptic",
];

/// COCO's file, and the folder that its pictures' names begin in.
pub(super) struct CocoPart {
    pub(super) file: PathBuf,
    pub(super) pictures: PathBuf,
}

impl CocoPart {
    /// The file that has a part's name as a word in its own, or lies in a folder of that name; without a name, the only one. There may be no such file, but
    /// not two.
    pub(super) fn find(root: &Path, part: Option<&str>) -> Result<Option<Self>> {
        let annotations = root.join("annotations");
        let mut places = vec![annotations];
        places.extend(part.map(|part| root.join(part)));
        places.push(root.into());
        for place in places {
            if !place.is_dir() {
                continue;
            }
            let is_own = part.is_some_and(|part| place == root.join(part));
            let files = list(&place)?.1;
            let found: Vec<PathBuf> = files
                .into_iter()
                .filter(|file| is_annotation(file))
                .filter(|file| {
                    is_own || part.is_none_or(|part| words(file).any(|word| word == part))
                })
                .collect();
            match &found[..] {
                [] => {}
                [file] => {
                    let pictures = pictures_of(root, file, part)?;
                    return Ok(Some(Self {
                        file: file.clone(),
                        pictures,
                    }));
                }
                _ => {
                    let of = part.map_or(String::new(), |part| format!(" of the part {part:?}"));
                    let names: Vec<String> = found.iter().map(|file| stem(file)).collect();
                    let reason = format!("expected one .json file{of}, found {names:?}");
                    return Err(Error::Dataset {
                        path: place,
                        reason,
                    });
                }
            }
        }
        Ok(None)
    }
}

fn is_annotation(file: &Path) -> bool {
    let is_json = file
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let stem = stem(file);
    is_json && !OTHERS.iter().any(|other| stem.starts_with(other))
}

/// A file's name without its ending, in small letters.
fn stem(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    stem.to_ascii_lowercase()
}

/// The words of a name: `instances_train2017` has `instances` and `train`.
fn words(file: &Path) -> impl Iterator<Item = String> {
    let stem = stem(file);
    let words = stem.split(|sign: char| !sign.is_ascii_alphabetic());
    words.map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// The first folder that has the first picture which the file names.
fn pictures_of(root: &Path, file: &Path, part: Option<&str>) -> Result<PathBuf> {
    let text = fs::read_to_string(file).map_err(Error::io("read", file))?;
    let Some(first) = first_picture(&text) else {
        // Whoever reads the file says what it lacks.
        return Ok(root.into());
    };
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    // `train2017` of `instances_train2017`.
    let last = stem.rsplit('_').next().unwrap_or_default().to_owned();
    let images = root.join("images");
    let names = part.map(str::to_owned).into_iter().chain([last]);
    let mut ways: Vec<PathBuf> = names
        .flat_map(|name| [images.join(&name), root.join(&name)])
        .collect();
    ways.extend([images, root.into()]);
    ways.extend(file.parent().map(Path::to_path_buf));
    let found = ways.iter().find(|way| way.join(&first).is_file());
    Ok(found.unwrap_or(&ways[0]).clone())
}

/// The first `file_name` of a COCO file, without reading all of it as JSON.
fn first_picture(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("\"file_name\"")?;
    let rest = rest.trim_start().strip_prefix(':')?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<String>();
    values.next()?.ok()
}
