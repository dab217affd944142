//! How a file of texts is read.

/// How a file of texts is read; see [`TextDataset::open`](super::TextDataset::open).
#[derive(Debug, Clone)]
pub struct TextOptions {
    pub(super) text: Option<String>,
    pub(super) label: Option<String>,
    pub(super) classes: Option<Vec<String>>,
    pub(super) only: Option<(String, String)>,
    pub(super) header: bool,
    pub(super) separator: Option<char>,
    pub(super) quotes: bool,
    pub(super) labelled: bool,
    pub(super) strict: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            text: None,
            label: None,
            classes: None,
            only: None,
            header: true,
            separator: None,
            quotes: true,
            labelled: true,
            strict: false,
        }
    }
}

impl TextOptions {
    /// A header, or names in every JSON object; columns found by their names.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The column with the texts.
    #[must_use]
    pub fn text_column(mut self, name: &str) -> Self {
        self.text = Some(name.into());
        self
    }

    /// The column with the labels.
    #[must_use]
    pub fn label_column(mut self, name: &str) -> Self {
        self.label = Some(name.into());
        self
    }

    /// The classes, in the order of their numbers: `train.classes()` for a file beside it, which may lack one of them and
    /// would then number the others differently. A row with another label cannot be used.
    #[must_use]
    pub fn classes(mut self, names: &[impl AsRef<str>]) -> Self {
        self.classes = Some(names.iter().map(|name| name.as_ref().into()).collect());
        self
    }

    /// Only rows with this value in this column: `.only("split", "train")`.
    #[must_use]
    pub fn only(mut self, column: &str, value: &str) -> Self {
        self.only = Some((column.into(), value.into()));
        self
    }

    /// The first line is a row already. Columns are then called by their numbers from 1, and, unless told otherwise, the
    /// first has the text and the second the label: as SentEval's files of SST are laid out.
    #[must_use]
    pub fn without_header(mut self) -> Self {
        self.header = false;
        self
    }

    /// What stands between the fields of a table. Unless told, a tab in files whose names end in `.tsv` or `.tab` or whose first line has one,
    /// and otherwise of comma and semicolon that which it has more of.
    #[must_use]
    pub fn separator(mut self, separator: char) -> Self {
        self.separator = Some(separator);
        self
    }

    /// A quote is a letter like any other: for files that were written by joining fields with tabs.
    #[must_use]
    pub fn without_quotes(mut self) -> Self {
        self.quotes = false;
        self
    }

    /// There are no labels: texts to be told the class of. All have the class `"unlabelled"`.
    #[must_use]
    pub fn without_labels(mut self) -> Self {
        self.labelled = false;
        self
    }

    /// A row that cannot be used is an error, and not one of [`TextDataset::bad_rows`](super::TextDataset::bad_rows).
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }
}
