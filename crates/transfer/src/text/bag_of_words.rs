//! What a text is without a net: which words it has.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use tch::Tensor;

use crate::{Error, Result};

/// Texts as weighed counts of words and pairs of words (TF-IDF), by the formulas of scikit-learn's `TfidfVectorizer`: words
/// of two letters or digits or more, in lower case; a count times `ln((1 + n) / (1 + df)) + 1`, where `df` of the `n` texts have the
/// word; rows of length 1. The baseline that a pretrained net has to beat.
#[derive(Debug, Clone, PartialEq)]
pub struct BagOfWords {
    vocabulary: Vec<String>,
    weights: Vec<f32>,
    most_words: usize,
}

impl BagOfWords {
    /// Learns the words of texts and how rare each is. `most_words` is the length of the longest run of words that is counted as one: 1
    /// for single words, 2 for pairs too. Of the words found, the `most_columns` that are in most texts have a column.
    ///
    /// # Errors
    ///
    /// `most_words` or `most_columns` is 0, or the texts have no word.
    pub fn fit(texts: &[impl AsRef<str>], most_words: usize, most_columns: usize) -> Result<Self> {
        for (what, most) in [("most_words", most_words), ("most_columns", most_columns)] {
            if most == 0 {
                return Err(Error::argument(what, "at least 1", 0));
            }
        }
        let mut in_texts: BTreeMap<String, usize> = BTreeMap::new();
        for text in texts {
            let found: HashSet<String> = terms(text.as_ref(), most_words).collect();
            for term in found {
                *in_texts.entry(term).or_default() += 1;
            }
        }
        if in_texts.is_empty() {
            let found = format!("none in {} texts", texts.len());
            return Err(Error::argument("words", "at least one", found));
        }
        let all = 1.0 + texts.len() as f32;
        let weight = |found: usize| (all / (1.0 + found as f32)).ln() + 1.0;
        let mut kept: Vec<(String, usize)> = in_texts.into_iter().collect();
        kept.sort_by_key(|(_, found)| Reverse(*found));
        kept.truncate(most_columns);
        kept.sort();
        let (vocabulary, found): (Vec<String>, Vec<usize>) = kept.into_iter().unzip();
        Ok(Self {
            vocabulary,
            weights: found.into_iter().map(weight).collect(),
            most_words,
        })
    }

    /// The words and runs of words that have a column, sorted.
    #[must_use]
    pub fn vocabulary(&self) -> &[String] {
        &self.vocabulary
    }

    /// The rows of texts: `[N, V]`. A text without a known word has a row of zeros.
    ///
    /// # Errors
    ///
    /// libtorch cannot hold so many numbers.
    pub fn transform(&self, texts: &[impl AsRef<str>]) -> Result<Tensor> {
        let columns = self.vocabulary.iter().map(String::as_str);
        let columns: HashMap<&str, usize> = columns.zip(0..).collect();
        let width = self.vocabulary.len();
        let mut rows = vec![0f32; texts.len() * width];
        for (row, text) in rows.chunks_mut(width).zip(texts) {
            for term in terms(text.as_ref(), self.most_words) {
                if let Some(&at) = columns.get(term.as_str()) {
                    row[at] += self.weights[at];
                }
            }
            let norm = row.iter().map(|x| x * x).sum::<f32>().sqrt();
            if norm > 0.0 {
                row.iter_mut().for_each(|x| *x /= norm);
            }
        }
        let shape = [texts.len() as i64, width as i64];
        Ok(Tensor::f_from_slice(&rows)?.f_view(shape)?)
    }
}

/// The words of a text and their runs.
fn terms(text: &str, most_words: usize) -> impl Iterator<Item = String> {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let words: Vec<String> = words
        .filter(|word| word.chars().count() > 1)
        .map(str::to_owned)
        .collect();
    (1..=most_words).flat_map(move |length| {
        let runs = words.windows(length);
        runs.map(|run| run.join(" ")).collect::<Vec<_>>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_scikit_learns() {
        let texts = ["The fern is dead, dead!", "the parcel", "A fern"];
        let words = BagOfWords::fit(&texts, 1, 100).unwrap();
        assert_eq!(words.vocabulary(), ["dead", "fern", "is", "parcel", "the"]);
        let rows = words.transform(&["dead fern", "x"]).unwrap();
        let rows = Vec::<f32>::try_from(rows.view(-1)).unwrap();
        // TfidfVectorizer().fit(texts).transform(["dead fern", "x"]).toarray() of scikit-learn 1.9.
        let expected = [0.795_960_54, 0.605_348_5, 0.0, 0.0, 0.0];
        for (found, expected) in rows.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{rows:?}");
        }
        assert_eq!(rows[5..], [0.0; 5]);
        let pairs = BagOfWords::fit(&texts, 2, 100).unwrap();
        assert!(pairs.vocabulary().contains(&"dead dead".to_owned()));
        // The words of most texts, and of those with as many the first.
        assert_eq!(
            BagOfWords::fit(&texts, 1, 3).unwrap().vocabulary(),
            ["dead", "fern", "the"]
        );
        assert!(BagOfWords::fit(&["a", "!"], 1, 9).is_err());
    }
}
