//! Tokens and batches.

use transfer::prelude::*;

use super::{messages, tokenizer};

fn texts(texts: &[&str]) -> TextDataset {
    let owned = texts.iter().map(|text| (*text).to_owned()).collect();
    TextDataset::new(owned, vec![0; texts.len()], &["any"]).unwrap()
}

#[test]
fn a_text_is_cut_into_pieces() {
    let pieces = tokenizer().pieces("Where is the FERN, waters?").unwrap();
    let expected = [
        "[CLS]", "where", "is", "the", "fern", ",", "water", "##s", "?", "[SEP]",
    ];
    assert_eq!(pieces, expected);
    let ids = tokenizer().encode(&["the fern", "☃"]).unwrap();
    assert_eq!(ids, [[2, 4, 12, 3].to_vec(), [2, 1, 3].to_vec()]);
}

#[test]
fn a_batch_is_padded_to_its_own_longest_and_says_what_was_cut_off() {
    let short = tokenizer().with_max_length(6).unwrap();
    let dataset = texts(&["fern", "the fern is dead and the app is late", "a card"]);
    let loader = TextLoader::new(&dataset, &short, 2).unwrap();
    let batches: Vec<TextBatch> = loader.batches(0).collect();
    assert_eq!(batches[0].indices, [0, 2]);
    assert_eq!(batches[0].ids.size(), [2, 4]);
    assert_eq!(
        Vec::<i64>::try_from(batches[0].mask.view(-1)).unwrap(),
        [1, 1, 1, 0, 1, 1, 1, 1]
    );
    assert_eq!(
        Vec::<i64>::try_from(batches[0].ids.view(-1)).unwrap()[..4],
        [2, 12, 3, 0]
    );
    // The end of a text keeps its last token.
    let cut = Vec::<i64>::try_from(batches[1].ids.view(-1)).unwrap();
    assert_eq!((cut.len(), cut[5]), (6, 3));
    let told = &loader.truncated()[0];
    assert_eq!((loader.truncated().len(), told.index, told.used), (1, 1, 6));
    assert!(told.to_string().contains("of which 6 are used"), "{told}");
    assert!(tokenizer().with_max_length(2).is_err());
}

#[test]
fn a_random_order_has_each_text_once_and_little_padding() {
    let long: Vec<String> = (0..200)
        .map(|number| "fern ".repeat(1 + number * 7 % 13))
        .collect();
    let dataset = TextDataset::new(long, vec![0; 200], &["any"]).unwrap();
    let loader = TextLoader::new(&dataset, &tokenizer(), 8)
        .unwrap()
        .shuffled(3);
    let order = |loader: &TextLoader, epoch| -> Vec<usize> {
        loader
            .batches(epoch)
            .flat_map(|batch| batch.indices)
            .collect()
    };
    let first = order(&loader, 0);
    assert_eq!(first, order(&loader, 0));
    assert_ne!(first, order(&loader, 1));
    assert_ne!(first, order(&loader.clone().shuffled(4), 0));
    let mut sorted = first;
    sorted.sort_unstable();
    assert_eq!(sorted, (0..200).collect::<Vec<_>>());
    let (bucketed, mixed) = (loader.padding(0), loader.by_length(false).padding(0));
    assert!(bucketed < 0.05 && mixed > 0.3, "{bucketed} {mixed}");
}

#[test]
fn what_makes_no_batch_is_an_error() {
    let none = TextDataset::new(Vec::new(), Vec::new(), &["any"]).unwrap();
    assert!(TextLoader::new(&none, &tokenizer(), 2).is_err());
    assert!(TextLoader::new(&messages(2), &tokenizer(), 0).is_err());
    let missing = Tokenizer::open("nowhere").unwrap_err();
    assert!(matches!(missing, Error::Io { .. }), "{missing}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokenizer.json");
    std::fs::write(&path, "{}").unwrap();
    let error = Tokenizer::open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("tokenizer.json"), "{error}");
}
