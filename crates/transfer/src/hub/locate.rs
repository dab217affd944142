//! Weights as people name them: a file of theirs, or a name that is known here.

use std::path::{Path, PathBuf};

use super::{Hub, WeightsEntry, weights};
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
}
