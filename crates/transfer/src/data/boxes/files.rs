//! Text files and folders as the readers of boxes need them.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use image::ImageFormat;

use crate::data::image_folder::list;
use crate::{Error, Result};

/// A text in UTF-8, without a byte order mark.
pub(super) fn read_text(path: &Path) -> std::result::Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("expected UTF-8 text, found something else at byte {at}. Save it as UTF-8")
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.into(),
        None => text,
    })
}

/// The same, where nothing can be read without it.
pub(super) fn read_needed(path: &Path) -> Result<String> {
    read_text(path).map_err(|reason| Error::Dataset {
        path: path.into(),
        reason,
    })
}

/// Whether a file is called as pictures are that can be read here.
pub(super) fn is_picture(path: &Path) -> bool {
    ImageFormat::from_path(path).is_ok_and(|format| format.reading_enabled())
}

/// Whether a file's name ends so, in any case.
pub(super) fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension()
        .is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

/// A file's name without its (last) extension.
pub(super) fn stem(path: &Path) -> OsString {
    path.file_stem().unwrap_or_default().into()
}

/// A name of folders or files, for a message.
pub(super) fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The files in a folder, sorted; with `deep` also those in the folders in it, each folder once, a folder's files
/// before those of the folders in it. Hidden ones are passed over.
pub(super) fn walk(folder: &Path, deep: bool) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    add(folder, deep, &mut BTreeSet::new(), &mut files)?;
    Ok(files)
}

fn add(
    folder: &Path,
    deep: bool,
    seen: &mut BTreeSet<PathBuf>,
    files: &mut Vec<PathBuf>,
) -> Result<()> {
    let real = folder.canonicalize().map_err(Error::io("list", folder))?;
    if !seen.insert(real) {
        return Ok(());
    }
    let (folders, mut found) = list(folder)?;
    files.append(&mut found);
    if deep {
        for folder in folders {
            add(&folder, deep, seen, files)?;
        }
    }
    Ok(())
}
