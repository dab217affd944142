//! Distillation and batch spectral shrinkage in a training, and the strategies side by side.

mod training;

use std::sync::Arc;

use tch::{Device, Kind, Tensor};
use training::{alone, loader, net, same, weights};
use transfer::Study;
use transfer::data::{DataLoader, Dataset, Transform};
use transfer::models::{Backbone, WeightFiles};
use transfer::train::{
    BatchSpectralShrinkage, Distillation, Every, Learner, Strategy, StrategyRun, StrategyTask,
    StrategyTrial, TrainConfig,
};

/// One batch of six pictures, and a learner that shows it to a net whose training and evaluation are the same.
fn one_step(config: TrainConfig) -> (Learner, Tensor, Tensor) {
    let mut student = net(0);
    student.freeze_batch_norm();
    let only = loader(6, 0, 6);
    let batch = only.batches(0).next().unwrap().unwrap();
    let learner = Learner::new(Box::new(student), only).config(config.lr(1e-3));
    (learner, batch.xs, batch.labels)
}

fn cross_entropy(logits: &Tensor, labels: &Tensor) -> f64 {
    logits.cross_entropy_for_logits(labels).double_value(&[])
}

#[test]
fn a_students_loss_is_hintons() {
    let _turn = alone();
    let (temperature, weight) = (3.0, 0.7);
    let distillation = Distillation::from(Box::new(net(9)));
    let distillation = distillation.temperature(temperature).weight(weight);
    let (mut learner, xs, labels) = one_step(TrainConfig::new().distillation(distillation));
    let said = |net: &dyn Backbone| tch::no_grad(|| net.logits(&xs, false));
    let (student, teacher) = (said(learner.net()), said(&net(9)));
    let soft = |logits: &Tensor| (logits / temperature).softmax(-1, Kind::Double);
    let (ours, theirs) = (soft(&student), soft(&teacher));
    let apart: Tensor = &theirs * (theirs.log() - ours.log());
    let apart = apart.sum(Kind::Double).double_value(&[]) / 6.0;
    let expected =
        (1.0 - weight) * cross_entropy(&student, &labels) + weight * temperature.powi(2) * apart;
    let found = learner.fit(1).unwrap().steps[0].loss;
    assert!(
        (found - expected).abs() < 1e-5,
        "{found} and not {expected}"
    );
    assert!(apart > 1e-3, "teacher and student differ: {apart}");
}

#[test]
fn without_labels_a_student_comes_to_say_what_its_teacher_says() {
    let _turn = alone();
    let mut teacher = Learner::new(Box::new(net(3)), loader(60, 0, 6).shuffled(0));
    teacher.fit(4).unwrap();
    let path = tempfile::tempdir().unwrap();
    let file = path.path().join("teacher.safetensors");
    teacher.net().save(&file).unwrap();
    let mut again = net(1);
    again
        .load(&file, &transfer::prelude::LoadOptions::new())
        .unwrap();
    // Shown at another size than the student's.
    let distillation = Distillation::from(Box::new(again))
        .weight(1.0)
        .temperature(2.0)
        .side(12);
    let student = Learner::new(Box::new(net(7)), loader(60, 0, 6).shuffled(1));
    let mut student = student.config(TrainConfig::new().lr(3e-3).distillation(distillation));
    student.fit(6).unwrap();
    let others = loader(60, 5, 30);
    let [theirs, ours] = [&teacher, &student].map(|of| of.predict(&others).unwrap().predictions);
    let agreed = theirs
        .eq_tensor(&ours)
        .to_kind(Kind::Double)
        .mean(Kind::Double)
        .double_value(&[]);
    assert!(agreed > 0.8, "{agreed}");
}

#[test]
fn shrinkage_is_added_to_the_gradient_and_not_to_the_loss_that_is_told() {
    let _turn = alone();
    let shrinkage = BatchSpectralShrinkage { eta: 10.0, k: 2 };
    let (mut plain, xs, labels) = one_step(TrainConfig::new());
    let (mut shrunk, ..) = one_step(TrainConfig::new().bss(shrinkage));
    let penalty = |of: &Learner| {
        let features = tch::no_grad(|| of.net().features(&xs, false));
        shrinkage.penalty(&features).unwrap().double_value(&[])
    };
    let expected = cross_entropy(&tch::no_grad(|| plain.net().logits(&xs, false)), &labels);
    let before = penalty(&shrunk);
    for learner in [&mut plain, &mut shrunk] {
        let first = learner.fit(20).unwrap().steps[0].loss;
        assert!((first - expected).abs() < 1e-5);
    }
    assert!(
        penalty(&shrunk) < 0.5 * before.min(penalty(&plain)),
        "{before} {}",
        penalty(&shrunk)
    );
}

#[test]
fn what_does_not_go_together_is_refused() {
    let _turn = alone();
    let refused = |config: TrainConfig, said: &str| {
        let (mut learner, ..) = one_step(config);
        let message = learner.fit(1).unwrap_err().to_string();
        assert!(message.contains(said), "{message}");
    };
    let teacher = || Distillation::from(Box::new(net(9)));
    refused(
        TrainConfig::new().distillation(teacher().temperature(0.0)),
        "temperature",
    );
    refused(
        TrainConfig::new().distillation(teacher().weight(1.5)),
        "1.5",
    );
    refused(
        TrainConfig::new().distillation(teacher().side(0)),
        "at least 1",
    );
    let mut wide = net(9);
    wide.replace_head(5);
    let wide = Distillation::from(Box::new(wide));
    refused(TrainConfig::new().distillation(wide), "as its student has");
    let none = BatchSpectralShrinkage { k: 0, eta: 1.0 };
    refused(TrainConfig::new().bss(none), "at least 1");
    for config in [
        TrainConfig::new().distillation(teacher()),
        TrainConfig::new().bss(BatchSpectralShrinkage::default()),
    ] {
        let (mut learner, ..) = one_step(config);
        let message = learner
            .fit_head_on_features(1, None)
            .unwrap_err()
            .to_string();
        assert!(message.contains("stored features"), "{message}");
    }
}

