//! Learners: what they learn, in which phases, what they tell, and that the same seed gives the same bits.

mod heads;
mod told;
#[path = "../training/mod.rs"]
mod training;

use std::sync::{Arc, Mutex};

use tch::Tensor;
use tch::nn::ModuleT;
use training::{Dropping, alone, everything, learner, loader, net, same, weights};
use transfer::data::Mix;
use transfer::metrics::top_k_accuracy;
use transfer::models::Backbone;
use transfer::train::{FineTune, Learner, LearningRate, OptimizerConfig, Predictions, TrainConfig};

pub(crate) fn quick() -> TrainConfig {
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
