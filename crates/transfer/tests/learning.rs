//! The way from pictures to an accuracy: same seed, same numbers; and something is learned.

use std::sync::{Arc, Mutex, MutexGuard};

use tch::{Device, Kind, Tensor};
use transfer::Error;
use transfer::data::synth::{Leaves, SpeciesSet};
use transfer::data::{DataLoader, Dataset, Transform};
use transfer::metrics::accuracy;
use transfer::models::{Backbone, ResNet};
use transfer::train::{
    Features, FitConfig, HeadConfig, LinearHead, features_of, fit, pixels_of, predict,
};

/// libtorch has one generator for the whole process: tests that seed it take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn leaves(per_species: usize, seed: u64) -> Arc<dyn Dataset> {
    let eight = SpeciesSet::Novel.species().into_iter().take(8);
    Arc::new(Leaves::of(eight, per_species, 32, seed).unwrap())
}

#[test]
fn the_loader_repeats_itself_for_a_seed() {
    let order = |seed: u64, epoch: usize| -> Vec<usize> {
        let loader = DataLoader::new(leaves(3, 0), Transform::square(16), 5).shuffled(seed);
        loader
            .batches(epoch)
            .flat_map(|batch| batch.unwrap().indices)
            .collect()
    };
    assert_eq!(order(1, 0), order(1, 0));
    assert_ne!(order(1, 0), order(1, 1));
    assert_ne!(order(1, 0), order(2, 0));
    let loader = DataLoader::new(leaves(3, 0), Transform::square(16), 5);
    let batches: Vec<_> = loader.batches(0).map(|batch| batch.unwrap()).collect();
    assert_eq!((batches.len(), loader.num_batches()), (5, 5));
    assert_eq!(batches[4].xs.size(), [4, 3, 16, 16]);
    assert_eq!(
        batches
            .iter()
            .flat_map(|batch| batch.indices.clone())
            .collect::<Vec<_>>(),
        (0..24).collect::<Vec<_>>()
    );
    let again: Vec<_> = loader.batches(0).map(|batch| batch.unwrap()).collect();
    assert!(
        batches
            .iter()
            .zip(&again)
            .all(|(one, other)| one.xs.equal(&other.xs))
    );
}

#[test]
fn dropping_the_batches_early_does_not_hang() {
    let loader = DataLoader::new(leaves(20, 0), Transform::square(16), 2);
    assert_eq!(loader.batches(0).take(1).count(), 1);
}

#[test]
fn a_linear_head_learns_what_is_separable() {
    let _turn = alone();
    tch::manual_seed(0);
    let labels = Tensor::arange(90, tch::kind::INT64_CPU).remainder(3);
    let centres = Tensor::from_slice(&[4f32, 0., 0., 0., 4., 0., 0., 0., 4.]).view([3, 3]);
    let noise = Tensor::randn([90, 3], tch::kind::FLOAT_CPU);
    // One column says nothing: it must not become infinite.
    let xs = Tensor::cat(
        &[
            centres.index_select(0, &labels) + noise,
            Tensor::ones([90, 1], tch::kind::FLOAT_CPU),
        ],
        1,
    );
    let classes = ["a", "b", "c"].map(String::from).to_vec();
    let all = Features {
        xs,
        labels,
        classes,
        indices: (0..90).collect(),
        skipped: Vec::new(),
    };
    let train = all.select(&(0..45).collect::<Vec<_>>());
    let test = all.select(&(45..90).collect::<Vec<_>>());
    let head = LinearHead::fit(&train, &HeadConfig::default()).unwrap();
    assert!(accuracy(&head.predict(&test.xs), &test.labels) > 0.9);
    let again = LinearHead::fit(&train, &HeadConfig::default()).unwrap();
    assert!(head.logits(&test.xs).equal(&again.logits(&test.xs)));
}

#[test]
fn a_net_learns_and_its_features_are_stored_once() {
    let _turn = alone();
    let loader = DataLoader::new(leaves(4, 0), Transform::square(32), 16).shuffled(0);
    let train = || {
        let mut net = ResNet::resnet18(8, Device::Cpu, 0);
        let config = FitConfig {
            epochs: 3,
            ..Default::default()
        };
        let mut told = Vec::new();
        let history = fit(&mut net, &loader, &config, |epoch| {
            told.push(epoch.to_string())
        })
        .unwrap();
        assert_eq!((history.epochs.len(), told.len()), (3, 3));
        assert_eq!(history.to_frame().unwrap().height(), 3);
        (net, history)
    };
    let (net, history) = train();
    assert!(
        history.epochs[2].loss < history.epochs[0].loss,
        "{history:?}"
    );
    let features = features_of(
        &net,
        &DataLoader::new(leaves(2, 1), Transform::square(32), 5),
    )
    .unwrap();
    assert_eq!(
        (features.xs.size(), features.len()),
        (vec![16, net.feature_dim()], 16)
    );
    assert!(!features.xs.requires_grad());
    let found = predict(
        &net,
        &DataLoader::new(leaves(2, 1), Transform::square(32), 5),
    )
    .unwrap();
    assert!(found.labels.equal(&features.labels) && found.predictions.kind() == Kind::Int64);
    assert_eq!((found.indices.len(), found.skipped.len()), (16, 0));
    assert_eq!(pixels_of(&loader).unwrap().xs.size(), [32, 3 * 32 * 32]);
    let (again, _) = train();
    let xs = Tensor::ones([1, 3, 32, 32], tch::kind::FLOAT_CPU);
    assert!(
        net.features(&xs, false).equal(&again.features(&xs, false)),
        "same seed, same net"
    );
}

