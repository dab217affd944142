//! Pictures as their owner keeps them.

use std::path::Path;
use std::sync::Arc;

use super::super::folder_splits::has_parts;
use super::super::{CsvManifest, CsvOptions, Dataset, FolderReport, ImageFolder, Skipped};
use super::Audit;
use crate::Result;

/// A data set in the parts that its owner has given it.
#[derive(Debug, Clone)]
pub struct PictureParts {
    /// Each part with its name: `train` and `test`, or `all`.
    pub parts: Vec<(String, Arc<dyn Dataset>)>,
    /// What was found in the folders behind them, and what was left out.
    pub reports: Vec<FolderReport>,
    /// Rows of a table that could not be used.
    pub bad_rows: Vec<Skipped>,
}

/// Opens pictures wherever they are: a folder with one subfolder per class (one class will do), a folder with `train/` and
/// `val/` or `test/` above those ([`ImageFolder::open_splits`] says which names), or a table that names files and labels
/// ([`CsvManifest`]). Nothing is split that is not split already.
///
/// # Errors
///
/// As [`ImageFolder::open`], [`ImageFolder::open_splits`] or [`CsvManifest::open`].
pub fn open_parts(path: impl AsRef<Path>) -> Result<PictureParts> {
    let path = path.as_ref();
    let all = |dataset: Arc<dyn Dataset>| vec![("all".to_owned(), dataset)];
    if path.is_file() {
        let table = CsvManifest::open(path, &CsvOptions::new())?;
        let bad = table.bad_rows().iter().map(|row| Skipped {
            path: path.join(format!("line {}", row.line)),
            reason: row.reason.clone(),
        });
        return Ok(PictureParts {
            bad_rows: bad.collect(),
            parts: all(Arc::new(table)),
            reports: Vec::new(),
        });
    }
    if has_parts(path)? {
        // The share and the seed are for folders without parts.
        let splits = ImageFolder::open_splits(path, 0.5, 0)?;
        return Ok(PictureParts {
            parts: vec![("train".into(), splits.train), ("test".into(), splits.test)],
            reports: splits.reports,
            bad_rows: Vec::new(),
        });
    }
    let folder = ImageFolder::open(path)?;
    Ok(PictureParts {
        reports: vec![folder.report().clone()],
        parts: all(Arc::new(folder)),
        bad_rows: Vec::new(),
    })
}

impl PictureParts {
    /// Looks at all of them: [`Audit::of`], with what was left out when they were opened.
    ///
    /// # Errors
    ///
    /// As [`Audit::of`].
    pub fn audit(&self) -> Result<Audit> {
        let parts: Vec<(&str, &dyn Dataset)> = self
            .parts
            .iter()
            .map(|(name, dataset)| (name.as_str(), &**dataset))
            .collect();
        let audit = Audit::of(&parts)?.with_unreadable(&self.bad_rows);
        Ok(self.reports.iter().fold(audit, Audit::with_report))
    }
}
