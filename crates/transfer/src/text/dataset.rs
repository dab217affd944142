//! Texts with labels.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use tch::Tensor;

use super::TextOptions;
use super::read::{Row, rows};
use crate::data::{BadRow, complaint};
use crate::{Error, Result};

/// Texts with labels, all in memory. Labels are positions in [`classes`](Self::classes), which are sorted by name (by size where
/// all are whole numbers) unless given.
#[derive(Debug, Clone, PartialEq)]
pub struct TextDataset {
    classes: Vec<String>,
    texts: Vec<String>,
    labels: Vec<usize>,
    bad_rows: Vec<BadRow>,
}

impl TextDataset {
    /// Reads a file of texts and labels: JSON lines, or a list of JSON objects, where its name ends in `.jsonl`, `.ndjson` or `.json`, otherwise a table
    /// whose [separator](TextOptions::separator) is found out. The text is in the column `text`, `sentence`, `message`,
    /// `content`, `review`, `body` or `question`, the label in `label`, `class`, `target`, `category`, `intent` or
    /// `sentiment` (in any case), unless [`TextOptions`] name others. A row that cannot be used (an empty text, a label
    /// that is not among the given classes, another number of fields) is in [`bad_rows`](Self::bad_rows).
    ///
    /// # Errors
    ///
    /// The file cannot be read, is not UTF-8, has a quote that is closed in the middle of a field or never, lacks a column or has two of a name, or has
    /// no usable row; or, if [`TextOptions::strict`], a row that is not usable.
    pub fn open(path: impl AsRef<Path>, options: &TextOptions) -> Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(Error::io("read", path))?;
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let ending = ending.to_lowercase();
        let is_json = ["jsonl", "ndjson", "json"].contains(&ending.as_str());
        let mut options = options.clone();
        if ["tsv", "tab"].contains(&ending.as_str()) {
            options.separator = options.separator.or(Some('\t'));
        }
        let dataset = |reason: String| Error::Dataset {
            path: path.into(),
            reason,
        };
        let content = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            dataset(format!(
                "expected UTF-8 text, found something else at byte {at}. Save it as UTF-8"
            ))
        })?;
        Self::read(&content, is_json, &options).map_err(dataset)
    }

    /// From a file's content.
    pub(super) fn read(
        content: &str,
        is_json: bool,
        options: &TextOptions,
    ) -> std::result::Result<Self, String> {
        let (rows, bad_rows) = rows(content, is_json, options)?;
        if rows.is_empty() || options.strict && !bad_rows.is_empty() {
            return Err(complaint(
                "rows that have a text and a label",
                rows.len(),
                &bad_rows,
            ));
        }
        let classes = options.classes.clone().unwrap_or_else(|| {
            let labels: BTreeSet<&String> = rows.iter().map(|row: &Row| &row.label).collect();
            let mut labels: Vec<String> = labels.into_iter().cloned().collect();
            // 10 comes after 9.
            if labels.iter().all(|label| label.parse::<i64>().is_ok()) {
                labels.sort_by_key(|label| label.parse::<i64>().unwrap_or_default());
            }
            labels
        });
        let numbers: HashMap<&str, usize> = (0..).zip(&classes).map(|(n, c)| (&**c, n)).collect();
        let labels = rows.iter().map(|row| numbers[&*row.label]).collect();
        Ok(Self {
            labels,
            texts: rows.into_iter().map(|row| row.text).collect(),
            classes,
            bad_rows,
        })
    }

    /// Texts that are in memory already, with the number of each one's class.
    ///
    /// # Errors
    ///
    /// There are not as many labels as texts, or a label is none of the classes.
    pub fn new(
        texts: Vec<String>,
        labels: Vec<usize>,
        classes: &[impl AsRef<str>],
    ) -> Result<Self> {
        if labels.len() != texts.len() {
            let expected = format!("{}, one for each text", texts.len());
            return Err(Error::argument("labels", expected, labels.len()));
        }
        if let Some(label) = labels.iter().find(|label| **label >= classes.len()) {
            let expected = format!("below {}, the number of classes", classes.len());
            return Err(Error::argument("label", expected, label));
        }
        Ok(Self {
            classes: classes.iter().map(|name| name.as_ref().into()).collect(),
            texts,
            labels,
            bad_rows: Vec::new(),
        })
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The texts, in the file's order.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The number of each text's class.
    #[must_use]
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The same as a tensor: `[N]`, integers.
    pub fn label_tensor(&self) -> Tensor {
        let labels: Vec<i64> = self.labels.iter().map(|&label| label as i64).collect();
        Tensor::from_slice(&labels)
    }

    /// The names of the classes.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The rows that were left out.
    #[must_use]
    pub fn bad_rows(&self) -> &[BadRow] {
        &self.bad_rows
    }

    /// The texts at these positions, in this order, with all classes: what [`stratified`](crate::data::stratified) chose.
    ///
    /// # Panics
    ///
    /// There is no text at a position.
    #[must_use]
    pub fn select(&self, positions: &[usize]) -> Self {
        Self {
            classes: self.classes.clone(),
            texts: positions.iter().map(|&at| self.texts[at].clone()).collect(),
            labels: positions.iter().map(|&at| self.labels[at]).collect(),
            bad_rows: Vec::new(),
        }
    }
}
