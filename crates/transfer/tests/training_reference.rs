//! Optimisers, schedules and losses against what PyTorch computes (tests/training/reference.py).

use std::collections::BTreeMap;

use tch::{Device, Kind, Tensor, nn};
use transfer::models::ParameterGroup;
use transfer::train::{
    CrossEntropy, LearningRate, OneCycle, Optimizer, OptimizerConfig, Rule, Schedule, Span,
    Timeline,
};

fn reference() -> BTreeMap<&'static str, Vec<f64>> {
    let lines = include_str!("training/reference.txt").lines();
    let values = |text: &str| {
        text.split(' ')
            .map(|value| value.parse().unwrap())
            .collect()
    };
    lines
        .map(|line| line.split_once(' ').unwrap())
        .map(|(name, text)| (name, values(text)))
        .collect()
}

const SHAPES: [(&str, &[i64]); 4] = [("w1", &[5, 4]), ("b1", &[5]), ("w2", &[3, 5]), ("b2", &[3])];

/// Twenty steps from the reference's start; the largest difference to its end.
fn distance(
    name: &str,
    config: OptimizerConfig,
    groups: &[&[usize]],
    lrs: &[f64],
    saved_at: Option<usize>,
) -> f64 {
    let reference = reference();
    let tensor = |name: &str, shape: &[i64]| {
        Tensor::from_slice(&reference[name])
            .view(shape)
            .to_kind(Kind::Float)
    };
    let vs = nn::VarStore::new(Device::Cpu);
    let variables: Vec<Tensor> = SHAPES
        .iter()
        .map(|(name, shape)| {
            vs.root()
                .var_copy(name, &tensor(&format!("start.{name}"), shape))
        })
        .collect();
    let (xs, labels) = (
        tensor("start.xs", &[8, 4]),
        tensor("start.labels", &[8]).to_kind(Kind::Int64),
    );
    let grouped = || {
        let group = |of: &&[usize]| ParameterGroup {
            name: "group".into(),
            parameters: of
                .iter()
                .map(|&i| (SHAPES[i].0.to_owned(), variables[i].shallow_clone()))
                .collect(),
            buffers: Vec::new(),
        };
        groups.iter().map(group).collect::<Vec<_>>()
    };
    let mut optimizer = Optimizer::new(config, grouped());
    for step in 0..20 {
        if Some(step) == saved_at {
            // Another optimiser goes on from what this one remembers.
            let state = optimizer.state();
            optimizer = Optimizer::new(config, grouped());
            optimizer.load_state(&state).unwrap();
        }
        optimizer.zero_grad();
        let hidden = xs.linear(&variables[0], Some(&variables[1])).tanh();
        let logits = hidden.linear(&variables[2], Some(&variables[3]));
        logits.cross_entropy_for_logits(&labels).backward();
        optimizer.step(lrs, None).unwrap();
    }
    let differences = SHAPES
        .iter()
        .zip(&variables)
        .map(|((variable, shape), value)| {
            let expected = tensor(&format!("{name}.{variable}"), shape);
            (value - expected).abs().max().double_value(&[])
        });
    differences.fold(0.0, f64::max)
}

#[test]
fn optimizers_are_pytorchs() {
    let nesterov = OptimizerConfig {
        rule: Rule::Sgd {
            momentum: 0.9,
            nesterov: true,
        },
        ..OptimizerConfig::sgd(0.9).weight_decay(0.01)
    };
    let adamw = OptimizerConfig::adamw().weight_decay(0.1);
    let all: &[&[usize]] = &[&[0, 1, 2, 3]];
    for saved_at in [None, Some(0), Some(7)] {
        for (name, config) in [
            ("sgd", OptimizerConfig::sgd(0.0)),
            ("sgd_momentum", OptimizerConfig::sgd(0.9)),
            ("sgd_nesterov_decay", nesterov),
            ("adam", OptimizerConfig::adam()),
            ("adam_decay", OptimizerConfig::adam().weight_decay(0.01)),
            ("adamw", adamw),
            ("adamw_sparing", adamw.sparing_norm_and_bias()),
        ] {
            let distance = distance(name, config, all, &[0.05], saved_at);
            assert!(distance < 1e-6, "{name}, saved at {saved_at:?}: {distance}");
        }
        let two: &[&[usize]] = &[&[0, 1], &[2, 3]];
        let distance = distance("adamw_two_rates", adamw, two, &[0.005, 0.05], saved_at);
        assert!(distance < 1e-6, "{distance}");
    }
    // The test can tell optimisers apart.
    assert!(distance("adam", adamw, all, &[0.05], None) > 1e-3);
}

#[test]
fn an_optimizer_refuses_what_is_not_its_own() {
    let variable = Tensor::zeros([2], tch::kind::FLOAT_CPU).set_requires_grad(true);
    let groups = |name: &str| {
        vec![ParameterGroup {
            name: "group".into(),
            parameters: vec![(name.to_owned(), variable.shallow_clone())],
            buffers: Vec::new(),
        }]
    };
    let mut adam = Optimizer::new(OptimizerConfig::adam(), groups("a"));
    variable.sum(Kind::Float).backward();
    adam.step(&[0.1], None).unwrap();
    let state = adam.state();
    assert_eq!(state.keys().collect::<Vec<_>>(), ["a.0", "a.1", "a.steps"]);
    for (config, name) in [
        (OptimizerConfig::sgd(0.9), "a"),
        (OptimizerConfig::adam(), "b"),
    ] {
        let message = Optimizer::new(config, groups(name))
            .load_state(&state)
            .unwrap_err()
            .to_string();
        assert!(message.contains("3 entries"), "{message}");
    }
    assert!(
        adam.step(&[0.1, 0.1], None)
            .unwrap_err()
            .to_string()
            .contains("one for each group")
    );
}

