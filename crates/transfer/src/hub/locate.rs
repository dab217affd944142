//! Weights and text encoders as people name them: a file or folder of theirs, or a name that is known here.

use std::path::{Path, PathBuf};

use super::{Hub, WeightsEntry, text_encoder, weights};
use crate::{Error, Result};

/// Where weights are, and what is known of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// The file.
    pub path: PathBuf,
    /// What the table says, where they were asked for by name.
    pub entry: Option<&'static WeightsEntry>,
}

/// A file as it is; or, where there is no such file, the weights of that name
/// ([`weights()`]: `ResNet50_Weights.IMAGENET1K_V2`, `resnet50`), from the cache or the network by [`Hub::new`].
///
/// # Errors
///
/// There is neither such a file nor such a name, or the file cannot be fetched.
pub fn locate(file_or_name: &str) -> Result<Located> {
    let path = Path::new(file_or_name);
    if path.exists() {
        let path = path.to_path_buf();
        return Ok(Located { path, entry: None });
    }
    let entry = match weights(file_or_name) {
        // What looks like a file was meant as one.
        Err(_) if path.components().count() > 1 || has_ending(path) => {
            let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(Error::io("read", path)(missing));
        }
        found => found?,
    };
    Ok(Located {
        path: Hub::new()?.fetch(entry)?,
        entry: Some(entry),
    })
}

/// A folder as it is, which must have a `config.json`; or, where there is no such folder, that of the text encoder of
/// this name ([`text_encoder()`]: `all-MiniLM-L6-v2`), from wherever [`Hub::text_encoder`] of [`Hub::new`] finds it.
///
/// # Errors
///
/// There is neither such a folder nor such a name, the folder is not a text encoder's, or the files cannot be fetched.
pub fn locate_text_encoder(folder_or_name: &str) -> Result<PathBuf> {
    let folder = Path::new(folder_or_name);
    if folder.exists() {
        let found = match folder.is_dir() {
            true if folder.join("config.json").is_file() => return Ok(folder.to_path_buf()),
            true => format!("{folder:?}, a folder without config.json"),
            false => format!("{folder:?}, a file"),
        };
        return Err(Error::argument("text encoder", FOLDER, found));
    }
    let entry = match text_encoder(folder_or_name) {
        // What looks like a path may have been meant as one.
        Err(_) if folder.components().count() > 1 => {
            let expected = format!("{FOLDER}, or one of the names of hub::all_text_encoders()");
            let found = format!("{folder_or_name:?}, which is neither");
            return Err(Error::argument("text encoder", expected, found));
        }
        found => found?,
    };
    Hub::new()?.text_encoder(entry)
}

/// What a folder of a text encoder has in it.
const FOLDER: &str = "a folder with config.json, tokenizer.json and model.safetensors, as Hugging Face's libraries write it";

fn has_ending(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    ["pt", "pth", "th", "bin", "ckpt", "safetensors"].contains(&ending.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_before_a_name_and_mistakes_are_told_apart() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let found = locate(file.path().to_str().unwrap()).unwrap();
        assert_eq!((found.path.as_path(), found.entry), (file.path(), None));
        for name in ["weights/resnet50", "mine.safetensors"] {
            assert!(matches!(locate(name), Err(Error::Io { .. })), "{name}");
        }
        let error = locate("resnet51").unwrap_err();
        assert!(matches!(error, Error::UnknownName { .. }), "{error}");
    }
    #[test]
    fn a_folder_goes_before_a_name_and_says_what_it_lacks() {
        let folder = tempfile::tempdir().unwrap();
        let locate = |path: &Path| locate_text_encoder(path.to_str().unwrap());
        let error = locate(folder.path()).unwrap_err().to_string();
        for part in ["without config.json", "tokenizer.json", "model.safetensors"] {
            assert!(error.contains(part), "{error}");
        }
        let config = folder.path().join("config.json");
        std::fs::write(&config, "{}").unwrap();
        assert_eq!(locate(folder.path()).unwrap(), folder.path());
        let error = locate(&config).unwrap_err().to_string();
        assert!(error.contains("a file"), "{error}");
        let error = locate(&folder.path().join("none")).unwrap_err().to_string();
        for part in ["none", "neither", "hub::all_text_encoders()"] {
            assert!(error.contains(part), "{error}");
        }
        let error = locate_text_encoder("all-MiniLM-L6").unwrap_err();
        assert!(matches!(error, Error::UnknownName { .. }), "{error}");
    }
}
