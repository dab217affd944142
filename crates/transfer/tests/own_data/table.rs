//! Predictions as a table.

use std::fs;

use transfer::data::Skipped;
use transfer::prelude::*;

use super::folders::picture;

/// A folder with odd names, one file that is no picture, and one that only decoding finds.
fn folder() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for name in [
        "a, b.png",
        "\"so\" it goes.png",
        "größer; als.png",
        "plain.png",
    ] {
        picture(&place.path().join(name), 100);
    }
    fs::write(place.path().join("text.jpg"), "no picture").unwrap();
    let whole = fs::read(place.path().join("plain.png")).unwrap();
    // Behind the header, which is what opening reads.
    fs::write(place.path().join("torn.png"), &whole[..40]).unwrap();
    place
}

fn classifier() -> ImageClassifier {
    ImageClassifier {
        net: models::build("resnet20_cifar", 3, Device::Cpu, 0).unwrap(),
        arch: "resnet20_cifar".into(),
        classes: ["ant, red", "bee", "\"wasp\""].map(String::from).to_vec(),
        preprocessing: Preprocessing::square(16),
        temperature: 2.0,
    }
}

#[test]
fn every_file_has_a_row_and_reads_back_as_it_was() {
    let place = folder();
    let pictures = Unlabelled::open(place.path()).unwrap();
    let unreadable = pictures.report().unwrap().unreadable.clone();
    let pictures: Arc<dyn Dataset> = Arc::new(pictures);
    let classifier = classifier();
    let said = classifier.predict(&pictures, 2).unwrap();
    let table = place.path().join("said.csv");
    said.write_csv(&table, &*pictures, &classifier.classes, &unreadable)
        .unwrap();
    let text = fs::read_to_string(&table).unwrap();
    assert_eq!(text.lines().count(), 1 + 4 + 2, "{text}");
    let rows: Vec<&str> = text.lines().filter(|line| !line.ends_with(',')).collect();
    assert!(rows[0].starts_with("file,class,"), "{text}");
    assert!(
        rows[1].contains("text.jpg,,,,,") && rows[2].contains("torn.png,,,,,"),
        "{text}"
    );
    // The manifest's reader takes it: the very files, the very classes.
    let options = CsvOptions::new()
        .classes(&classifier.classes)
        .target_columns(&["probability"]);
    let read = CsvManifest::open(&table, &options.label_column("class")).unwrap();
    assert_eq!((read.len(), read.bad_rows().len()), (4, 2));
    let found = Vec::<i64>::try_from(&said.predictions).unwrap();
    for (row, &class) in found.iter().enumerate() {
        assert_eq!(read.name(row), pictures.name(said.indices[row]));
        assert_eq!(read.label(row) as i64, class);
        let probability = said.probabilities().get(row as i64).max().double_value(&[]);
        assert!((f64::from(read.targets(row)[0]) - probability).abs() < 1e-6);
    }
}

#[test]
fn one_class_and_wrong_arguments() {
    let place = tempfile::tempdir().unwrap();
    picture(&place.path().join("0.png"), 1);
    let pictures: Arc<dyn Dataset> = Arc::new(Unlabelled::open(place.path()).unwrap());
    let mut one = classifier();
    one.net.replace_head(1);
    one.classes.truncate(1);
    let said = one.predict(&pictures, 1).unwrap();
    let table = place.path().join("said.csv");
    said.write_csv(&table, &*pictures, &one.classes, &[])
        .unwrap();
    let text = fs::read_to_string(&table).unwrap();
    assert!(text.ends_with("0.png,\"ant, red\",1.000000,,,\n"), "{text}");

    let message = |classes: &[String], pictures: &dyn Dataset| {
        let path = place.path().join("none.csv");
        said.write_csv(path, pictures, classes, &[])
            .unwrap_err()
            .to_string()
    };
    assert!(message(&[], &*pictures).contains("names of classes"));
    let none = Subset::new(pictures.clone(), Vec::new());
    assert!(message(&one.classes, &none).contains("pictures"));
    assert!(!place.path().join("none.csv").exists());
    // One file known twice is listed once.
    let known = [1, 2].map(|_| Skipped {
        path: "x.jpg".into(),
        reason: "gone".into(),
    });
    said.write_csv(&table, &*pictures, &one.classes, &known)
        .unwrap();
    assert_eq!(
        fs::read_to_string(&table).unwrap().matches("x.jpg").count(),
        1
    );
}
