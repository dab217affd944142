//! An adaptation from beginning to end, and its verdict.

mod training;

use std::cell::Cell;

use training::{alone, loader, net, same, weights};
use transfer::adapt::{self, Criterion};
use transfer::data::Dataset;
use transfer::models::Backbone;
use transfer::train::{
    AdaptationStudy, Domains, LearningRate, Outcome, Technique, TrainConfig, Trial, evaluate,
};

const TEST: usize = 15;

fn domains() -> Domains {
    let target = [
        loader(12, 5, 6).shuffled(1),
        loader(12, 5, 6),
        loader(TEST, 6, 6),
    ];
    Domains::new(loader(12, 0, 6).shuffled(0), loader(12, 1, 6), target)
}

fn train(technique: Technique, epochs: usize) -> Outcome {
    let config = TrainConfig::new();
    domains()
        .train(Box::new(net(0)), technique, (epochs, 5e-3), &config)
        .unwrap()
}

fn method(name: &str) -> Technique {
    Technique::Adapted(adapt::method(name).unwrap())
}

#[test]
fn the_verdict_is_the_nets_own_and_peeking_is_never_worse() {
    let _turn = alone();
    for technique in [
        Technique::SourceOnly,
        Technique::TargetStatistics,
        method("DANN"),
        method("SHOT"),
    ] {
        let name = format!("{technique:?}");
        let outcome = train(technique, 4);
        let truth = loader(TEST, 6, 6);
        let verdict = outcome.judge(&**truth.dataset()).unwrap();
        let judged = evaluate(&*outcome.net, &truth, &Default::default()).unwrap();
        assert_eq!(verdict.last, judged.accuracy, "{name}");
        let mean = verdict.recall.iter().sum::<f64>() / 3.0;
        assert!(
            (mean - verdict.last).abs() < 1e-9,
            "classes of one size: {verdict:?}"
        );
        assert!(verdict.peeked >= verdict.last);
        for (place, (criterion, accuracy)) in verdict.chosen.iter().enumerate() {
            assert_eq!(*criterion, Criterion::ALL[place]);
            // Without the source, its risk can't be estimated.
            let applies =
                !(name.contains("Shot") && *criterion == Criterion::DeepEmbeddedValidation);
            assert_eq!(*accuracy <= verdict.peeked, applies, "{name}, {criterion}");
            assert_eq!(outcome.criterion(*criterion).len(), 4);
        }
        assert_eq!(outcome.history.epochs.len(), 4, "{name}: equal budgets");
    }
}

#[test]
fn target_statistics_change_the_statistics_alone() {
    let _turn = alone();
    let (plain, statistics) = (
        train(Technique::SourceOnly, 2),
        train(Technique::TargetStatistics, 2),
    );
    let (plain, other) = (weights(&*plain.net), weights(&*statistics.net));
    for (name, value) in &plain {
        assert_eq!(
            name.contains(".running_"),
            !value.equal(&other[name]),
            "{name}"
        );
    }
}

#[test]
fn nothing_is_different_the_second_time_and_other_labels_are_refused() {
    let _turn = alone();
    let (one, other) = (train(method("ADDA"), 2), train(method("ADDA"), 2));
    assert!(same(&weights(&*one.net), &weights(&*other.net)));
    let truth = loader(TEST, 6, 6);
    let verdicts = [&one, &other].map(|it| it.judge(&**truth.dataset()).unwrap());
    assert_eq!(verdicts[0], verdicts[1]);
    // The order of the loader to be judged by makes no difference.
    let target = [
        loader(12, 5, 6).shuffled(1),
        loader(12, 5, 6),
        loader(TEST, 6, 6).shuffled(9),
    ];
    let shuffled = Domains::new(loader(12, 0, 6).shuffled(0), loader(12, 1, 6), target);
    let config = TrainConfig::new();
    let again = shuffled
        .train(Box::new(net(0)), method("ADDA"), (2, 5e-3), &config)
        .unwrap();
    assert_eq!(again.judge(&**truth.dataset()).unwrap(), verdicts[0]);
    let fewer = loader(9, 6, 6);
    assert!(one.judge(&**fewer.dataset()).is_err());
    let unlabelled = transfer::data::Unlabelled::new(truth.dataset().clone());
    assert_eq!(unlabelled.labels(), [0; TEST]);
    assert!(one.judge(&unlabelled).is_err());
    // A method that builds on the source has nothing to build on.
    let refused = domains().train(Box::new(net(0)), method("SHOT"), (1, 5e-3), &config);
    assert!(refused.unwrap_err().to_string().contains("two or more"));
}