/// Some of the drawn leaves, of which some cannot be decoded.
#[derive(Debug)]
struct Partly {
    of: Arc<dyn Dataset>,
    broken: Vec<usize>,
}

impl Dataset for Partly {
    fn len(&self) -> usize {
        5
    }

    fn classes(&self) -> &[String] {
        self.of.classes()
    }

    fn label(&self, index: usize) -> usize {
        self.of.label(index)
    }

    fn picture(&self, index: usize) -> transfer::Result<transfer::data::RgbImage> {
        if self.broken.contains(&index) {
            return Err(Error::Picture {
                path: self.name(index),
                reason: "broken".into(),
            });
        }
        self.of.picture(index)
    }
}

fn five(broken: &[usize], batch_size: usize) -> DataLoader {
    let of = leaves(1, 0);
    let broken = broken.to_vec();
    DataLoader::new(
        Arc::new(Partly { of, broken }),
        Transform::square(32),
        batch_size,
    )
}

#[test]
fn pictures_alone_in_their_batch_are_counted_and_the_schedule_goes_on() {
    let _turn = alone();
    let mut net = ResNet::resnet18(8, Device::Cpu, 0);
    let config = FitConfig {
        epochs: 2,
        lr: 1e-3,
        ..Default::default()
    };
    let history = fit(&mut net, &five(&[], 2), &config, |_| ()).unwrap();
    assert_eq!((history.too_small, history.skipped), (2, 0));
    assert_eq!(history.epochs[1].pictures, 4);
    // The last step is the fifth of six batches.
    let expected = 1e-3 * 0.5 * (1.0 + (std::f64::consts::PI * (4.0 / 6.0 - 0.2) / 0.8).cos());
    assert!((history.epochs[1].lr - expected).abs() < 1e-12);
    let message = fit(&mut net, &five(&[3], 1), &config, |_| ())
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("epoch 1 (1 unreadable, 4 alone"),
        "{message}"
    );
}

#[test]
fn a_label_without_an_output_is_an_error_before_the_first_step() {
    let _turn = alone();
    let mut net = ResNet::resnet18(3, Device::Cpu, 0);
    let error = fit(&mut net, &five(&[], 5), &FitConfig::default(), |_| ()).unwrap_err();
    assert!(matches!(error, Error::Argument { .. }));
    let message = error.to_string();
    assert!(
        message.contains("below 3") && message.contains("found 4"),
        "{message}"
    );
}

#[test]
fn predictions_say_which_pictures_are_missing() {
    let _turn = alone();
    let net = ResNet::resnet18(8, Device::Cpu, 0);
    let found = predict(&net, &five(&[1, 4], 2)).unwrap();
    assert_eq!(found.indices, [0, 2, 3]);
    assert_eq!(found.predictions.size(), [3]);
    let names: Vec<_> = found.skipped.iter().map(|s| s.to_string()).collect();
    assert_eq!(names, ["picture 1: broken", "picture 4: broken"]);
    assert!(predict(&net, &five(&[0, 1, 2, 3, 4], 2)).is_err());
}

#[test]
fn the_final_loss_is_that_of_the_head_that_is_returned() {
    let _turn = alone();
    let train = pixels_of(&five(&[], 5)).unwrap();
    let config = HeadConfig {
        steps: 2,
        weight_decay: 0.0,
        ..Default::default()
    };
    let head = LinearHead::fit(&train, &config).unwrap();
    let loss = head
        .logits(&train.xs)
        .cross_entropy_for_logits(&train.labels);
    assert!((head.final_loss - loss.double_value(&[])).abs() < 1e-6);
    let none = HeadConfig { steps: 0, ..config };
    let message = LinearHead::fit(&train, &none).unwrap_err().to_string();
    assert!(
        message.starts_with("steps: expected at least 1"),
        "{message}"
    );
}

#[test]
fn one_seed_one_net() {
    let _turn = alone();
    let xs = Tensor::ones([1, 3, 32, 32], tch::kind::FLOAT_CPU);
    let features = |seed| ResNet::resnet18(3, Device::Cpu, seed).features(&xs, false);
    assert!(features(1).equal(&features(1)));
    assert!(!features(1).equal(&features(2)));
}

#[test]
fn a_net_with_a_fitted_head_says_what_the_head_says() {
    let _turn = alone();
    let mut net: Box<dyn Backbone> = Box::new(ResNet::resnet18(3, Device::Cpu, 0));
    let loader = DataLoader::new(leaves(3, 0), Transform::square(32), 8);
    let features = features_of(&*net, &loader).unwrap();
    let head = LinearHead::fit(&features, &HeadConfig::default()).unwrap();
    head.put_into(&mut *net).unwrap();
    let batch = loader.batches(0).next().unwrap().unwrap();
    let said = tch::no_grad(|| net.forward_t(&batch.xs, false));
    let expected = head.logits(&features.xs.narrow(0, 0, 8));
    assert_eq!(said.size(), [8, 8]);
    let apart = (&said - &expected).abs().max().double_value(&[]);
    assert!(
        apart < 1e-4 * expected.abs().max().double_value(&[]),
        "{apart}"
    );

    let narrow = transfer::models::CifarResNetConfig { blocks: 1 };
    let mut other = transfer::models::CifarResNet::new(narrow, 3, Device::Cpu, 0);
    let refused = head.put_into(&mut other).unwrap_err().to_string();
    assert!(
        refused.contains("512") && refused.contains("64"),
        "{refused}"
    );
}
