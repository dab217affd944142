//! The corpus that comes with the crate.

use super::{TextDataset, TextOptions};
use crate::{Error, Result};

/// The parts of the corpus.
const PARTS: [&str; 3] = ["train", "valid", "test"];

/// One part of it: `"train"`, `"valid"` or `"test"`.
///
#[doc = include_str!("../../corpus/README.md")]
///
/// # Errors
///
/// There is no such part.
pub fn support_messages(part: &str) -> Result<TextDataset> {
    if !PARTS.contains(&part) {
        let expected = format!("one of {PARTS:?}");
        return Err(Error::argument(
            "part of the support messages",
            expected,
            part,
        ));
    }
    let options = TextOptions::new().only("split", part).strict();
    TextDataset::read(
        include_str!("../../corpus/support_messages.csv"),
        false,
        &options,
    )
    .map_err(|found| Error::argument("the support messages", "the file of this project", found))
}
