//! The nets say what Hugging Face's transformers say; `reference.py` wrote what is expected.

use transfer::checkpoint;
use transfer::prelude::*;

use super::{file, largest_difference};

/// In float32, of vectors of length 4 (a normalisation over 16 numbers).
const TOLERANCE: f64 = 2e-6;

#[test]
fn every_family_says_what_transformers_says() {
    for family in ["bert", "roberta", "distilbert"] {
        let net = Bert::open(file(family), Device::Cpu).unwrap();
        let expected = checkpoint::read(file(family).join("expected.safetensors")).unwrap();
        let (ids, mask) = (&expected["ids"], &expected["mask"]);
        let hidden = net.hidden_states(ids, mask, false).unwrap();
        assert_eq!(hidden.len(), 3);
        let tokens = mask.unsqueeze(-1).to_kind(Kind::Float);
        for (number, hidden) in hidden.iter().enumerate() {
            let expected = &expected[&format!("hidden.{number}")];
            // What stands at padding means nothing, there and here.
            let found = largest_difference(&(hidden * &tokens), &(expected * &tokens));
            assert!(found < TOLERANCE, "{family}, layer {number}: {found:e}");
        }
        // A text says the same by itself as beside longer ones.
        let alone = net.forward(
            &ids.narrow(0, 1, 1).narrow(1, 0, 3),
            &mask.narrow(0, 1, 1).narrow(1, 0, 3),
            false,
        );
        let found = largest_difference(&alone.unwrap(), &expected["alone"]);
        assert!(found < TOLERANCE, "{family}, alone: {found:e}");
        let beside = hidden[2].narrow(0, 1, 1).narrow(1, 0, 3);
        assert!(largest_difference(&beside, &expected["alone"]) < TOLERANCE);
    }
}

/// What the set-up installs, or Hugging Face's cache has; nothing is fetched.
fn minilm() -> Option<std::path::PathBuf> {
    let hub = Hub::new().unwrap().offline(true);
    let found = hub.text_encoder(hub::text_encoder("all-MiniLM-L6-v2").unwrap());
    match found {
        Ok(folder) => Some(folder),
        Err(error) => {
            println!(
                "skipped: all-MiniLM-L6-v2 is not here (`cargo xtask lab` installs it): {error}"
            );
            None
        }
    }
}

#[test]
fn minilm_says_what_transformers_says() {
    let Some(folder) = minilm() else { return };
    let encoder = TextEncoder::open(&folder, Device::Cpu).unwrap();
    assert_eq!(encoder.bert().config(), BertConfig::MINILM_L6);
    let texts = [
        "My fern arrived with brown leaves, and I would like another one.",
        "still nothing.",
        "How often should I water a monstera that stands at a north window in winter, when the heating is on?",
        "Où est mon colis?",
    ];
    let expected = checkpoint::read(file("minilm.safetensors")).unwrap();
    let tokenizer = Tokenizer::open(&folder).unwrap();
    assert_eq!(tokenizer.max_length(), 256);
    let labels = vec![0; texts.len()];
    let dataset = TextDataset::new(texts.map(str::to_owned).to_vec(), labels, &["any"]).unwrap();
    let loader = TextLoader::new(&dataset, &tokenizer, 4).unwrap();
    let batch = loader.batch(vec![0, 1, 2, 3]);
    assert_eq!(batch.ids, expected["ids"]);
    assert_eq!(batch.mask, expected["mask"]);
    let hidden = encoder
        .bert()
        .forward(&batch.ids, &batch.mask, false)
        .unwrap();
    let tokens = batch.mask.unsqueeze(-1).to_kind(Kind::Float);
    let found = hidden.slice(2, 0, None, 4) * &tokens;
    let difference = largest_difference(&found, &(&expected["hidden"] * &tokens));
    assert!(difference < 1e-4, "{difference:e}");
    // In batches of other texts and lengths, each sentence has the same vector.
    for batch_size in [1, 2, 4] {
        let loader = TextLoader::new(&dataset, &tokenizer, batch_size).unwrap();
        let seen = embeddings_of(&encoder, &loader).unwrap().xs;
        let cosine = Tensor::cosine_similarity(&seen, &expected["pooled"], 1, 1e-12);
        assert!(cosine.min().double_value(&[]) > 0.99999, "{cosine}");
        assert!(largest_difference(&seen, &expected["pooled"]) < 1e-4);
    }
}

