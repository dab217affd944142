//! Text: messages and their labels, what a net reads of them, and how its answers become one vector.
//!
//! [`TextDataset`] reads tables and JSON lines, [`Tokenizer`] cuts texts into the pieces that a pretrained net knows,
//! [`TextLoader`] makes batches of them that are padded no further than they must be. [`Pooling`] makes one vector of a
//! net's answers to all pieces; [`BagOfWords`] is what there was before nets. [`support_messages`] is a small corpus that was
//! written for this project.
//!
//! ```
//! use transfer::prelude::*;
//!
//! # fn main() -> transfer::Result<()> {
//! let messages: TextDataset = support_messages("train")?;
//! println!("{} is {:?}", messages.texts()[0], messages.classes()[messages.labels()[0]]);
//! // What counting words makes of them: one column for each word.
//! let words: BagOfWords = BagOfWords::fit(messages.texts(), 2, 10_000)?;
//! let rows: Tensor = words.transform(messages.texts())?;
//! assert_eq!(rows.size(), [messages.len() as i64, words.vocabulary().len() as i64]);
//! # Ok(())
//! # }
//! ```

mod bag_of_words;
mod dataset;
mod loader;
mod options;
mod pooling;
mod read;
mod support;
mod tokenizer;

pub use bag_of_words::BagOfWords;
pub use dataset::TextDataset;
pub use loader::{TextBatch, TextLoader, Truncated};
pub use options::TextOptions;
pub use pooling::Pooling;
pub use support::support_messages;
pub use tokenizer::Tokenizer;
