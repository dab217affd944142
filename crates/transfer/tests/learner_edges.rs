//! What is easily got wrong around a training: what a resumption belongs to, and settings that make no sense.

mod training;

use std::fs;
use std::time::{Duration, SystemTime};

use tch::Tensor;
use training::{alone, checkpointing, everything, learner, loader, net, same, weights};
use transfer::models::Backbone;
use transfer::train::{
    Ema, Every, Features, Flow, HeadConfig, Learner, LearningRate, LinearHead, OneCycle, Optimizer,
    OptimizerConfig, Rule, Schedule, Snapshot, Span, State, TrainConfig,
};

fn stop_at(step: usize) -> impl FnMut(&State<'_>) -> Flow {
    move |state| {
        if state.step == step {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }
}

#[test]
fn other_frozen_layers_are_another_training() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let make = |frozen: Option<&str>| {
        let mut learner = checkpointing(folder.path(), Every::Steps(1));
        if let Some(layer) = frozen {
            learner.net_mut().freeze_up_to(layer).unwrap();
        }
        learner
    };
    let stopped = make(Some("layer2")).on_step(stop_at(2)).fit(2).unwrap();
    assert_eq!(stopped.steps.len(), 2);
    for frozen in [None, Some("layer1")] {
        let mut other = make(frozen);
        other.resume(folder.path()).unwrap();
        let message = other.fit(2).unwrap_err().to_string();
        assert!(message.contains("frozen"), "{message}");
    }
    let mut without_gradient = make(Some("layer2"));
    let groups = without_gradient.net().parameter_groups();
    let last = &groups.last().unwrap().parameters[0];
    let _same_tensor = last.1.set_requires_grad(false);
    without_gradient.resume(folder.path()).unwrap();
    let message = without_gradient.fit(2).unwrap_err().to_string();
    assert!(message.contains(&last.0), "{message}");

    let mut right = make(Some("layer2"));
    right.resume(folder.path()).unwrap();
    assert_eq!(right.fit(2).unwrap().steps.len(), 6);
}

#[test]
fn a_refused_training_leaves_the_resumption_to_the_right_one() {
    let _turn = alone();
    let mut calm = learner(everything());
    let expected = calm.fit(2).unwrap().without_measurements();
    let folder = tempfile::tempdir().unwrap();
    checkpointing(folder.path(), Every::Steps(1))
        .on_step(stop_at(2))
        .fit(2)
        .unwrap();
    let mut resumed = learner(everything());
    resumed.resume(folder.path()).unwrap();
    assert!(resumed.fit(3).is_err());
    let message = resumed
        .fit_head_on_features(2, None)
        .unwrap_err()
        .to_string();
    assert!(message.contains("stored features"), "{message}");
    let found = resumed.fit(2).unwrap().without_measurements();
    assert_eq!(found, expected);
    assert!(same(&weights(resumed.net()), &weights(calm.net())));
}

#[test]
fn what_a_resumption_tells_is_the_whole_history() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let make = || {
        Learner::new(Box::new(net(0)), loader(13, 0, 4).shuffled(3))
            .checkpoint_to(folder.path(), Every::Epochs(1))
    };
    let history = make().fit(2).unwrap();
    assert_eq!(history.too_small, 2);
    let resumed = make().resume(folder.path()).unwrap().unwrap();
    assert_eq!(resumed.history, history);
}

#[test]
fn a_learner_writes_the_end_of_every_training() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoints");
    let mut learner = checkpointing(&path, Every::Epochs(100));
    for _ in 0..2 {
        learner.fit(1).unwrap();
        assert_eq!(fs::read_dir(&path).unwrap().count(), 1);
        fs::remove_dir_all(&path).unwrap();
    }
}