#[test]
fn names_of_old_heads_and_prefixes_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut tensors = checkpoint::StateDict::new();
    for (name, tensor) in checkpoint::read(file("bert").join("model.safetensors")).unwrap() {
        let old = name
            .replace("LayerNorm.weight", "LayerNorm.gamma")
            .replace("LayerNorm.bias", "LayerNorm.beta");
        tensors.insert(format!("bert.{old}"), tensor);
    }
    tensors.insert(
        "cls.predictions.bias".into(),
        Tensor::zeros([48], (Kind::Float, Device::Cpu)),
    );
    tensors.insert(
        "bert.embeddings.position_ids".into(),
        Tensor::zeros([12], (Kind::Int64, Device::Cpu)),
    );
    let path = folder.path().join("model.safetensors");
    checkpoint::write(&path, &tensors).unwrap();
    let config = BertConfig::open(file("bert")).unwrap();
    let mut net = Bert::undrawn(config, Device::Cpu).unwrap();
    let report = net.load(&path).unwrap();
    assert_eq!(report.prefix, "bert.");
    assert!(
        report.left_out.contains(&"cls.predictions.bias".to_owned()),
        "{:?}",
        report.left_out
    );
    let today = Bert::open(file("bert"), Device::Cpu).unwrap();
    for (name, tensor) in today.state() {
        assert_eq!(tensor, net.state()[&name], "{name}");
    }
}

#[test]
fn a_file_that_does_not_fit_is_an_error_that_changes_nothing() {
    let config = BertConfig::open(file("bert")).unwrap();
    let fewer = BertConfig {
        num_layers: 1,
        ..config
    };
    let mut net = Bert::undrawn(fewer, Device::Cpu).unwrap();
    let error = net
        .load(file("bert").join("model.safetensors"))
        .unwrap_err();
    assert!(error.to_string().contains("encoder.layer.1"), "{error}");
    let all_zero = net
        .state()
        .iter()
        .filter(|(name, _)| name.contains("embeddings.w"))
        .all(|(_, of)| of.abs().max().double_value(&[]) == 0.0);
    assert!(all_zero);
    let more = BertConfig {
        num_layers: 3,
        ..config
    };
    let error = Bert::undrawn(more, Device::Cpu)
        .unwrap()
        .load(file("bert").join("model.safetensors"));
    assert!(matches!(error, Err(Error::WeightsDoNotFit { .. })));
}

#[test]
fn what_cannot_be_computed_is_an_error() {
    let net = Bert::open(file("bert"), Device::Cpu).unwrap();
    let tokens = |ids: &[i64]| {
        (
            Tensor::from_slice(ids).unsqueeze(0),
            Tensor::ones([1, ids.len() as i64], (Kind::Int64, Device::Cpu)),
        )
    };
    for (ids, word) in [
        (vec![48], "tokens"),
        (vec![-1], "tokens"),
        (vec![1; 13], "12"),
    ] {
        let (ids, mask) = tokens(&ids);
        let error = net.forward(&ids, &mask, false).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    let (ids, _) = tokens(&[1, 2]);
    let (_, mask) = tokens(&[1]);
    assert!(net.forward(&ids, &mask, false).is_err());
    assert!(Bert::open(file("nowhere"), Device::Cpu).is_err());
    assert!(
        Bert::new(
            BertConfig {
                num_heads: 5,
                ..BertConfig::MINILM_L6
            },
            Device::Cpu,
            0
        )
        .is_err()
    );
}
