//! A detector learns, the same way each time, and ends with its best epoch.

use std::sync::Arc;

use image::RgbImage;
use tch::Tensor;
use transfer::Error;
use transfer::checkpoint::StateDict;
use transfer::data::{BoxDataset, BoxesInMemory, Transform};
use transfer::detection::Thresholds;
use transfer::metrics::Detection;
use transfer::train::{BoxLoader, DetectionLearner, OptimizerConfig, Schedule, detect, detect_in};

use super::{alone, loader, net, shapes};

#[test]
fn a_detector_learns_and_says_where_things_are_in_the_picture_as_it_came() {
    let _turn = alone();
    let still = Transform::detection(64, 64);
    let train = loader(shapes(36, 1), Transform::detection_train(64, 64)).shuffled(0);
    let valid = loader(shapes(8, 2), still.clone());
    let mut learner = DetectionLearner::new(net(0, 2), train).validate_on(valid.clone());
    let before = learner.evaluate(&valid).unwrap().eval.coco().ap50;
    let history = learner.fit_one_cycle(12, 4e-3).unwrap();
    assert_eq!(
        (history.steps.len(), history.epochs.len(), history.skipped),
        (72, 12, 0)
    );
    let after = learner.evaluate(&valid).unwrap().eval.coco();
    assert!(
        before < 0.1 && after.ap50 > 0.8,
        "{before} and then {}",
        after.ap50
    );
    // The best epoch's weights are those that it ends with.
    let best = history.best.unwrap();
    let of_best = history.epochs[best - 1].valid.unwrap();
    assert_eq!(of_best, [after.ap, after.ap50]);
    assert!(
        history
            .epochs
            .iter()
            .all(|epoch| epoch.valid.unwrap()[0] <= of_best[0])
    );
    // 96 x 64 pixels are 64 x 43 in the frame: boxes come back in those of the picture.
    let held_out = shapes(4, 3);
    let found = detect_in(
        learner.net(),
        &held_out.picture(0).unwrap(),
        &still,
        &Thresholds::of(learner.net().config().kind),
    );
    let found = found.unwrap();
    for label in held_out.boxes(0) {
        let near = |found: &&Detection| {
            let far = found
                .bounds
                .iter()
                .zip(label.bounds)
                .map(|(one, other)| (one - f64::from(other)).abs());
            found.class == label.class && far.fold(0.0, f64::max) < 8.0
        };
        assert!(found.iter().any(|one| near(&one)), "{label:?} in {found:?}");
    }
    let all = detect(
        learner.net(),
        &loader(held_out, still),
        &Thresholds::of(learner.net().config().kind),
    );
    assert_eq!(all.unwrap().pictures[0].len(), found.len());
}

#[test]
fn the_same_seed_gives_the_same_weights_with_any_number_of_threads_and_a_frozen_body_stays() {
    let _turn = alone();
    let trained = |seed: u64, workers: usize, frozen: bool| -> [StateDict; 2] {
        let train = loader(shapes(12, 1), Transform::detection_train(64, 64));
        let mut net = net(0, 2);
        if frozen {
            net.freeze_body().unwrap();
        }
        let before: StateDict = net
            .state()
            .into_iter()
            .map(|(name, of)| (name, of.copy()))
            .collect();
        let mut learner = DetectionLearner::new(net, train.shuffled(seed).workers(workers))
            .optimizer(OptimizerConfig::sgd(0.9));
        let history = learner.fit(2, 1e-2, &Schedule::Constant).unwrap();
        assert!(history.best.is_none() && history.epochs[0].valid.is_none());
        [before, learner.net().state()]
    };
    let same = |one: &StateDict, other: &StateDict, below: &str| {
        let of = one.iter().filter(|(name, _)| name.starts_with(below));
        of.map(|(name, value)| (name, value.equal(&other[name])))
            .filter(|(_, same)| !same)
            .count()
    };
    let [before, one] = trained(3, 1, false);
    let [_, again] = trained(3, 4, false);
    assert_eq!(same(&one, &again, ""), 0);
    assert!(same(&before, &one, "backbone.body.") > 0);
    let [_, other] = trained(4, 1, false);
    assert!(same(&one, &other, "head.") > 0);
    let [before, frozen] = trained(3, 1, true);
    assert_eq!(same(&before, &frozen, "backbone.body."), 0);
    assert!(same(&before, &frozen, "head.") > 0);
}

/// A learner that has validation, and calls the reader's wish to stop, or worse, in its third epoch.
fn broken_off(rate: f64) -> (DetectionLearner, Error) {
    let train = loader(shapes(12, 1), Transform::detection(64, 64)).shuffled(0);
    let valid = loader(shapes(4, 2), Transform::detection(64, 64));
    let mut learner = DetectionLearner::new(net(0, 2), train)
        .validate_on(valid)
        .clip_norm(1e9);
    learner.fit_one_cycle(6, 4e-3).unwrap();
    let schedule = Schedule::OneCycle(transfer::train::OneCycle {
        div: 1e9,
        ..transfer::train::OneCycle::FASTAI
    });
    let error = learner.fit(6, rate, &schedule).unwrap_err();
    (learner, error)
}

