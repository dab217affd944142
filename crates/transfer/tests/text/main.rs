//! Text: files of it, tokens, nets beside Hugging Face's, and what learns on them.

mod data;
mod folders;
mod learning;
mod loading;
mod lora;
mod reference;
mod techniques;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use transfer::prelude::*;

/// A file beside the tests.
fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/text")
        .join(name)
}

/// Whoever draws from libtorch's generator is alone with it.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tokenizer() -> Tokenizer {
    Tokenizer::open(file("tokenizer.json")).unwrap()
}

/// A net as small as the vocabulary of the tests.
fn small_config() -> BertConfig {
    BertConfig {
        vocab_size: tokenizer().vocab_size() as i64,
        hidden_size: 16,
        num_layers: 2,
        num_heads: 2,
        intermediate_size: 32,
        max_positions: 24,
        ..BertConfig::MINILM_L6
    }
}

fn small_encoder(seed: u64) -> TextEncoder {
    let bert = Bert::new(small_config(), Device::Cpu, seed).unwrap();
    TextEncoder::new(bert, Pooling::Mean)
}

/// Two classes that a word or two tell apart.
fn messages(each: usize) -> TextDataset {
    messages_from(0, each)
}

/// Others: those from that number on.
fn messages_from(first: usize, each: usize) -> TextDataset {
    let (mut texts, mut labels) = (Vec::new(), Vec::new());
    let fills = [
        "the", "a", "my", "not on", "is", "where", "new", "card", "late", "app",
    ];
    for number in first..first + each {
        let fill =
            |step: usize| fills[(number * (3 * step + 1) + number / (step + 3)) % fills.len()];
        texts.push(format!("{} money back {} refund", fill(0), fill(1)));
        labels.push(0);
        texts.push(format!(
            "{} fern dead {} water {}",
            fill(2),
            fill(3),
            fill(4)
        ));
        labels.push(1);
    }
    TextDataset::new(texts, labels, &["money", "plant"]).unwrap()
}

fn largest_difference(a: &Tensor, b: &Tensor) -> f64 {
    assert_eq!(a.size(), b.size());
    (a - b).abs().max().double_value(&[])
}