#[test]
fn schedules_are_pytorchs_and_fastais() {
    let reference = reference();
    let timeline = Timeline {
        epochs: 4,
        steps_per_epoch: 10,
    };
    let cosine = |end| Schedule::Cosine { end };
    let warm_up = |over| Schedule::WarmUp {
        over,
        from: 0.1,
        then: Box::new(cosine(0.0)),
    };
    for (name, schedule) in [
        ("cosine", cosine(0.1)),
        (
            "step",
            Schedule::Step {
                every: Span::Steps(7),
                gamma: 0.5,
            },
        ),
        (
            "step",
            Schedule::Step {
                every: Span::Epochs(0.7),
                gamma: 0.5,
            },
        ),
        ("one_cycle", Schedule::OneCycle(OneCycle::PYTORCH)),
        ("fastai", Schedule::OneCycle(OneCycle::FASTAI)),
        ("warm_up", warm_up(Span::Steps(8))),
        ("warm_up", warm_up(Span::Share(0.2))),
    ] {
        for (step, expected) in reference[format!("schedule.{name}").as_str()]
            .iter()
            .enumerate()
        {
            let found = schedule.at(step, timeline).factor;
            assert!(
                (found - expected).abs() < 1e-9,
                "{name}, step {step}: {found}, not {expected}"
            );
        }
        let momenta = reference.get(format!("schedule.{name}.momentum").as_str());
        for step in 0..40 {
            let found = schedule.at(step, timeline).momentum;
            match momenta {
                Some(expected) => assert!(
                    (found.unwrap() - expected[step]).abs() < 1e-9,
                    "{name} {step}"
                ),
                None => assert_eq!(found, None),
            }
        }
    }
    assert_eq!(Schedule::Constant.at(39, timeline).factor, 1.0);
    // 0.1 + 0.2 of an epoch of ten steps is a little more than three in floating point.
    let third = Schedule::Step {
        every: Span::Epochs(0.1 + 0.2),
        gamma: 0.5,
    };
    let factors = [2, 3, 5, 6].map(|step| third.at(step, timeline).factor);
    assert_eq!(factors, [1.0, 0.5, 0.5, 0.25]);
    let warmed = Schedule::Constant.warmed_up(Span::Epochs(1.0));
    assert_eq!(
        (
            warmed.at(0, timeline).factor,
            warmed.at(10, timeline).factor
        ),
        (0.01, 1.0)
    );
}

#[test]
fn rates_of_groups_are_fastais_slices() {
    let rates = |lr: LearningRate| lr.of_groups(3).unwrap();
    assert_eq!(rates(0.1.into()), [0.1; 3]);
    assert_eq!(rates(LearningRate::Head(1.0)), [0.1, 0.1, 1.0]);
    let between = rates(LearningRate::Between(1e-4, 1e-2));
    assert!(
        between
            .iter()
            .zip([1e-4, 1e-3, 1e-2])
            .all(|(one, other)| (one / other - 1.0).abs() < 1e-12)
    );
    assert_eq!(
        LearningRate::Between(1e-4, 1e-2).of_groups(1).unwrap(),
        [1e-2]
    );
    assert!(
        LearningRate::Each(vec![0.1; 2])
            .of_groups(3)
            .unwrap_err()
            .to_string()
            .contains("3 parameter groups")
    );
    assert!(LearningRate::Same(f64::NAN).of_groups(2).is_err());
    assert!(LearningRate::Same(-1.0).of_groups(2).is_err());
}

#[test]
fn losses_are_pytorchs() {
    let reference = reference();
    let tensor = |name: &str, shape: &[i64]| {
        Tensor::from_slice(&reference[name])
            .view(shape)
            .to_kind(Kind::Float)
    };
    let logits = tensor("loss.logits", &[6, 3]);
    let labels = tensor("loss.labels", &[6]).to_kind(Kind::Int64);
    let soft = tensor("loss.mixture", &[6, 3]);
    let weights = Some(vec![0.5, 2.0, 1.0]);
    for (name, targets, class_weights, label_smoothing) in [
        ("plain", &labels, None, 0.0),
        ("smooth", &labels, None, 0.1),
        ("weighted", &labels, weights.clone(), 0.0),
        ("both", &labels, weights.clone(), 0.1),
        ("soft", &soft, None, 0.0),
        ("soft_both", &soft, weights, 0.1),
    ] {
        let loss = CrossEntropy {
            label_smoothing,
            class_weights,
        };
        let found = loss.sum(&logits, targets).unwrap().mean().double_value(&[]);
        let expected = reference[format!("loss.{name}").as_str()][0];
        assert!(
            (found - expected).abs() < 1e-6,
            "{name}: {found}, not {expected}"
        );
    }
    let wrong = CrossEntropy {
        class_weights: Some(vec![1.0; 4]),
        ..CrossEntropy::default()
    };
    assert!(
        wrong
            .sum(&logits, &labels)
            .unwrap_err()
            .to_string()
            .contains("3 outputs")
    );
}
