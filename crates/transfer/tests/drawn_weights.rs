//! The weights that come with the crate: whole, and of use.

use std::sync::Arc;

use transfer::Error;
use transfer::checkpoint::read;
use transfer::hub::{DrawnWeights, WeightsEntry};
use transfer::prelude::*;

fn pretrained() -> ResNet {
    let mut net = ResNet::resnet18(12, Device::Cpu, 0);
    let path = hub::locate("ResNet18_Weights.DRAWN_V1").unwrap().path;
    let report = net.load(path, &LoadOptions::new().without("fc")).unwrap();
    assert_eq!((report.loaded.len(), report.ignored.len()), (100, 0));
    net
}

#[test]
fn they_are_there_in_16_bits_and_fit_resnet18() {
    let entry = DrawnWeights::ResNet18V1.entry();
    assert_eq!(hub::weights(entry.name).unwrap(), entry);
    // Its architecture's default is still ImageNet's.
    assert_ne!(hub::weights("resnet18").unwrap(), entry);
    let path = Hub::in_folder("nowhere")
        .offline(true)
        .fetch(entry)
        .unwrap();
    let bytes = std::fs::metadata(&path).unwrap().len();
    assert!(bytes <= 25_000_000, "{bytes} bytes");
    assert!((bytes as f64 / f64::from(1 << 20) - entry.megabytes).abs() < 0.1);
    let tensors = read(&path).unwrap();
    assert!(tensors.values().all(|tensor| tensor.kind() == Kind::Half));
    let is_parameter = |name: &str| !name.contains(".running_");
    let parameters = tensors.iter().filter(|(name, _)| is_parameter(name));
    let count: usize = parameters.map(|(_, tensor)| tensor.numel()).sum();
    assert_eq!(count as u64, entry.num_params);
    assert_eq!(DrawnWeights::ResNet18V1.transform(), Transform::square(64));
    let _whole = pretrained();
}

#[test]
fn a_file_that_was_changed_is_refused() {
    let entry = WeightsEntry {
        sha256_prefix: "0123456789abcdef",
        ..*DrawnWeights::ResNet18V1.entry()
    };
    let error = Hub::in_folder("nowhere").quiet().fetch(&entry).unwrap_err();
    assert!(matches!(error, Error::WrongHash { .. }), "{error}");
    assert!(error.to_string().contains("git checkout --"), "{error}");
    // Somebody else's entry does not lead into the crate.
    let other = WeightsEntry {
        file_name: "other.safetensors",
        ..entry
    };
    let hub = Hub::in_folder("nowhere").quiet().offline(true);
    let error = hub.fetch(&other).unwrap_err();
    assert!(matches!(error, Error::NotFetched { .. }), "{error}");
}

/// Twelve species that it has never seen, ten labels of each: far better than the same net with random weights.
#[test]
fn they_know_species_that_they_have_not_seen() {
    let loader = |seed: u64| {
        let leaves = Leaves::new(SpeciesSet::Novel, 10, 64, seed);
        DataLoader::new(Arc::new(leaves), Transform::square(64), 40)
    };
    let right = |net: &ResNet| {
        let [train, test] = [41, 42].map(|seed| features_of(net, &loader(seed)).unwrap());
        let head = LinearHead::fit(&train, &HeadConfig::default()).unwrap();
        100.0 * accuracy(&head.predict(&test.xs), &test.labels)
    };
    let (drawn, random) = (
        right(&pretrained()),
        right(&ResNet::resnet18(12, Device::Cpu, 0)),
    );
    assert!(drawn > random + 20.0, "{drawn} %, random {random} %");
}
