//! What protects a training: divergence, early stopping, averages, accumulation, and the search for a rate.

mod training;

use std::sync::{Arc, Mutex};

use tch::{Tensor, nn::ModuleT};
use training::{alone, everything, learner, loader, net, same, weights};
use transfer::Error;
use transfer::checkpoint::StateDict;
use transfer::models::Backbone;
use transfer::train::{
    EarlyStopping, Ema, Every, Flow, Learner, LrRange, Monitor, OptimizerConfig, Snapshot, State,
    Stopped, TrainConfig, suggest_steep, suggest_valley,
};

fn sgd(lr: f64) -> TrainConfig {
    TrainConfig::new()
        .optimizer(OptimizerConfig::sgd(0.0))
        .lr(lr)
}

#[test]
fn a_diverging_training_stops_and_returns_to_the_last_good_state() {
    let _turn = alone();
    let mut hot = learner(sgd(1e30));
    let before = weights(hot.net());
    let error = hot.fit(3).unwrap_err();
    let Error::Diverged {
        epoch: 1, step, lr, ..
    } = &error
    else {
        panic!("{error}")
    };
    assert!((1..=3).contains(step) && *lr == 1e30, "{error}");
    let message = error.to_string();
    assert!(
        message.contains("lr_find") && message.contains("learning rate 1e30"),
        "{message}"
    );
    assert!(same(&weights(hot.net()), &before), "the start of the epoch");
    assert_eq!(hot.history().steps.len(), step - 1, "the steps before");

    // A weight that is already no number is found before anything is overwritten.
    let mut broken = net(0);
    let mut groups = broken.parameter_groups();
    let _ = tch::no_grad(|| groups[0].parameters[0].1.get(0).fill_(f64::NAN));
    groups.clear();
    broken.replace_head(3);
    let message = Learner::new(Box::new(broken), loader(6, 0, 3))
        .fit(1)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("step 0") && message.contains("a weight"),
        "{message}"
    );
}

/// Poisons a weight after a step: the next one finds it.
fn poison(at: usize) -> impl FnMut(&State<'_>) -> Flow {
    move |state| {
        if state.step == at {
            let groups = state.net.parameter_groups();
            let _ = tch::no_grad(|| {
                groups[0].parameters[0]
                    .1
                    .shallow_clone()
                    .fill_(f64::INFINITY)
            });
        }
        Flow::Continue
    }
}

