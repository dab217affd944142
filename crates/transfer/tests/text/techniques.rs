//! Every way from an encoder to a classifier.

use transfer::prelude::*;

use super::{alone, messages, messages_from, small_encoder, tokenizer};

#[test]
fn every_technique_learns_the_same_with_the_same_seed() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let classes = messages(1).classes().to_vec();
    let net = TextClassifier::new(small_encoder(0), &classes, 0).unwrap();
    net.save(folder.path(), &tokenizer()).unwrap();
    let trial = TextTrial {
        folder: folder.path().to_path_buf(),
        tokenizer: tokenizer(),
        device: Device::Cpu,
        budget: TextBudget {
            batch: 8,
            epochs: 4,
            steps: 40,
            setfit_steps: 30,
            rank: 2,
        },
        lr: Some(1e-2),
    };
    let (few, test) = (messages(6), messages_from(40, 16));
    assert!(few.texts().iter().all(|text| !test.texts().contains(text)));
    for technique in TextTechnique::ALL {
        let trained = technique.train(&trial, &few, 0).unwrap();
        let accuracy = trained.accuracy(&test).unwrap();
        assert!(accuracy > 0.75, "{technique}: {accuracy}");
        let again = technique.train(&trial, &few, 0).unwrap();
        assert_eq!(
            trained.predict(&test).unwrap(),
            again.predict(&test).unwrap(),
            "{technique}"
        );
        let (learned, all) = trained.parameters;
        match technique {
            TextTechnique::NearestNeighbors => assert_eq!(learned, 0),
            TextTechnique::Probe => assert_eq!(learned, 34),
            TextTechnique::Lora => assert!(learned < all / 2),
            TextTechnique::TopLayers => assert!(learned < all),
            _ => assert_eq!(learned, all),
        }
        let is_a_net = trained.classifier().is_some();
        let others =
            TextDataset::new(vec!["the fern".into()], vec![0], &["plant", "money"]).unwrap();
        assert!(trained.predict(&others).is_ok() && trained.accuracy(&others).is_err());
        assert_eq!(is_a_net, technique.trains_a_net());
        // LoRA's matrices are part of the net, so that it can be saved.
        if let Some(net) = trained.classifier() {
            net.save(folder.path().join("out"), &tokenizer()).unwrap();
        }
    }
}

#[test]
fn techniques_have_names() {
    for technique in TextTechnique::ALL {
        assert_eq!(
            technique.name().parse::<TextTechnique>().unwrap(),
            technique
        );
    }
    assert_eq!(
        "knn".parse::<TextTechnique>().unwrap(),
        TextTechnique::NearestNeighbors
    );
    let error = "gpt".parse::<TextTechnique>().unwrap_err().to_string();
    assert!(error.contains("setfit"), "{error}");
}
