//! Small matrices that learn in the place of large ones.

use transfer::checkpoint;
use transfer::prelude::*;

use super::{alone, file, largest_difference, messages, small_encoder, tokenizer};

fn batch() -> TextBatch {
    TextLoader::new(&messages(2), &tokenizer(), 4)
        .unwrap()
        .batch(vec![0, 1, 2, 3])
}

fn says(encoder: &TextEncoder) -> Tensor {
    let batch = batch();
    tch::no_grad(|| encoder.encode(&batch.ids, &batch.mask, false)).unwrap()
}

/// An encoder whose matrices have learned something.
fn adapted(config: &LoraConfig) -> TextEncoder {
    let mut encoder = small_encoder(0);
    encoder.bert_mut().add_lora(config).unwrap();
    for (number, (name, mut of)) in encoder.bert().state().into_iter().enumerate() {
        if name.contains("lora_B") {
            let waves =
                Tensor::arange(of.numel() as i64, (Kind::Float, Device::Cpu)) + number as f64;
            tch::no_grad(|| of.copy_(&(waves.sin() * 0.3).view_as(&of)));
        }
    }
    encoder
}

#[test]
fn nothing_changes_at_first_and_merging_keeps_what_was_learned() {
    let _alone = alone();
    let plain = says(&small_encoder(0));
    let mut encoder = small_encoder(0);
    encoder.bert_mut().add_lora(&LoraConfig::new(2)).unwrap();
    assert_eq!(says(&encoder), plain);
    let mut encoder = adapted(&LoraConfig::new(2));
    let learned = says(&encoder);
    assert!(largest_difference(&learned, &plain) > 0.1);
    let names = encoder.bert().state().len();
    encoder.bert_mut().merge_lora();
    assert!(largest_difference(&says(&encoder), &learned) < 1e-5);
    // Two matrices beside each of six layers, twice.
    assert_eq!(names - encoder.bert().state().len(), 24);
    let (trainable, all) = encoder.bert().parameter_counts();
    assert_eq!(trainable, all);
    // And again on top.
    encoder.bert_mut().add_lora(&LoraConfig::new(1)).unwrap();
    assert!(largest_difference(&says(&encoder), &learned) < 1e-5);
}

#[test]
fn only_the_matrices_and_the_head_learn() {
    let _alone = alone();
    let loader = TextLoader::new(&messages(8), &tokenizer(), 8).unwrap();
    let mut net = TextClassifier::new(small_encoder(0), loader.classes(), 0).unwrap();
    let before = net
        .state()
        .iter()
        .map(|(name, of)| (name.clone(), of.copy()))
        .collect::<BTreeMap<_, _>>();
    net.bert_mut()
        .add_lora(&LoraConfig::new(2).targets(&["query", "value"]))
        .unwrap();
    let (trainable, _) = net.parameter_counts();
    // Two layers, two places, two matrices of 2 × 16; the head has 16 × 2 and 2.
    assert_eq!(trainable, 2 * 2 * 2 * 32 + 34);
    let mut learner = TextLearner::new(net, loader.shuffled(0));
    let history = learner.fit_warm(6, 1e-2).unwrap();
    assert!(history.epochs[5].loss < history.epochs[0].loss);
    let after = learner.net().state();
    for (name, of) in &before {
        assert_eq!(
            *of == after[name],
            !name.starts_with("classifier"),
            "{name}"
        );
    }
    let moved = after.iter().filter(|(name, _)| name.contains("lora_B"));
    assert!(
        moved.clone().count() == 4
            && moved
                .into_iter()
                .all(|(_, of)| of.abs().max().double_value(&[]) > 0.0)
    );
}

#[test]
fn what_was_learned_is_saved_under_pefts_names() {
    let _alone = alone();
    let config = LoraConfig::new(2).targets(&["query"]);
    let encoder = adapted(&config);
    let folder = tempfile::tempdir().unwrap();
    encoder
        .bert()
        .save_lora(folder.path(), "a-small-net")
        .unwrap();
    let saved = checkpoint::read(folder.path().join("adapter_model.safetensors")).unwrap();
    let name = "base_model.model.encoder.layer.0.attention.self.query.lora_A.weight";
    assert_eq!((saved.len(), saved[name].size()), (4, vec![2, 16]));
    let says_config = std::fs::read_to_string(folder.path().join("adapter_config.json")).unwrap();
    assert!(says_config.contains("\"r\": 2") && says_config.contains("a-small-net"));
    let mut other = small_encoder(0);
    other.bert_mut().load_lora(folder.path()).unwrap();
    assert_eq!(says(&other), says(&encoder));
    let mut other = small_encoder(0);
    other
        .bert_mut()
        .add_lora(&LoraConfig {
            alpha: 1.0,
            ..config
        })
        .unwrap();
    let error = other
        .bert_mut()
        .load_lora(folder.path())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("alpha 1") && error.contains("alpha 4"),
        "{error}"
    );
}

