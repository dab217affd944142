//! A classifier that is saved and opened again.

use std::fs;
use std::path::Path;

use transfer::prelude::*;

fn classifier(seed: u64, classes: &[&str]) -> ImageClassifier {
    ImageClassifier {
        net: models::build("resnet20_cifar", classes.len() as i64, Device::Cpu, seed).unwrap(),
        arch: "resnet20_cifar".into(),
        classes: classes.iter().map(ToString::to_string).collect(),
        preprocessing: Preprocessing {
            resize: 20,
            ..Preprocessing::square(16)
        },
        temperature: 1.5,
    }
}

fn files(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_was_saved_says_the_same() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("model");
    let pictures: Arc<dyn Dataset> = Arc::new(Leaves::new(SpeciesSet::Novel, 1, 24, 0));
    let first = classifier(0, &["ü", "a \"b\"", "c,d"]);
    first.save(&folder).unwrap();
    let again = ImageClassifier::open(&folder, Device::Cpu).unwrap();
    assert_eq!(
        (&again.classes, again.preprocessing),
        (&first.classes, first.preprocessing)
    );
    let said = |classifier: &ImageClassifier| classifier.predict(&pictures, 5).unwrap();
    assert_eq!(said(&again).logits, said(&first).logits);
    // The temperature is in the logits.
    let loader = DataLoader::new(pictures.clone(), first.preprocessing.transform(), 5);
    let plain = predict(&*first.net, &loader).unwrap();
    assert_eq!(said(&first).logits, plain.logits / 1.5);
    // Another one in its place, with its own weights; the old ones are gone.
    let second = classifier(1, &["x", "y", "z"]);
    let before = files(&folder);
    second.save(&folder).unwrap();
    let after = files(&folder);
    assert_eq!((before.len(), after.len()), (2, 2));
    assert_ne!(before, after);
    let again = ImageClassifier::open(&folder, Device::Cpu).unwrap();
    assert_eq!(again.classes, second.classes);
    assert_eq!(said(&again).logits, said(&second).logits);
    // The same once more changes nothing.
    second.save(&folder).unwrap();
    assert_eq!(files(&folder), after);
}

#[test]
fn what_does_not_fit_is_said_and_nothing_is_written() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("model");
    let message = |change: fn(&mut ImageClassifier)| {
        let mut classifier = classifier(0, &["a", "b"]);
        change(&mut classifier);
        let message = classifier.save(&folder).unwrap_err().to_string();
        assert!(!folder.exists());
        message
    };
    assert!(message(|it| it.classes.truncate(1)).contains("names of classes"));
    assert!(message(|it| it.temperature = 0.0).contains("temperature"));
    assert!(message(|it| it.temperature = f64::NAN).contains("temperature"));
    assert!(message(|it| it.arch = "resnet32_cifar".into()).contains("architecture"));
    assert!(message(|it| it.arch = "resnet19".into()).contains("resnet19"));
}

#[test]
fn a_damaged_folder_says_what_it_lacks() {
    let place = tempfile::tempdir().unwrap();
    let config = place.path().join("config.json");
    classifier(0, &["a", "b"]).save(place.path()).unwrap();
    let whole = fs::read_to_string(&config).unwrap();
    let message = |from: &str, to: &str| {
        assert!(whole.contains(from), "{from} in {whole}");
        fs::write(&config, whole.replace(from, to)).unwrap();
        let message = ImageClassifier::open(place.path(), Device::Cpu)
            .unwrap_err()
            .to_string();
        assert!(!message.is_empty());
        message
    };
    assert!(message("\"architecture\"", "\"arch\"").contains("architecture"));
    assert!(message("resnet20_cifar", "resnet19").contains("resnet19"));
    assert!(message("\"a\",", "7,").contains("classes"));
    assert!(message("\"a\",", "").contains("do not fit"));
    assert!(message("\"resize\": 20", "\"resize\": 0").contains("resize"));
    assert!(message("\"std\"", "\"deviation\"").contains("std"));
    assert!(message("1.5", "-1.5").contains("temperature"));
    assert!(message("\"model-", "\"../model-").contains("weights"));
    assert!(message("{", "").contains("JSON"));
    fs::remove_file(&config).unwrap();
    let missing = ImageClassifier::open(place.path(), Device::Cpu)
        .unwrap_err()
        .to_string();
    assert!(missing.contains("config.json"), "{missing}");
}
