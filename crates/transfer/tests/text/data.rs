//! Files of texts and labels.

use transfer::prelude::*;

fn open(name: &str, content: &str, options: &TextOptions) -> Result<TextDataset> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    TextDataset::open(&path, options)
}

#[test]
fn tables_and_lines_of_json_say_the_same() {
    let table = "Sentence;Label\n\"late; and dead\";b\nfine;a\n";
    let tabs = "text\tlabel\nlate; and dead\tb\nfine\ta\n";
    let json = "{\"text\": \"late; and dead\", \"label\": \"b\"}\n\n{\"label\": \"a\", \"text\": \"fine\", \"id\": 3}\n";
    let plain = TextOptions::new();
    let read = [
        open("a.csv", table, &plain).unwrap(),
        open("a.tsv", tabs, &plain).unwrap(),
        open("a.jsonl", json, &plain).unwrap(),
    ];
    for dataset in &read {
        assert_eq!(dataset.texts(), ["late; and dead", "fine"]);
        assert_eq!(
            (dataset.labels(), dataset.classes()),
            (&[1, 0][..], &["a".to_owned(), "b".to_owned()][..])
        );
        assert!(dataset.bad_rows().is_empty());
    }
}

#[test]
fn a_file_without_header_and_with_quotes_as_letters() {
    let content = "\" so \" it goes , on , and on\t1\nfine\t0\n";
    let options = TextOptions::new().without_header().without_quotes();
    let dataset = open("train.tsv", content, &options).unwrap();
    assert_eq!(dataset.texts(), ["\" so \" it goes , on , and on", "fine"]);
    assert_eq!(dataset.labels(), [1, 0]);
    // Two texts that begin with a quote are not one.
    assert!(
        open(
            "a.tsv",
            "text\tlabel\n\"A\t1\n\"B\t0\n",
            &TextOptions::new()
        )
        .is_err()
    );
    // The quote that nobody closes says so.
    let error = open(
        "a.tsv",
        "text\tlabel\n\"so it goes\t1\n",
        &TextOptions::new(),
    )
    .unwrap_err();
    assert!(error.to_string().contains("without_quotes"), "{error}");
}

#[test]
fn rows_that_cannot_be_used_are_told_and_none_is_lost() {
    let content = "text,label,part\nfine,a,x\n,a,x\ngood,,x\nwell,a\nhere,b,y\n";
    let dataset = open("a.csv", content, &TextOptions::new()).unwrap();
    let lines: Vec<usize> = dataset.bad_rows().iter().map(|row| row.line).collect();
    assert_eq!((dataset.len(), lines), (2, vec![3, 4, 5]));
    assert!(open("a.csv", content, &TextOptions::new().strict()).is_err());
    let only = open("a.csv", content, &TextOptions::new().only("part", "y")).unwrap();
    assert_eq!(only.texts(), ["here"]);
    let known = TextOptions::new().classes(&["b", "a"]);
    assert_eq!(open("a.csv", content, &known).unwrap().labels(), [1, 0]);
    let fewer = open("a.csv", content, &TextOptions::new().classes(&["a"])).unwrap();
    assert!(
        fewer
            .bad_rows()
            .iter()
            .any(|row| row.reason.contains("\"b\""))
    );
}

#[test]
fn mistakes_are_named() {
    let plain = TextOptions::new();
    let error = open("a.csv", "words,label\nx,y\n", &plain)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("words") && error.contains("text_column"),
        "{error}"
    );
    let error = open("a.jsonl", "{\"text\": \"x\"}\n", &plain)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("line 1") && error.contains("label"),
        "{error}"
    );
    let error = open("a.jsonl", "[1]\nno\n", &plain)
        .unwrap_err()
        .to_string();
    assert!(error.contains("line 2"), "{error}");
    let both = "{\"text\": \"x\", \"question\": \"y\", \"label\": 1}\n";
    let error = open("a.jsonl", both, &plain).unwrap_err().to_string();
    assert!(error.contains("question"), "{error}");
    assert!(open("a.jsonl", both, &plain.clone().text_column("text")).is_ok());
    assert!(open("a.csv", "", &plain).is_err());
    assert!(TextDataset::open("nowhere.csv", &plain).is_err());
    let unlabelled = TextOptions::new().without_labels();
    assert_eq!(
        open("a.csv", "text\nx\ny\n", &unlabelled)
            .unwrap()
            .classes(),
        ["unlabelled"]
    );
    assert!(TextDataset::new(vec!["x".into()], vec![1], &["a"]).is_err());
    assert!(TextDataset::new(vec!["x".into()], vec![], &["a"]).is_err());
}

#[test]
fn numbers_and_truth_values_are_labels_too() {
    let content = "{\"text\": \"x\", \"label\": 1}\n{\"text\": \"y\", \"label\": false}\n";
    assert_eq!(
        open("a.jsonl", content, &TextOptions::new())
            .unwrap()
            .classes(),
        ["1", "false"]
    );
    let list = "[{\"text\": \"x\", \"label\": 10},\n {\"text\": \"y\", \"label\": 9}]";
    let read = open("a.json", list, &TextOptions::new()).unwrap();
    // By size, not as text.
    assert_eq!(read.classes(), ["9", "10"]);
    assert_eq!(read.labels(), [1, 0]);
}

#[test]
fn the_corpus_is_what_its_card_says() {
    let parts = ["train", "valid", "test"].map(|part| support_messages(part).unwrap());
    let sizes = parts.each_ref().map(TextDataset::len);
    assert_eq!(sizes, [320, 128, 384]);
    for part in &parts {
        assert_eq!(
            (part.classes().len(), part.classes()),
            (8, parts[0].classes())
        );
        for class in 0..8 {
            let members = part
                .labels()
                .iter()
                .filter(|&&label| label == class)
                .count();
            assert_eq!(members * 8, part.len(), "{class}");
        }
    }
    // No message is nearly another one.
    let words = |text: &String| -> std::collections::BTreeSet<String> {
        let lower = text.to_lowercase();
        let words = lower.split(|letter: char| !letter.is_alphanumeric());
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let all: Vec<_> = parts
        .iter()
        .flat_map(|part| part.texts())
        .map(words)
        .collect();
    for (number, one) in all.iter().enumerate() {
        for other in &all[..number] {
            let shared = one.intersection(other).count() as f64;
            let joined = one.union(other).count() as f64;
            assert!(shared / joined <= 0.6, "{one:?} and {other:?}");
        }
    }
    assert!(support_messages("all").is_err());
}