#[test]
fn what_makes_no_sense_is_an_error() {
    let _alone = alone();
    let mut encoder = small_encoder(0);
    let bert = encoder.bert_mut();
    assert!(bert.add_lora(&LoraConfig::new(0)).is_err());
    let error = bert
        .add_lora(&LoraConfig::new(2).targets(&["q_proj"]))
        .unwrap_err()
        .to_string();
    assert!(error.contains("q_proj"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    assert!(bert.save_lora(folder.path(), "none").is_err());
    bert.add_lora(&LoraConfig::new(2)).unwrap();
    assert!(bert.add_lora(&LoraConfig::new(2)).is_err());
    assert!(
        bert.save(folder.path())
            .unwrap_err()
            .to_string()
            .contains("merge_lora")
    );
}

#[test]
fn whichever_comes_first_the_base_stays_and_the_matrices_learn() {
    let _alone = alone();
    let learning = |prepare: &dyn Fn(&mut Bert)| {
        let mut encoder = small_encoder(0);
        prepare(encoder.bert_mut());
        let state = encoder.bert().state().into_iter();
        let learns = state
            .filter(|(_, of)| of.requires_grad())
            .map(|(name, _)| name);
        learns.collect::<Vec<String>>()
    };
    let lora = LoraConfig::new(2).targets(&["query"]);
    let after = learning(&|bert| {
        bert.train_top(1);
        bert.add_lora(&lora).unwrap();
    });
    let before = learning(&|bert| {
        bert.add_lora(&lora).unwrap();
        bert.train_top(1);
    });
    assert_eq!((after.len(), before.len()), (4, 2));
    assert!(
        after
            .iter()
            .chain(&before)
            .all(|name| name.contains("lora_"))
    );
    assert!(
        before
            .iter()
            .all(|name| name.starts_with("encoder.layer.1"))
    );
    let again = |seed| {
        let mut encoder = small_encoder(0);
        set_seed(99);
        encoder
            .bert_mut()
            .add_lora(&lora.clone().seed(seed))
            .unwrap();
        encoder.bert().state()["encoder.layer.0.attention.self.query.lora_A.weight"].copy()
    };
    assert_eq!(again(1), again(1));
    assert_ne!(again(1), again(2));
}

#[test]
fn what_peft_wrote_says_the_same_here() {
    let expected = checkpoint::read(file("peft").join("expected.safetensors")).unwrap();
    let mut net = Bert::open(file("bert"), Device::Cpu).unwrap();
    net.load_lora(file("peft")).unwrap();
    assert_eq!(net.lora().unwrap().rank, 3);
    let said = net
        .forward(&expected["ids"], &expected["mask"], false)
        .unwrap();
    assert!(largest_difference(&said, &expected["hidden"]) < 2e-6);
    net.merge_lora();
    let merged = net
        .forward(&expected["ids"], &expected["mask"], false)
        .unwrap();
    assert!(largest_difference(&merged, &expected["hidden"]) < 4e-6);
}

#[test]
fn adapters_of_another_sort_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("adapter_config.json");
    let plain = r#"{"r": 2, "lora_alpha": 4, "target_modules": ["query"]"#;
    for (more, word) in [
        (r#", "use_dora": true}"#, "use_dora"),
        (r#", "rank_pattern": {"key": 4}}"#, "rank_pattern"),
        (r#", "bias": "all"}"#, "bias"),
    ] {
        std::fs::write(&path, format!("{plain}{more}")).unwrap();
        let error = LoraConfig::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    std::fs::write(&path, format!("{plain}}}")).unwrap();
    assert_eq!(LoraConfig::open(folder.path()).unwrap().alpha, 4.0);
    std::fs::write(&path, "{\"r\": 2}").unwrap();
    assert!(LoraConfig::open(folder.path()).is_err());
}
