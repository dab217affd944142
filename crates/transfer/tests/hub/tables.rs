//! The tables of names: weights against torchvision's own word, data sets against themselves.

use std::collections::{BTreeMap, BTreeSet};

use transfer::data::Transform;
use transfer::hub::{
    self, CifarResNetWeights, Hub, ResNet50Weights, VGG16Weights, Weights, WeightsEntry,
};

use crate::says;

/// What `torchvision_weights.py` printed.
const TORCHVISION: &str = include_str!("torchvision_weights.txt");

/// A row of the fixture, from one of our entries.
fn row(entry: &WeightsEntry) -> Vec<String> {
    let default = hub::weights(entry.arch).unwrap() == entry;
    let accuracy = |acc: Option<f64>| acc.unwrap_or(f64::NAN).to_string();
    let known = entry.preprocessing;
    let mut row = vec![
        entry.arch.to_owned(),
        entry.name.to_owned(),
        if default { "default" } else { "-" }.to_owned(),
        entry.url.to_owned(),
        entry.megabytes.to_string(),
        entry.num_params.to_string(),
        entry.num_classes.unwrap_or(0).to_string(),
        accuracy(entry.acc1),
        accuracy(entry.acc5),
        entry.recipe.to_owned(),
        known.crop.to_string(),
        known.resize.to_string(),
        "bilinear".to_owned(),
    ];
    row.extend(known.mean.iter().chain(&known.std).map(f32::to_string));
    row
}

#[test]
fn the_table_is_torchvision_s() {
    // Numbers are compared as we would print them: 95.0 is 95, and 1/255 has a float's digits.
    let number = |(column, text): (usize, &str)| match text.parse::<f64>() {
        Ok(number) if column >= 13 => (number as f32).to_string(),
        Ok(number) => number.to_string(),
        Err(_) => text.to_owned(),
    };
    let lines = TORCHVISION.lines().filter(|line| !line.starts_with('#'));
    let theirs: BTreeMap<String, Vec<String>> = lines
        .map(|line| line.split('\t').enumerate().map(number).collect())
        .map(|row: Vec<String>| (row[1].clone(), row))
        .collect();
    let ours: BTreeMap<String, Vec<String>> = hub::all_weights()
        .into_iter()
        .filter(|entry| entry.url.starts_with("https://download.pytorch.org/"))
        .map(|entry| (entry.name.to_owned(), row(entry)))
        .collect();
    assert_eq!(theirs.len(), 26);
    let names = |rows: &BTreeMap<String, _>| rows.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&ours), names(&theirs));
    for (name, row) in &theirs {
        assert_eq!(&ours[name], row, "{name}");
    }
}

#[test]
fn every_entry_is_sound() {
    let all = hub::all_weights();
    for entry in &all {
        let WeightsEntry {
            name,
            url,
            file_name,
            sha256_prefix,
            ..
        } = entry;
        // One that is not fetched lies in the crate.
        let fetched = url.starts_with("https://") && url.ends_with(&format!("/{file_name}"));
        assert_ne!(
            fetched,
            Hub::in_folder("cache").path_of(*entry).is_file(),
            "{name}"
        );
        assert_eq!(fetched, !url.is_empty(), "{name}");
        // The hash's first eight digits are in the file's name.
        let digits = file_name
            .rsplit_once('-')
            .unwrap()
            .1
            .split('.')
            .next()
            .unwrap();
        assert_eq!(digits, &sha256_prefix[..8], "{name}");
        assert!([8, 64].contains(&sha256_prefix.len()), "{name}");
        assert!(!entry.licence.is_empty() && entry.num_params > 0 && entry.megabytes > 0.0);
        assert_eq!(hub::weights(name).unwrap(), *entry);
        assert_eq!(hub::weights(&name.to_lowercase()).unwrap(), *entry);
    }
    for unique in [|e: &WeightsEntry| e.name, |e: &WeightsEntry| e.file_name] {
        let values: BTreeSet<_> = all.iter().map(|entry| unique(entry)).collect();
        assert_eq!(values.len(), all.len());
    }
}

#[test]
fn weights_have_names_defaults_and_transforms() {
    let v2 = ResNet50Weights::ImageNet1kV2;
    assert_eq!(ResNet50Weights::DEFAULT, v2);
    assert_eq!(v2.entry().name, "ResNet50_Weights.IMAGENET1K_V2");
    assert_eq!(hub::weights("resnet50").unwrap(), v2.entry());
    let (mean, std) = (transfer::data::IMAGENET_MEAN, transfer::data::IMAGENET_STD);
    let imagenet = |resize| {
        Transform::new()
            .resize(resize)
            .center_crop(224)
            .normalize(mean, std)
    };
    assert_eq!(v2.transform(), imagenet(232));
    assert_eq!(ResNet50Weights::ImageNet1kV1.transform(), imagenet(256));
    assert_eq!(v2.transform_at(64), {
        let resized = Transform::new().resize(66).center_crop(64);
        resized.normalize(mean, std)
    });
    let features = VGG16Weights::ImageNet1kFeatures;
    assert_ne!(VGG16Weights::DEFAULT, features);
    assert_eq!(
        (features.entry().num_classes, features.entry().acc1),
        (None, None)
    );
    let cifar: &dyn Weights = &CifarResNetWeights::ResNet20;
    assert_eq!(cifar.transform(), Transform::square(32));
    assert_eq!(
        hub::weights("resnet110_cifar").unwrap().num_params,
        1_727_962
    );
    let hub = Hub::in_folder("cache");
    let path = std::path::Path::new("cache/weights/resnet50-11ad3fa6.pth");
    assert_eq!(hub.path_of(&v2), path);
}

#[test]
fn a_wrong_name_gets_the_nearest_ones() {
    let error = hub::weights("resnet51").unwrap_err();
    says(
        &error,
        &["\"resnet51\"", "\"resnet50\"", "hub::all_weights()"],
    );
    let error = hub::weights("ResNet50_Weights.IMAGENET1K_V3").unwrap_err();
    says(
        &error,
        &[
            "ResNet50_Weights.IMAGENET1K_V1",
            "ResNet50_Weights.IMAGENET1K_V2",
        ],
    );
    says(
        &hub::dataset("cifar").unwrap_err(),
        &["data sets", "\"cifar10\"", "hub::all_datasets()"],
    );
}

#[test]
fn every_data_set_is_sound() {
    let all = hub::all_datasets();
    for entry in &all {
        assert_eq!(hub::dataset(entry.name).unwrap(), *entry);
        let names: BTreeSet<_> = entry.files.iter().map(|file| file.file_name).collect();
        assert_eq!(names.len(), entry.files.len());
        for file in entry.files {
            assert!(
                file.url.ends_with(&format!("/{}", file.file_name)),
                "{}",
                file.url
            );
            assert!(file.sha256.len() == 64 && file.sha256.bytes().all(|b| b.is_ascii_hexdigit()));
            assert_eq!(file.sha256, file.sha256.to_lowercase());
            assert!(
                file.unpack.is_none_or(|(_, most)| most > file.bytes),
                "{}",
                entry.name
            );
        }
    }
    let hashes: Vec<_> = all
        .iter()
        .flat_map(|e| e.files)
        .map(|file| file.sha256)
        .collect();
    let unique: BTreeSet<_> = hashes.iter().collect();
    assert_eq!(unique.len(), hashes.len());
    assert_eq!(hub::dataset("CIFAR10").unwrap().name, "cifar10");
}
