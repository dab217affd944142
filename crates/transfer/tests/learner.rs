//! Learners: what they learn, in which phases, what they tell, and that the same seed gives the same bits.

mod training;

use std::sync::{Arc, Mutex};

use tch::Tensor;
use tch::nn::ModuleT;
use training::{Dropping, alone, everything, learner, loader, net, same, weights};
use transfer::data::Mix;
use transfer::metrics::top_k_accuracy;
use transfer::models::Backbone;
use transfer::train::{
    Callback, Epoch, FeatureStore, FineTune, Flow, History, Learner, LearningRate, OptimizerConfig,
    Predictions, State, Stopped, TrainConfig,
};

fn quick() -> TrainConfig {
    TrainConfig::new().lr(5e-3)
}

#[test]
fn a_learner_learns_and_judges() {
    let _turn = alone();
    let mut learner = Learner::new(Box::new(net(0)), loader(48, 0, 12).shuffled(0))
        .validate_on(loader(24, 1, 12))
        .config(quick());
    let history = learner.fit(6).unwrap();
    let (first, last) = (history.epochs[0], history.epochs[5]);
    assert!(last.loss < first.loss, "{history:?}");
    assert!(last.valid_accuracy.unwrap() > 0.8, "{history:?}");
    assert_eq!(
        (
            history.steps.len(),
            history.steps[23].step,
            history.steps[23].epoch
        ),
        (24, 24, 6)
    );
    assert_eq!(
        (first.trainable, first.parameters),
        net(0).parameter_counts()
    );
    assert!(
        history
            .steps
            .iter()
            .all(|step| step.grad_norm > 0.0 && step.pictures == 12)
    );

    let found = learner.evaluate(&loader(24, 1, 5)).unwrap();
    assert!((found.loss - last.valid_loss.unwrap()).abs() < 1e-5);
    assert_eq!(found.accuracy, last.valid_accuracy.unwrap());
    let mean = found.losses.iter().sum::<f64>() / 24.0;
    assert!(
        (found.loss - mean).abs() < 1e-5,
        "no smoothing, no weights: the mean of the single ones"
    );
    let Predictions { logits, labels, .. } = &found.predictions;
    assert_eq!(top_k_accuracy(logits, labels, 1).unwrap(), found.accuracy);
    assert_eq!(top_k_accuracy(logits, labels, 3).unwrap(), 1.0);

    let said = learner.predict(&loader(24, 1, 7)).unwrap();
    let rows = said
        .probabilities()
        .sum_dim_intlist(&[1i64][..], false, tch::Kind::Double);
    assert!((rows - 1.0).abs().max().double_value(&[]) < 1e-6);
    let picture = loader(24, 1, 5).dataset().picture(4).unwrap();
    let likely = learner.predict_image(&picture).unwrap();
    let expected = said.probabilities().get(4).max().double_value(&[]);
    assert!(
        (likely[0].1 - expected).abs() < 1e-5 && likely[0].1 >= likely[1].1,
        "{likely:?}"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("4.png");
    picture.save(&file).unwrap();
    assert_eq!(learner.predict_file(&file).unwrap(), likely);
    assert!(learner.predict_file(folder.path()).is_err());
    assert_eq!(
        likely.iter().map(|(_, share)| share).sum::<f64>().round(),
        1.0
    );
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let _turn = alone();
    let run = |seed| {
        let mut learner = learner(everything().seed(seed));
        let history = learner.fit(2).unwrap();
        (weights(learner.net()), history.without_measurements())
    };
    let (one, history) = run(7);
    let (other, again) = run(7);
    assert!(same(&one, &other));
    assert_eq!(history, again);
    assert!(!same(&one, &run(8).0), "dropout draws from the seed");
}

#[test]
fn fine_tune_is_fastais_recipe() {
    let _turn = alone();
    let frozen: Arc<Mutex<Vec<Vec<String>>>> = Arc::default();
    let told = frozen.clone();
    let mut learner = learner(TrainConfig::new()).on_step(move |state| {
        told.lock().unwrap().push(state.net.frozen());
    });
    let trunk = |learner: &Learner| {
        let mut all = weights(learner.net());
        all.retain(|name, _| !name.starts_with("linear."));
        all
    };
    let before = trunk(&learner);
    let recipe = FineTune {
        freeze_epochs: 2,
        ..FineTune::new(0)
    };
    learner.fine_tune_with(&recipe).unwrap();
    assert!(
        same(&before, &trunk(&learner)),
        "frozen layers keep their weights and running statistics"
    );

    let history = learner.fine_tune(3).unwrap();
    // 5 steps with the head alone and 15 with all, each phase one cycle.
    assert_eq!(history.steps.len(), 20);
    let lr = |step: usize| history.steps[step].lr;
    assert!((lr(0) - 2e-3 / 25.0).abs() < 1e-12 && (lr(5) - 1e-3 / 5.0).abs() < 1e-12);
    assert!(
        history.steps[..5]
            .windows(2)
            .all(|pair| pair[0].lr < pair[1].lr),
        "0.99 of it rises"
    );
    let peak = (5..20)
        .max_by(|&one, &other| lr(one).total_cmp(&lr(other)))
        .unwrap();
    assert!([9, 10].contains(&peak), "0.3 of 15 steps: {peak}");
    assert_eq!(
        (history.epochs[0].trainable, history.epochs[1].trainable),
        (195, net(0).parameter_counts().1)
    );
    assert!(!same(&before, &trunk(&learner)));
    let frozen = frozen.lock().unwrap();
    assert!(frozen[0].contains(&"conv1".to_owned()) && frozen[29].is_empty());
}

#[test]
fn layers_are_unfrozen_one_by_one() {
    let _turn = alone();
    let mut learner = learner(quick());
    let history = learner.fit_gradually(7, 1).unwrap();
    let trainable: Vec<i64> = history.epochs.iter().map(|epoch| epoch.trainable).collect();
    let layers = net(0).layer_names().len();
    assert!(
        trainable
            .windows(2)
            .take(layers - 1)
            .all(|pair| pair[0] < pair[1]),
        "{trainable:?}"
    );
    assert_eq!(
        (trainable[0], trainable[6]),
        (195, net(0).parameter_counts().1)
    );

    let history = learner.fit_head_then_all(1, 1).unwrap();
    assert_eq!(
        (history.epochs[0].trainable, history.epochs[1].trainable),
        (195, trainable[6])
    );
    assert!((history.epochs[1].lr - 5e-4).abs() < 1e-12);
}

#[test]
fn groups_learn_at_their_own_rates() {
    let _turn = alone();
    let groups = net(0).layer_names().len();
    let mut rates = vec![0.0; groups];
    rates[groups - 1] = 1e-2;
    let sgd = TrainConfig::new()
        .optimizer(OptimizerConfig::sgd(0.0))
        .lr(LearningRate::Each(rates));
    let mut learner = learner(sgd);
    let before = weights(learner.net());
    learner.fit(1).unwrap();
    for (name, tensor) in weights(learner.net()) {
        let moves = name.starts_with("linear.") || name.contains("running");
        assert_eq!(tensor.equal(&before[&name]), !moves, "{name}");
    }
}

/// Notes everything it is told.
struct Notes(Arc<Mutex<Vec<String>>>);

impl Callback for Notes {
    fn train_begin(&mut self, state: &State<'_>) -> Flow {
        self.0
            .lock()
            .unwrap()
            .push(format!("begin {}/{}", state.step, state.steps));
        Flow::Continue
    }

    fn epoch_begin(&mut self, state: &State<'_>) -> Flow {
        self.0
            .lock()
            .unwrap()
            .push(format!("epoch {}/{}", state.epoch, state.epochs));
        Flow::Continue
    }

    fn step_end(&mut self, state: &State<'_>) -> Flow {
        assert!(state.images_per_second > 0.0 && state.eta_seconds >= 0.0);
        assert!(state.to_string().contains("pictures/s"), "{state}");
        assert_eq!(state.last.unwrap().step, state.step);
        self.0.lock().unwrap().push(format!("step {}", state.step));
        if state.step == 4 {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }

    fn epoch_end(&mut self, state: &State<'_>, epoch: &Epoch) -> Flow {
        assert_eq!(state.history.epochs.last(), Some(epoch));
        self.0
            .lock()
            .unwrap()
            .push(format!("ended {}", epoch.epoch));
        Flow::Continue
    }

    fn train_end(&mut self, state: &State<'_>) {
        self.0.lock().unwrap().push(format!("end {}", state.step));
    }
}

#[test]
fn callbacks_are_told_and_can_stop() {
    let _turn = alone();
    let notes: Arc<Mutex<Vec<String>>> = Arc::default();
    let config = TrainConfig::new().accumulate(2);
    let history = learner(config.clone())
        .callback(Notes(notes.clone()))
        .fit(3)
        .unwrap();
    let expected = [
        "begin 0/9",
        "epoch 1/3",
        "step 1",
        "step 2",
        "step 3",
        "ended 1",
        "epoch 2/3",
        "step 4",
        "end 4",
    ];
    assert_eq!(*notes.lock().unwrap(), expected);
    assert_eq!(
        (history.epochs.len(), history.steps.len(), history.stopped),
        (1, 4, Some(Stopped::ByCallback))
    );
    let stop_at = |last: usize| {
        move |epoch: &Epoch| {
            if epoch.epoch == last {
                Flow::Stop
            } else {
                Flow::Continue
            }
        }
    };
    let history = learner(config.clone()).on_epoch(stop_at(2)).fit(3).unwrap();
    assert_eq!(
        (history.epochs.len(), history.stopped),
        (2, Some(Stopped::ByCallback))
    );
    let history = learner(config).on_epoch(stop_at(3)).fit(3).unwrap();
    assert_eq!(history.stopped, None, "it was the end anyway");
}

#[test]
fn a_history_is_a_table_and_survives_text() {
    let _turn = alone();
    let history = learner(everything()).fit(2).unwrap();
    assert_eq!(
        (
            history.to_frame().unwrap().height(),
            history.steps_to_frame().unwrap().height()
        ),
        (2, 6)
    );
    let back = History::from_csv(&history.epochs_to_csv(), &history.steps_to_csv()).unwrap();
    assert_eq!(back, history);
    let mut unmeasured = history.without_measurements();
    unmeasured.epochs[1].valid_loss = None;
    unmeasured.epochs[0].loss = f64::INFINITY;
    let back = History::from_csv(&unmeasured.epochs_to_csv(), &unmeasured.steps_to_csv()).unwrap();
    assert_eq!(back, unmeasured);
    let cut = history.epochs_to_csv().replace(",195", "");
    for (epochs, steps) in [
        (
            cut.trim_end().rsplit_once(',').unwrap().0.to_owned(),
            history.steps_to_csv(),
        ),
        (history.epochs_to_csv(), "step\n".into()),
    ] {
        assert!(
            History::from_csv(&epochs, &steps)
                .unwrap_err()
                .to_string()
                .contains("history")
        );
    }
}

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

#[test]
fn mixed_pictures_are_learned_from() {
    let _turn = alone();
    let run = |mix: Option<Mix>| {
        let config = TrainConfig { mix, ..quick() };
        let mut learner = learner(config);
        let history = learner.fit(1).unwrap();
        (history.without_measurements(), weights(learner.net()))
    };
    let either = Mix::Either {
        mixup: 0.2,
        cutmix: 1.0,
    };
    let ((history, one), (again, other)) = (run(Some(either)), run(Some(either)));
    assert_eq!(history, again);
    assert!(same(&one, &other) && !same(&one, &run(None).1));
}

#[test]
fn a_learner_gives_its_net_back() {
    let _turn = alone();
    let learner = Learner::new(Box::new(Dropping(net(3))), loader(6, 0, 3));
    let xs = Tensor::ones([1, 3, 8, 8], tch::kind::FLOAT_CPU);
    let expected = net(3).forward_t(&xs, false);
    assert!(learner.into_net().forward_t(&xs, false).equal(&expected));
}