#[test]
fn each_part_of_the_net_learns_at_its_own_rate() {
    let _turn = alone();
    let before = net(0).parameter_groups();
    let mut rates = vec![0.0; before.len()];
    rates[before.len() - 1] = 5e-3;
    let budget = (2, LearningRate::Each(rates));
    let outcome = domains()
        .train(
            Box::new(net(0)),
            method("DANN"),
            budget,
            &TrainConfig::new(),
        )
        .unwrap();
    let after = outcome.net.parameter_groups();
    for (place, (was, is)) in before.iter().zip(&after).enumerate() {
        let mut pairs = was.parameters.iter().zip(&is.parameters);
        let still = pairs.all(|(was, is)| was.1.equal(&is.1));
        assert_eq!(still, place + 1 < before.len(), "{}", was.name);
    }
}

#[test]
fn a_study_has_its_baselines_and_computes_each_run_once() {
    let _turn = alone();
    let truth = loader(TEST, 6, 6);
    let classes = truth.dataset().classes().to_vec();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.csv");
    let comparison = AdaptationStudy::new(&["CORAL", "SHOT"], 4..7, (2, 5e-3)).unwrap();
    assert_eq!(comparison.runs(), 15);
    let run = |trained: &Cell<usize>| {
        let mut study = AdaptationStudy::open(&file, &["data"], &classes).unwrap();
        let trial = |seed| {
            trained.set(trained.get() + 1);
            let (domains, oracle) = (domains(), loader(12, 5, 6).shuffled(seed));
            let net = Box::new(net(seed));
            Ok(Trial {
                domains,
                oracle,
                net,
            })
        };
        let mut told = Vec::new();
        let standings = comparison.run(
            &mut study,
            &[&"colours"],
            &**truth.dataset(),
            trial,
            |row, seed, _| {
                told.push((row.to_owned(), seed));
            },
        );
        assert_eq!(told.len(), 15);
        standings.unwrap()
    };
    let trained = Cell::new(0);
    let standings = run(&trained);
    assert_eq!(trained.get(), 15);
    let names: Vec<&str> = standings.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        ["source only", "AdaBN", "CORAL", "SHOT", "target oracle"]
    );
    for standing in &standings {
        let each = [
            &standing.last,
            &standing.peeked,
            &standing.seconds,
            &standing.chosen[3].1,
        ];
        assert!(
            each.iter()
                .chain(&standing.recall.iter().collect::<Vec<_>>())
                .all(|it| it.len() == 3)
        );
        let mean = standing.recall.iter().map(|it| it[1]).sum::<f64>() / 3.0;
        assert!((mean - standing.last[1]).abs() < 1e-9, "{standing:?}");
    }
    // As text: what does not apply is not a number, which equals nothing.
    assert_eq!(format!("{:?}", run(&trained)), format!("{standings:?}"));
    assert_eq!(trained.get(), 15, "the second time, all were in the file");

    assert!(AdaptationStudy::new(&["CORAL"], 0..2, (2, 5e-3)).is_err());
    let message = AdaptationStudy::new(&["CORALS"], 0..3, (2, 5e-3)).unwrap_err();
    assert!(message.to_string().contains("CORAL"), "{message}");
}