#[test]
fn a_training_that_diverges_ends_with_the_best_epoch_that_it_had() {
    let _turn = alone();
    let (learner, error) = broken_off(1e6);
    assert!(matches!(error, Error::Diverged { .. }), "{error}");
    let history = learner.history();
    let state = learner.net().state();
    let finite = |of: &Tensor| of.isfinite().all().int64_value(&[]) == 1;
    if let Some(best) = history.best {
        assert!(state.values().all(finite));
        let judged = learner.evaluate(&loader(shapes(4, 2), Transform::detection(64, 64)));
        let valid = history.epochs[best - 1].valid.unwrap();
        assert_eq!(judged.unwrap().eval.coco().ap, valid[0]);
    }
    assert!(history.epochs.len() < 6);
}

#[test]
fn validation_without_a_box_chooses_nothing() {
    let _turn = alone();
    let train = loader(shapes(6, 1), Transform::detection(64, 64));
    let empty = BoxesInMemory::new(&["square", "bar"], vec![(RgbImage::new(96, 64), vec![])]);
    let valid = loader(empty.unwrap(), Transform::detection(64, 64));
    let mut learner = DetectionLearner::new(net(0, 2), train).validate_on(valid);
    let history = learner.fit_one_cycle(3, 1e-3).unwrap();
    assert_eq!(history.best, None);
    assert!(
        history
            .epochs
            .iter()
            .all(|epoch| epoch.valid.unwrap()[0].is_nan())
    );
    // Another training goes on with other changes of the same pictures.
    let train = || loader(shapes(6, 1), Transform::detection_train(64, 64)).shuffled(5);
    let first =
        |of: &mut DetectionLearner| of.fit(1, 1e-9, &Schedule::Constant).unwrap().steps[0].loss();
    let mut learner = DetectionLearner::new(net(0, 2), train());
    let (one, other) = (first(&mut learner), first(&mut learner));
    assert!((one - other).abs() > 1e-4, "{one} and {other}");
}

#[test]
fn pictures_without_a_box_teach_that_there_is_nothing() {
    let _turn = alone();
    let mut pictures: Vec<_> = (0..5).map(|_| (RgbImage::new(64, 64), vec![])).collect();
    let shown = shapes(1, 0);
    pictures.push((shown.picture(0).unwrap(), shown.boxes(0).to_vec()));
    let of = BoxesInMemory::new(&["square", "bar"], pictures).unwrap();
    let train = loader(of, Transform::detection(64, 64));
    let history = DetectionLearner::new(net(0, 2), train)
        .fit_one_cycle(2, 1e-3)
        .unwrap();
    assert!(
        history
            .steps
            .iter()
            .all(|step| step.loss().is_finite() && step.boxes > 0.0)
    );
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let _turn = alone();
    let said = |error: Error| error.to_string();
    let three = DetectionLearner::new(
        net(0, 3),
        loader(shapes(2, 0), Transform::detection(64, 64)),
    )
    .fit_one_cycle(1, 1e-3);
    assert!(said(three.unwrap_err()).contains("2, as the pictures have"));
    let turned = Transform::new().trivial_augment_wide();
    let turned = BoxLoader::new(Arc::new(shapes(2, 0)), turned, 2).unwrap_err();
    assert!(said(turned).contains("TrivialAugmentWide"));
    let renamed =
        BoxesInMemory::new(&["bar", "square"], vec![(RgbImage::new(9, 9), vec![])]).unwrap();
    let other = loader(renamed, Transform::detection(64, 64));
    let train = loader(shapes(2, 0), Transform::detection(64, 64));
    let mut learner = DetectionLearner::new(net(0, 2), train).validate_on(other.clone());
    let names = said(learner.fit_one_cycle(1, 1e-3).unwrap_err());
    assert!(names.contains("BoxSplits"), "{names}");
    assert!(learner.evaluate(&other).is_err());
    let mut learner = DetectionLearner::new(
        net(0, 2),
        loader(shapes(2, 0), Transform::detection(64, 64)),
    )
    .clip_norm(0.0);
    assert!(said(learner.fit_one_cycle(1, 1e-3).unwrap_err()).contains("clip_norm"));
    let mut learner = DetectionLearner::new(
        net(0, 2),
        loader(shapes(6, 0), Transform::detection(64, 64)),
    )
    .clip_norm(1e9);
    let diverged = learner.fit(9, 1e30, &Schedule::Constant).unwrap_err();
    assert!(matches!(diverged, Error::Diverged { .. }), "{diverged}");
}