#[test]
fn snapshots_within_an_epoch_and_checkpoints_stay_good() {
    let _turn = alone();
    let seen: Arc<Mutex<Vec<StateDict>>> = Arc::default();
    let noted = seen.clone();
    let folder = tempfile::tempdir().unwrap();
    // Five batches: five steps an epoch. Poisoned in step 8, after the snapshot of step 7.
    let mut poisoned = learner(sgd(0.01).snapshot_every(7))
        .checkpoint_to(folder.path(), Every::Steps(1))
        .on_step(move |state| noted.lock().unwrap().push(weights(state.net)))
        .on_step(poison(8));
    let error = poisoned.fit(3).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Diverged {
                epoch: 2,
                step: 8,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(poisoned.history().epochs.len(), 1);
    assert!(
        same(&weights(poisoned.net()), &seen.lock().unwrap()[6]),
        "the snapshot of step 7"
    );
    let mut resumed = learner(sgd(0.01).snapshot_every(7));
    assert_eq!(
        resumed
            .resume(folder.path())
            .unwrap()
            .unwrap()
            .history
            .steps
            .len(),
        7
    );
    assert!(same(&weights(resumed.net()), &weights(poisoned.net())));
}

#[test]
fn early_stopping_ends_and_gives_the_best_back() {
    let _turn = alone();
    let best: Arc<Mutex<Vec<StateDict>>> = Arc::default();
    let noted = best.clone();
    // No epoch is better than the first by so much.
    let stopping = EarlyStopping {
        monitor: Monitor::Loss,
        patience: 2,
        min_delta: 10.0,
        restore_best: true,
    };
    let mut early = learner(sgd(0.01).early_stopping(stopping)).on_step(move |state| {
        noted.lock().unwrap().push(weights(state.net));
    });
    let history = early.fit(9).unwrap();
    assert_eq!(
        (history.epochs.len(), history.stopped),
        (3, Some(Stopped::Early { best: 1 }))
    );
    assert!(
        same(&weights(early.net()), &best.lock().unwrap()[4]),
        "the end of epoch 1"
    );
    let last = EarlyStopping {
        restore_best: false,
        ..stopping
    };
    let mut early = learner(sgd(0.01).early_stopping(last));
    early.fit(9).unwrap();
    assert!(
        same(&weights(early.net()), &best.lock().unwrap()[14]),
        "the end of epoch 3"
    );

    let unwatched = Learner::new(Box::new(net(0)), loader(6, 0, 3))
        .config(TrainConfig::new().early_stopping(EarlyStopping::default()))
        .fit(1);
    assert!(unwatched.unwrap_err().to_string().contains("validate_on"));
}

#[test]
fn an_average_is_warmed_up_judged_and_kept() {
    let _turn = alone();
    let net = net(0);
    let mut ema = Ema::new(&net, 0.9);
    let (name, mut variable) = net.parameter_groups().remove(0).parameters.remove(0);
    let mut expected = variable.detach().copy();
    for decay in [0.1, 2.0 / 11.0, 3.0 / 12.0] {
        assert!((ema.next_decay() - decay).abs() < 1e-12);
        let _ = tch::no_grad(|| variable.g_add_scalar_(1.0));
        ema.update(&net).unwrap();
        expected = expected * decay + &variable * (1.0 - decay);
    }
    let own = weights(&net);
    let seen = ema.with(&net, || Ok(weights(&net))).unwrap();
    assert!(seen[&name].allclose(&expected, 1e-5, 1e-6, false));
    assert!(same(&weights(&net), &own), "its own weights are back");

    // The learner ends with what it was judged by.
    let mut learner = learner(sgd(0.05).ema(0.99));
    let history = learner.fit(2).unwrap();
    let found = learner.evaluate(&loader(9, 1, 5)).unwrap();
    assert!((found.loss - history.epochs[1].valid_loss.unwrap()).abs() < 1e-6);
    let snapshot = Snapshot::of(learner.net());
    assert!(same(snapshot.tensors(), &weights(learner.net())));
}

/// A learner whose trunk is frozen: without batch statistics, batches can be added up.
fn head_alone(batch: usize, config: TrainConfig) -> Learner {
    let mut net = net(0);
    net.freeze_up_to("layer3").unwrap();
    Learner::new(Box::new(net), loader(22, 0, batch)).config(config)
}

#[test]
fn accumulated_batches_are_one_large_batch() {
    let _turn = alone();
    let weighted = sgd(0.5)
        .class_weights(&[1.0, 3.0, 0.5])
        .label_smoothing(0.1)
        .clip_norm(0.3);
    // 22 pictures: batches of 3 in groups of 4 make steps of 12 and 10, the last batch alone in its size of 1 is left
    // out, so that the whole has to leave it out too.
    let mut small = head_alone(3, weighted.clone().accumulate(4));
    let history = small.fit(2).unwrap();
    assert_eq!((history.steps.len(), history.too_small), (4, 2));
    assert_eq!(
        (history.steps[0].pictures, history.steps[1].pictures),
        (12, 9)
    );
    let mut small = head_alone(2, weighted.clone().accumulate(6));
    let mut large = head_alone(12, weighted);
    let (one, other) = (small.fit(3).unwrap(), large.fit(3).unwrap());
    assert_eq!(one.steps.len(), 6);
    for (one, other) in one.steps.iter().zip(&other.steps) {
        assert_eq!((one.step, one.pictures), (other.step, other.pictures));
        assert!(
            (one.loss - other.loss).abs() < 1e-5 && (one.grad_norm - other.grad_norm).abs() < 1e-4
        );
    }
    assert!(one.steps[0].grad_norm > 0.3, "the clipping is at work");
    let other = weights(large.net());
    assert!(
        weights(small.net())
            .iter()
            .all(|(name, tensor)| tensor.allclose(&other[name], 1e-4, 1e-6, false))
    );
}

#[test]
fn clipping_shortens_a_step() {
    let _turn = alone();
    let moved = |config: TrainConfig| {
        let mut learner = head_alone(22, config);
        let before = weights(learner.net());
        let norm = learner.fit(1).unwrap().steps[0].grad_norm;
        let after = weights(learner.net());
        let squares = after.iter().map(|(name, tensor)| {
            (tensor - &before[name])
                .square()
                .sum(tch::Kind::Double)
                .double_value(&[])
        });
        (squares.sum::<f64>().sqrt(), norm)
    };
    let (free, norm) = moved(sgd(0.1));
    assert!((free - 0.1 * norm).abs() < 1e-5);
    let (clipped, same_norm) = moved(sgd(0.1).clip_norm(norm / 4.0));
    assert!((clipped - free / 4.0).abs() < 1e-5 && same_norm == norm);
}

#[test]
fn lr_find_suggests_and_leaves_no_trace() {
    let _turn = alone();
    let mut calm = Learner::new(Box::new(net(0)), loader(48, 0, 24));
    let found = calm.lr_find().unwrap();
    assert!(
        (1e-5..1.0).contains(&found.valley) && (1e-5..10.0).contains(&found.steep),
        "{} {} {:?}",
        found.valley,
        found.steep,
        found.losses
    );
    let mut learner = learner(everything());
    let before = weights(learner.net());
    let found = learner.lr_find().unwrap();
    assert!(same(&weights(learner.net()), &before));
    assert!(
        found.lrs.len() <= 100 && found.lrs[0] == 1e-7 && found.lrs.len() == found.losses.len()
    );
    assert_eq!(learner.lr_find().unwrap(), found);
    let short = LrRange {
        start: 1e-4,
        end: 1.0,
        steps: 24,
    };
    let found = learner.lr_find_in(short).unwrap();
    let lrs = &found.lrs;
    assert!(lrs.len() <= 24 && lrs[0] == 1e-4 && lrs.windows(2).all(|pair| pair[0] < pair[1]));
    assert!((lrs[1] / lrs[0] - 1e4_f64.powf(1.0 / 24.0)).abs() < 1e-9);
    for wrong in [
        LrRange {
            start: 0.0,
            ..short
        },
        LrRange { end: 1e-4, ..short },
        LrRange { steps: 3, ..short },
    ] {
        let message = learner.lr_find_in(wrong).unwrap_err().to_string();
        assert!(message.contains("range of learning rates"), "{message}");
    }
    // A training after it is the training without it.
    let one = learner.fit(1).unwrap().without_measurements();
    assert_eq!(
        one,
        training::learner(everything())
            .fit(1)
            .unwrap()
            .without_measurements()
    );
}

#[test]
fn suggestions_are_fastais() {
    let lrs: Vec<f64> = (0..12).map(|step| 10f64.powi(step - 8)).collect();
    // The longest descent is of 10 losses and ends at position 10: fastai counts from 10 - 10 to there, and takes a third
    // and half a third of it, each rounded down.
    let losses = [5.0, 6.0, 5.5, 5.2, 5.1, 4.0, 3.0, 2.9, 2.8, 2.7, 2.6, 9.0];
    assert_eq!(suggest_valley(&lrs, &losses), Some(lrs[4]));
    // From 5.1 to 4.0.
    assert_eq!(suggest_steep(&lrs, &losses), Some(lrs[4]));
    // A loss that falls all the way: fastai counts from one before the first of its 85 losses.
    let lrs: Vec<f64> = (0..85).map(f64::from).collect();
    let falling: Vec<f64> = (0..85).map(|step| f64::from(-step)).collect();
    assert_eq!(suggest_valley(&lrs, &falling), Some(41.0));
    let rising: Vec<f64> = (0..85).map(f64::from).collect();
    assert_eq!(suggest_valley(&lrs, &rising), Some(0.0));
    assert_eq!(
        (suggest_valley(&[], &[]), suggest_steep(&[1.0], &[1.0])),
        (None, None)
    );
}

#[test]
fn settings_without_sense_are_refused() {
    let _turn = alone();
    let refused = |config: TrainConfig| learner(config).fit(1).unwrap_err().to_string();
    for (config, part) in [
        (TrainConfig::new().accumulate(0), "accumulate"),
        (TrainConfig::new().ema(1.0), "decay"),
        (TrainConfig::new().clip_norm(0.0), "clip_norm"),
        (TrainConfig::new().label_smoothing(1.0), "label smoothing"),
        (TrainConfig::new().class_weights(&[1.0]), "class weights"),
        (TrainConfig::new().lr(-1.0), "learning rate"),
    ] {
        let message = refused(config);
        assert!(message.starts_with(part), "{message}");
    }
    let mut frozen = net(0);
    for layer in frozen.layer_names() {
        frozen.freeze(&layer).unwrap();
    }
    let xs = Tensor::ones([2, 3, 8, 8], tch::kind::FLOAT_CPU);
    assert!(!frozen.forward_t(&xs, true).requires_grad());
    let nothing = Learner::new(Box::new(frozen), loader(6, 0, 3)).fit(1);
    assert!(
        nothing
            .unwrap_err()
            .to_string()
            .contains("at least one that learns")
    );
}
