//! A head that learns from features that were computed once.

use transfer::data::Mix;
use transfer::models::Backbone;
use transfer::train::{FeatureStore, Learner};

use crate::quick;
use crate::training::{alone, learner, loader, net, same, weights};

#[test]
fn a_head_learns_the_same_from_stored_features() {
    let _turn = alone();
    let make = || {
        Learner::new(Box::new(net(0)), loader(18, 0, 4).shuffled(3))
            .validate_on(loader(9, 1, 5))
            .config(quick())
    };
    let mut stored = make();
    let from_features = stored.fit_head_on_features(3, None).unwrap();
    let mut whole = make();
    for layer in net(0)
        .layer_names()
        .iter()
        .filter(|layer| *layer != "linear")
    {
        whole.net_mut().freeze(layer).unwrap();
    }
    let from_pictures = whole.fit(3).unwrap();
    for (one, other) in from_features.epochs.iter().zip(&from_pictures.epochs) {
        assert!((one.loss - other.loss).abs() < 1e-5, "{one} / {other}");
        assert!((one.valid_loss.unwrap() - other.valid_loss.unwrap()).abs() < 1e-5);
        assert_eq!(
            (one.accuracy, one.pictures),
            (other.accuracy, other.pictures)
        );
    }
    for (name, tensor) in weights(stored.net()) {
        let other = &weights(whole.net())[&name];
        assert!(tensor.allclose(other, 1e-4, 1e-5, false), "{name}");
    }
}

#[test]
fn a_head_takes_its_features_from_a_store() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let mut store = FeatureStore::open(folder.path()).unwrap();
    let mut runs = (0..2).map(|_| {
        let mut learner = Learner::new(Box::new(net(0)), loader(18, 0, 4).shuffled(3))
            .validate_on(loader(9, 1, 5))
            .config(quick());
        let history = learner.fit_head_on_features(2, Some(&mut store)).unwrap();
        (history.without_measurements(), weights(learner.net()))
    });
    let (first, second) = (runs.next().unwrap(), runs.next().unwrap());
    drop(runs);
    assert_eq!((store.computed, store.hits), (2, 2));
    assert_eq!(first.0, second.0);
    assert!(same(&first.1, &second.1));
    let mixed = quick().mix(Mix::MixUp(0.2));
    let message = learner(mixed)
        .fit_head_on_features(1, None)
        .unwrap_err()
        .to_string();
    assert!(message.contains("no mix"), "{message}");
}
