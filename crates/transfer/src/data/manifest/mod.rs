//! Pictures that a table names, with a label or with numbers beside each.

mod columns;
mod options;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use image::RgbImage;

use self::columns::{Columns, Named};
use super::image_folder::open_picture;
use super::{Dataset, stamp};
use crate::{Error, Result, csv};

pub use options::CsvOptions;

/// How many rows an error names.
const SHOWN: usize = 5;

/// A row of the table that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// What was expected, what was found.
    pub reason: String,
}

#[derive(Debug, Clone)]
struct Item {
    path: PathBuf,
    label: usize,
    targets: Vec<f32>,
}

/// The pictures that a table names, in its order.
///
/// The table has a header; separators may be commas, semicolons or tabs, fields may be quoted. Its path column is called
/// `path`, `file`, `filename`, `filepath`, `image` or `image_path`, its label column `label`, `class`, `target` or
/// `category` (in any case), unless [`CsvOptions`] names others. Labels are texts; their sorted set is the classes, unless
/// [`CsvOptions::classes`] gives them: a second table with fewer labels needs that to number them as the first one.
#[derive(Debug, Clone)]
pub struct CsvManifest {
    classes: Vec<String>,
    items: Vec<Item>,
    bad_rows: Vec<BadRow>,
}

impl CsvManifest {
    /// Reads a table, and the header of each picture that it names. A row that cannot be used (another number of fields,
    /// an empty label or one that is not among the given classes, no number where one is expected, a file that is missing or no picture) is in
    /// [`bad_rows`](Self::bad_rows).
    ///
    /// # Errors
    ///
    /// The table cannot be read, is not UTF-8, has a quote that is never closed, lacks a column or has two of a name, or
    /// has no usable row; or, if [`CsvOptions::strict`], a row that is not usable.
    pub fn open(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Self> {
        let path = path.as_ref();
        let dataset = |reason: String| Error::Dataset {
            path: path.into(),
            reason,
        };
        let bytes = std::fs::read(path).map_err(Error::io("read", path))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            dataset(format!(
                "expected UTF-8 text, found something else at byte {at}. Save it as UTF-8"
            ))
        })?;
        let mut rows = csv::parse(&text, csv::separator(&text), true)
            .map_err(|line| {
                dataset(format!(
                    "the quote on line {line} is closed in the middle of a field or never"
                ))
            })?
            .into_iter();
        let (_, header) = rows
            .next()
            .ok_or_else(|| dataset("expected a header and rows, found nothing".into()))?;
        let columns = Columns::of(&header, options).map_err(dataset)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let root = options.root.clone().unwrap_or(folder);
        let (mut read, mut bad_rows) = (Vec::new(), Vec::new());
        for (line, fields) in rows {
            match columns.read(&fields, header.len(), &root) {
                Ok(row) => read.push(row),
                Err(reason) => bad_rows.push(BadRow { line, reason }),
            }
        }
        if read.is_empty() || options.strict && !bad_rows.is_empty() {
            return Err(dataset(complaint(
                "rows that name pictures",
                read.len(),
                &bad_rows,
            )));
        }
        let classes = options.classes.clone().unwrap_or_else(|| {
            let labels: BTreeSet<&String> = read.iter().map(|row: &Named| &row.label).collect();
            labels.into_iter().cloned().collect()
        });
        let numbers: HashMap<&str, usize> = (0..).zip(&classes).map(|(n, c)| (&**c, n)).collect();
        let item = |row: Named| Item {
            label: numbers.get(&*row.label).copied().unwrap_or_default(),
            path: row.path,
            targets: row.targets,
        };
        let items = read.into_iter().map(item).collect();
        Ok(Self {
            classes,
            items,
            bad_rows,
        })
    }

    /// The rows that were left out.
    #[must_use]
    pub fn bad_rows(&self) -> &[BadRow] {
        &self.bad_rows
    }
}

/// What an error says of rows that cannot be used.
pub(crate) fn complaint(expected: &str, usable: usize, bad_rows: &[BadRow]) -> String {
    let bad = bad_rows.len();
    let mut text = format!("expected {expected}, found {usable} that do and {bad} that do not");
    for BadRow { line, reason } in bad_rows.iter().take(SHOWN) {
        text.push_str(&format!("\n  line {line}: {reason}"));
    }
    if bad > SHOWN {
        text.push_str(&format!("\n  … and {} more", bad - SHOWN));
    }
    text
}

impl Dataset for CsvManifest {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn label(&self, index: usize) -> usize {
        self.items[index].label
    }

    fn name(&self, index: usize) -> PathBuf {
        self.items[index].path.clone()
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        open_picture(&self.items[index].path)
    }

    fn targets(&self, index: usize) -> &[f32] {
        &self.items[index].targets
    }

    fn stamp(&self, index: usize) -> String {
        stamp::of_file(&self.items[index].path)
    }
}