#[test]
fn only_what_a_killed_writer_left_is_swept_away() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    checkpointing(folder.path(), Every::Epochs(1))
        .fit(1)
        .unwrap();
    let old = SystemTime::now() - Duration::from_secs(3600);
    let place = |name: &str| folder.path().join(name);
    for name in [".tmpAb3dE9", ".tmp_notes.txt"] {
        let file = fs::File::create(place(name)).unwrap();
        file.set_modified(old).unwrap();
    }
    fs::create_dir(place(".tmpFolder")).unwrap();
    fs::File::open(place(".tmpFolder"))
        .unwrap()
        .set_modified(old)
        .unwrap();
    let mut learner = checkpointing(folder.path(), Every::Epochs(1));
    assert!(learner.resume(folder.path()).unwrap().is_some());
    assert!(!place(".tmpAb3dE9").exists(), "half a checkpoint");
    assert!(place(".tmp_notes.txt").exists() && place(".tmpFolder").exists());
}

#[test]
fn a_head_on_features_sees_every_picture_that_the_loader_drops_now_and_then() {
    let _turn = alone();
    let train = loader(18, 0, 4).shuffled(3).drop_last();
    let mut learner = Learner::new(Box::new(net(0)), train);
    let history = learner.fit_head_on_features(4, None).unwrap();
    assert_eq!(history.skipped, 0);
    assert!(history.epochs.iter().all(|epoch| epoch.pictures == 16));
}

#[test]
fn a_copy_of_another_net_is_refused_whole() {
    let _turn = alone();
    let mut one = net(0);
    one.replace_head(1);
    let (snapshot, ema) = (Snapshot::of(&one), Ema::new(&one, 0.9));
    // libtorch would spread the one row over all three.
    let other = net(1);
    let before = weights(&other);
    let message = snapshot.restore(&other).unwrap_err().to_string();
    assert!(message.contains("linear.bias"), "{message}");
    assert!(ema.apply(&other).is_err());
    let deeper = transfer::models::build("resnet32_cifar", 3, tch::Device::Cpu, 0).unwrap();
    let message = Snapshot::of(&other)
        .restore(&*deeper)
        .unwrap_err()
        .to_string();
    assert!(message.contains("layer1.1"), "{message}");
    assert!(Snapshot::of(&*deeper).restore(&other).is_err());
    assert!(same(&weights(&other), &before), "nothing half-written");
}