#[test]
fn a_training_with_a_teacher_is_resumed_by_the_same_teacher_alone() {
    let _turn = alone();
    let learner = |teacher: u64| {
        let distillation = Distillation::from(Box::new(net(teacher)));
        let config = TrainConfig::new()
            .distillation(distillation)
            .bss(BatchSpectralShrinkage::default());
        Learner::new(Box::new(net(0)), loader(18, 0, 6).shuffled(0)).config(config)
    };
    let folder = tempfile::tempdir().unwrap();
    let mut whole = learner(9);
    whole.fit(2).unwrap();
    let mut steps = 0;
    let mut first = learner(9)
        .checkpoint_to(folder.path(), Every::Steps(1))
        .on_step(move |_| {
            steps += 1;
            if steps == 4 {
                transfer::train::Flow::Stop
            } else {
                transfer::train::Flow::Continue
            }
        });
    first.fit(2).unwrap();
    let message = learner(8).resume(folder.path()).unwrap_err().to_string();
    assert!(message.contains("distillation"), "{message}");
    let mut second = learner(9);
    assert!(second.resume(folder.path()).unwrap().is_some());
    second.fit(2).unwrap();
    assert!(same(&weights(whole.net()), &weights(second.net())));
}

/// Colours, as a task, and weights that have learned something about them.
fn small() -> (tempfile::TempDir, StrategyTrial, StrategyTask) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("colours.safetensors");
    let pictures = |seed| -> Arc<dyn Dataset> { loader(60, seed, 6).dataset().clone() };
    let still = Transform::square(8);
    let teacher = transfer::models::build("resnet20_cifar", 3, Device::Cpu, 0).unwrap();
    let loader = DataLoader::new(pictures(0), still.clone(), 10).shuffled(0);
    let mut learner = Learner::new(teacher, loader);
    learner.fit_one_cycle(10, 5e-3).unwrap();
    learner.net().save(&file).unwrap();
    let trial = StrategyTrial::new("resnet20_cifar", file, still, 8);
    let trial = StrategyTrial {
        steps: 12,
        looks: 6,
        batch: 6,
        device: Device::Cpu,
        ..trial
    };
    let task = StrategyTask {
        train: pictures(1),
        watched: pictures(2),
        test: pictures(3),
        elsewhere: vec![("by another seed".to_owned(), pictures(4))],
    };
    (folder, trial, task)
}

#[test]
fn every_strategy_runs_and_says_what_it_cost() {
    let _turn = alone();
    let (_folder, trial, task) = small();
    let few = task.share(0.5, 0).unwrap();
    assert_eq!(few.len(), 30);
    let columns = StrategyRun::columns(&task, trial.looks);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut study = Study::in_memory(&["strategy"], &columns).unwrap();
    for strategy in Strategy::ALL {
        let run = strategy.run(&trial, &few, &task, 0).unwrap();
        let row = run.row(trial.looks);
        study
            .run(&[&strategy], || transfer::Result::Ok(&row))
            .unwrap();
        let (learned, all) = run.parameters;
        let is_partial = matches!(strategy, Strategy::Probe | Strategy::Lora);
        assert_eq!(learned < all, is_partial, "{strategy}");
        assert!(run.seconds > 0.0 && run.elsewhere.len() == 1);
        // The net that is returned is the net that was judged.
        let said = transfer::train::predict(
            &*run.net,
            &DataLoader::new(task.test.clone(), trial.still.clone(), 60),
        )
        .unwrap();
        let found = transfer::metrics::accuracy(&said.predictions, &said.labels);
        assert!((found - run.accuracy).abs() < 1e-9, "{strategy}");
        assert!(
            run.net
                .var_store()
                .variables()
                .keys()
                .all(|name| !name.contains("lora"))
        );
        match strategy {
            Strategy::Probe => assert!(run.curve.is_empty() && run.steps_to(0.9).is_none()),
            _ => {
                let steps: Vec<usize> = run.curve.iter().map(|(step, _)| *step).collect();
                assert_eq!(steps, [2, 4, 6, 8, 10, 12], "{strategy}");
                assert!(run.steps_to(0.9).is_some_and(|steps| steps <= 12));
            }
        }
        assert_eq!(strategy.name().parse::<Strategy>().unwrap(), strategy);
    }
    let probe = study.values("look 1", &[("strategy", &"probe")]).unwrap();
    assert!(probe[0].is_nan());
    // The pretrained net is worth something, and the same seed gives the same again.
    let best = study.values("accuracy", &[("strategy", &"LP-FT")]).unwrap()[0];
    assert!(best > 80.0, "{best}");
    let again = Strategy::Lora.run(&trial, &few, &task, 0).unwrap().accuracy;
    let before = study.values("accuracy", &[("strategy", &"LoRA")]).unwrap();
    assert_eq!(before, [100.0 * again]);
    assert!("probing".parse::<Strategy>().is_err());
}

#[test]
fn steps_grow_with_the_root_of_the_share() {
    let (_folder, trial, _) = {
        let _turn = alone();
        small()
    };
    let steps = |share: f64| trial.with_steps_for(share, 100).steps;
    assert_eq!([1.0, 0.25, 0.01, 0.0].map(steps), [102, 48, 12, 6]);
}
