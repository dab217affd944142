//! Texts as the pieces that a pretrained net knows.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::{Error, Result};

/// The most tokens where a model says nothing: BERT's.
const MOST: usize = 512;

/// Cuts texts into pieces of words and says each one's number in the net's vocabulary, by the `tokenizer.json` that comes with
/// the net ([tokenizers](https://github.com/huggingface/tokenizers), what Hugging Face's own libraries use).
///
/// ```no_run
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let tokenizer = Tokenizer::open(hub::locate_text_encoder("all-MiniLM-L6-v2")?)?;
/// assert_eq!(tokenizer.pieces("Repotting?")?, ["[CLS]", "rep", "##ott", "##ing", "?", "[SEP]"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Tokenizer {
    inner: Arc<dyn Library>,
    path: PathBuf,
    max_length: usize,
    pad_id: i64,
}

/// What is asked of the library. Behind a `dyn`, so that a clone shares the vocabulary, and that a notebook's cells need not compile the code that takes such a value apart.
trait Library: Debug + Send + Sync {
    fn ids(&self, texts: Vec<&str>) -> tokenizers::Result<Vec<Vec<i64>>>;
    fn pieces(&self, text: &str) -> tokenizers::Result<Vec<String>>;
    fn vocab_size(&self) -> usize;
}

impl Library for tokenizers::Tokenizer {
    fn ids(&self, texts: Vec<&str>) -> tokenizers::Result<Vec<Vec<i64>>> {
        let ids =
            |of: &tokenizers::Encoding| of.get_ids().iter().map(|&id| i64::from(id)).collect();
        Ok(self
            .encode_batch_fast(texts, true)?
            .iter()
            .map(ids)
            .collect())
    }

    fn pieces(&self, text: &str) -> tokenizers::Result<Vec<String>> {
        Ok(self.encode(text, true)?.get_tokens().to_vec())
    }

    fn vocab_size(&self) -> usize {
        self.get_vocab_size(true)
    }
}

impl Tokenizer {
    /// The tokenizer of a folder, or a `tokenizer.json`. Texts are cut off at what the folder's
    /// `sentence_bert_config.json` or `tokenizer_config.json` says, and at 512 tokens where they say nothing or more.
    ///
    /// # Errors
    ///
    /// The file cannot be read or is no tokenizer, or has no token to pad with.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        Self::read(folder.as_ref())
    }

    /// The same, not generic: what reads the file would be compiled again in every notebook (six seconds of a cell).
    fn read(given: &Path) -> Result<Self> {
        let path = match given.is_dir() {
            true => given.join("tokenizer.json"),
            false => given.to_path_buf(),
        };
        let unusable = |reason: String| Error::Dataset {
            path: path.clone(),
            reason,
        };
        // For its own error: that of the library does not tell a missing file from a damaged one.
        let bytes = std::fs::read(&path).map_err(Error::io("read", &path))?;
        let mut inner = tokenizers::Tokenizer::from_bytes(&bytes).map_err(|error| {
            unusable(format!(
                "expected a tokenizer.json of Hugging Face's tokenizers: {error}"
            ))
        })?;
        let names = ["[PAD]", "<pad>", "<|pad|>"];
        let said = inner.get_padding().map(|padding| padding.pad_id);
        let pad_id = said.or_else(|| names.iter().find_map(|name| inner.token_to_id(name)));
        let pad_id = pad_id.ok_or_else(|| {
            unusable(format!(
                "expected a token to pad with ({}), found none",
                names.join(" or ")
            ))
        })?;
        // Both are done here, batch by batch, where what is cut off can be told.
        inner.with_padding(None);
        let no_truncation = inner.with_truncation(None).map(drop);
        no_truncation.map_err(|error| unusable(error.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        Ok(Self {
            inner: Arc::new(inner),
            path,
            max_length: longest(&folder),
            pad_id: i64::from(pad_id),
        })
    }

    /// Sets after how many tokens a text is cut off, those that stand at its ends (`[CLS]`, `[SEP]`) included.
    ///
    /// # Errors
    ///
    /// Fewer than 3: nothing of the text would be left.
    pub fn with_max_length(mut self, tokens: usize) -> Result<Self> {
        if tokens < 3 {
            return Err(Error::argument("max_length", "at least 3 tokens", tokens));
        }
        self.max_length = tokens;
        Ok(self)
    }

    /// After how many tokens a text is cut off.
    #[must_use]
    pub fn max_length(&self) -> usize {
        self.max_length
    }

    /// The number of the token that fills up shorter texts of a batch.
    #[must_use]
    pub fn pad_id(&self) -> i64 {
        self.pad_id
    }

    /// How many tokens it knows.
    #[must_use]
    pub fn vocab_size(&self) -> usize {
        self.inner.vocab_size()
    }

    /// The file that it was read from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The numbers of each text's tokens, not cut off.
    ///
    /// # Errors
    ///
    /// The tokenizer has no token for what it does not know, and meets such a text.
    pub fn encode(&self, texts: &[impl AsRef<str>]) -> Result<Vec<Vec<i64>>> {
        let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        self.inner.ids(texts).map_err(|error| self.refused(&error))
    }

    /// The pieces of a text, as the vocabulary writes them.
    ///
    /// # Errors
    ///
    /// As [`encode`](Self::encode).
    pub fn pieces(&self, text: &str) -> Result<Vec<String>> {
        self.inner
            .pieces(text)
            .map_err(|error| self.refused(&error))
    }

    /// Cuts a text off, its last token (`[SEP]`) kept.
    pub(super) fn cut(&self, ids: &mut Vec<i64>) {
        if ids.len() > self.max_length
            && let Some(last) = ids.pop()
        {
            ids.truncate(self.max_length - 1);
            ids.push(last);
        }
    }

    fn refused(&self, error: &tokenizers::Error) -> Error {
        Error::Dataset {
            path: self.path.clone(),
            reason: format!("the tokenizer refuses a text: {error}"),
        }
    }
}

/// What the files beside a tokenizer say of the longest text.
fn longest(folder: &Path) -> usize {
    let says = |file: &str, field: &str| {
        let text = std::fs::read_to_string(folder.join(file)).ok()?;
        let value: Value = serde_json::from_str(&text).ok()?;
        let tokens = usize::try_from(value[field].as_u64()?).ok()?;
        (3..=MOST).contains(&tokens).then_some(tokens)
    };
    says("sentence_bert_config.json", "max_seq_length")
        .or_else(|| says("tokenizer_config.json", "model_max_length"))
        .unwrap_or(MOST)
}