#[test]
fn settings_without_sense_are_refused_before_the_first_step() {
    let _turn = alone();
    let adam = |betas, eps| OptimizerConfig {
        rule: Rule::Adam { betas, eps },
        ..OptimizerConfig::adam()
    };
    let nesterov = Rule::Sgd {
        momentum: 0.0,
        nesterov: true,
    };
    for (optimizer, part) in [
        (OptimizerConfig::sgd(-0.1), "momentum"),
        (OptimizerConfig::sgd(f64::NAN), "momentum"),
        (OptimizerConfig::adamw().weight_decay(-1.0), "weight decay"),
        (
            OptimizerConfig::adamw().weight_decay(f64::NAN),
            "weight decay",
        ),
        (adam((1.0, 0.999), 1e-8), "betas"),
        (adam((0.9, -0.1), 1e-8), "betas"),
        (adam((0.9, 0.999), -1.0), "eps"),
        (
            OptimizerConfig {
                rule: nesterov,
                ..OptimizerConfig::sgd(0.0)
            },
            "momentum",
        ),
    ] {
        let refused = learner(TrainConfig::new().optimizer(optimizer)).fit(1);
        let message = refused.unwrap_err().to_string();
        assert!(message.contains(part), "{part}: {message}");
    }
    let cycle = |cycle: OneCycle| Schedule::OneCycle(cycle);
    for (schedule, part) in [
        (Schedule::Cosine { end: f64::NAN }, "end"),
        (Schedule::Cosine { end: -1.0 }, "end"),
        (
            Schedule::Step {
                every: Span::Epochs(0.0),
                gamma: 0.1,
            },
            "span",
        ),
        (
            Schedule::Step {
                every: Span::Steps(2),
                gamma: -0.1,
            },
            "gamma",
        ),
        (Schedule::Constant.warmed_up(Span::Share(5.0)), "span"),
        (Schedule::Constant.warmed_up(Span::Epochs(f64::NAN)), "span"),
        (
            Schedule::Cosine { end: f64::NAN }.warmed_up(Span::Steps(1)),
            "end",
        ),
        (
            cycle(OneCycle {
                pct_start: 30.0,
                ..OneCycle::FASTAI
            }),
            "pct_start",
        ),
        (
            cycle(OneCycle {
                div: 0.0,
                ..OneCycle::FASTAI
            }),
            "div",
        ),
        (
            cycle(OneCycle {
                momentum: Some((1.5, 0.85)),
                ..OneCycle::FASTAI
            }),
            "momentum",
        ),
    ] {
        let refused = learner(TrainConfig::new().schedule(schedule.clone())).fit(1);
        let message = refused.unwrap_err().to_string();
        assert!(message.contains(part), "{schedule:?}: {message}");
    }
    for lr in [
        LearningRate::Between(0.0, 1e-2),
        LearningRate::Between(1e-2, 0.0),
        LearningRate::Between(-1e-4, -1e-2),
    ] {
        let message = lr.of_groups(3).unwrap_err().to_string();
        assert!(message.contains("more than 0"), "{message}");
    }
    for (lr, name) in [
        (LearningRate::Same(0.003), "0.003"),
        (LearningRate::Head(5e-3), "0.005 for the head"),
        (LearningRate::Between(1e-4, 1e-2), "0.0001 to 0.01"),
        (LearningRate::Each(vec![0.0, 0.5]), "0 0.5"),
    ] {
        assert_eq!(lr.to_string(), name);
    }
    let message = learner(TrainConfig::new().label_smoothing(2.0))
        .lr_find()
        .unwrap_err()
        .to_string();
    assert!(message.starts_with("label smoothing"), "{message}");
}

#[test]
fn a_search_for_a_rate_names_a_label_without_an_output() {
    let _turn = alone();
    let mut narrow = net(0);
    narrow.replace_head(2);
    let mut learner = Learner::new(Box::new(narrow), loader(12, 0, 4));
    let message = learner.lr_find().unwrap_err().to_string();
    assert!(message.contains("below 2"), "{message}");
}

#[test]
fn names_and_outputs_that_do_not_belong_together_are_refused() {
    let _turn = alone();
    let picture = loader(3, 0, 1).dataset().picture(0).unwrap();
    for outputs in [2, 5] {
        let mut other = net(0);
        other.replace_head(outputs);
        let learner = Learner::new(Box::new(other), loader(12, 0, 4));
        let message = learner.predict_image(&picture).unwrap_err().to_string();
        assert!(message.contains("3 classes"), "{message}");
    }
}

#[test]
fn a_linear_head_says_what_is_wrong_with_its_features() {
    let _turn = alone();
    let features = |label: i64, value: f32| Features {
        xs: Tensor::from_slice(&[0.0, 1.0, value, 3.0]).view([2, 2]),
        labels: Tensor::from_slice(&[0, label]),
        classes: ["a", "b"].map(String::from).to_vec(),
        indices: vec![0, 1],
        skipped: Vec::new(),
    };
    let refused = |features: Features| {
        LinearHead::fit(&features, &HeadConfig::default())
            .unwrap_err()
            .to_string()
    };
    let message = refused(features(2, 1.0));
    assert!(message.starts_with("label"), "{message}");
    let message = refused(features(1, f32::NAN));
    assert!(message.starts_with("features"), "{message}");
}

#[test]
fn a_state_that_is_none_is_refused() {
    let _turn = alone();
    let net = net(0);
    let mut optimizer = Optimizer::new(OptimizerConfig::sgd(0.0), net.parameter_groups());
    for steps in [Tensor::from(3i64), Tensor::from_slice(&[0i64; 0])] {
        let state = [("linear.bias.steps".to_owned(), steps)].into();
        assert!(optimizer.load_state(&state).is_err());
    }
}
