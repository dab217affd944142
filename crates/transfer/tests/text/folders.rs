//! What is written is read again.

use transfer::prelude::*;

use super::{alone, file, messages, tokenizer};

#[test]
fn a_classifier_is_the_same_from_its_folder() {
    let _alone = alone();
    let encoder = TextEncoder::new(
        Bert::new(super::small_config(), Device::Cpu, 0).unwrap(),
        Pooling::Max,
    );
    let net = TextClassifier::new(encoder, &["money", "plant"], 0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("mine");
    let short = tokenizer().with_max_length(9).unwrap();
    net.save(&folder, &short).unwrap();
    let read = TextClassifier::open(&folder, Device::Cpu).unwrap();
    assert_eq!(
        (read.classes(), read.encoder().pooling()),
        (net.classes(), Pooling::Max)
    );
    let again = Tokenizer::open(&folder).unwrap();
    assert_eq!(again.max_length(), 9);
    let texts = messages(3);
    let said =
        |net: &TextClassifier, by: &Tokenizer| predict_texts(net, by, texts.texts()).unwrap();
    assert_eq!(said(&read, &again), said(&net, &short));
    // What Hugging Face's libraries look for.
    let config = std::fs::read_to_string(folder.join("config.json")).unwrap();
    assert!(
        config.contains("\"label2id\"") && config.contains("\"money\""),
        "{config}"
    );
    // The encoder by itself, as Hugging Face's libraries would read it.
    assert_eq!(
        Bert::open(&folder, Device::Cpu).unwrap().config(),
        net.encoder().bert().config()
    );
    std::fs::remove_file(folder.join("classes.json")).unwrap();
    assert!(TextClassifier::open(&folder, Device::Cpu).is_err());
}

fn pooling_file(folder: &std::path::Path) -> std::path::PathBuf {
    folder.join("1_Pooling").join("config.json")
}

#[test]
fn every_family_is_the_same_from_its_folder() {
    for family in ["bert", "roberta", "distilbert"] {
        let net = Bert::open(file(family), Device::Cpu).unwrap();
        let folder = tempfile::tempdir().unwrap();
        net.save(folder.path()).unwrap();
        let again = Bert::open(folder.path(), Device::Cpu).unwrap();
        assert_eq!(again.config(), net.config());
        for (name, of) in net.state() {
            assert_eq!(of, again.state()[&name], "{name}");
        }
    }
}

#[test]
fn a_folder_without_weights_or_config_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let error = Bert::open(folder.path(), Device::Cpu)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("model.safetensors or pytorch_model.bin"),
        "{error}"
    );
    std::fs::copy(
        file("bert").join("model.safetensors"),
        folder.path().join("model.safetensors"),
    )
    .unwrap();
    let error = Bert::open(folder.path(), Device::Cpu)
        .unwrap_err()
        .to_string();
    assert!(error.contains("config.json"), "{error}");
    let pooling = folder.path().join("1_Pooling");
    std::fs::create_dir(&pooling).unwrap();
    std::fs::write(
        pooling.join("config.json"),
        "{\"pooling_mode_lasttoken\": true}",
    )
    .unwrap();
    let error = Pooling::of_folder(folder.path()).unwrap_err().to_string();
    assert!(error.contains("lasttoken"), "{error}");
    // By name, as sentence-transformers has written it since its version 6.
    for (says, pooling) in [("\"cls\"", Pooling::Cls), ("[\"max\"]", Pooling::Max)] {
        std::fs::write(
            pooling_file(folder.path()),
            format!("{{\"pooling_mode\": {says}}}"),
        )
        .unwrap();
        assert_eq!(Pooling::of_folder(folder.path()).unwrap(), pooling);
    }
    std::fs::write(pooling_file(folder.path()), "{").unwrap();
    assert!(
        Pooling::of_folder(folder.path())
            .unwrap_err()
            .to_string()
            .contains("JSON")
    );
    // A module without which the vectors would be others.
    let modules = r#"[{"type": "sentence_transformers.models.Transformer"}, {"type": "sentence_transformers.models.Dense"}]"#;
    std::fs::write(folder.path().join("modules.json"), modules).unwrap();
    let error = TextEncoder::open(folder.path(), Device::Cpu)
        .unwrap_err()
        .to_string();
    assert!(error.contains("Dense"), "{error}");
}
