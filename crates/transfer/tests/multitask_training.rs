//! Steps and trainings of several tasks.

mod multitask;

use std::cell::RefCell;
use std::rc::Rc;

use multitask::{SIZE, alone, backbone, batch, leaves, loader, net, targets_of, tasks};
use tch::Tensor;
use transfer::data::{CsvManifest, CsvOptions, DataLoader, Transform};
use transfer::multitask::*;
use transfer::train::{
    MultiTaskLearner, MultiTaskStudy, MultiTaskTrial, Recipe, Target, TaskLoader,
};
use transfer::{Error, Result};

/// Weights that somebody gave, at a level.
#[derive(Debug)]
struct Given(Level, Vec<f64>);

impl Weighting for Given {
    fn name(&self) -> &'static str {
        "given"
    }

    fn level(&self) -> Level {
        self.0
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        assert_eq!(seen.products.is_some(), self.0 != Level::Losses);
        Ok(seen.tasks.iter().map(|task| self.1[*task]).collect())
    }
}

/// The gradients of all variables after one step's backward passes.
fn slopes(net: &MultiTaskNet, rule: &mut dyn Weighting) -> Vec<(String, Tensor)> {
    let (xs, targets) = batch();
    for (_, variable) in net
        .parameter_groups()
        .iter()
        .flat_map(|group| &group.parameters)
    {
        variable.shallow_clone().zero_grad();
    }
    backward(net, rule, (&xs, &targets), 0, false)
        .unwrap()
        .unwrap();
    let groups = net.parameter_groups();
    let variables = groups.into_iter().flat_map(|group| group.parameters);
    variables
        .map(|(name, variable)| (name, variable.grad().copy()))
        .collect()
}

#[test]
fn every_level_gives_the_trunk_the_weighed_gradient_and_heads_their_own() {
    let _alone = alone();
    let weights = vec![2.0, 0.5, 0.0, 3.0];
    for name in ["hard sharing", "CGC"] {
        let net = net(name).unwrap();
        // Batch normalisation's batches are the same in every pass.
        let weighed = slopes(&net, &mut Given(Level::Losses, weights.clone()));
        let plain = slopes(&net, &mut Given(Level::Losses, vec![1.0; 4]));
        let mut levels = vec![Level::LastLayer, Level::Shared];
        levels.extend((name == "hard sharing").then_some(Level::Representation));
        for level in levels {
            let found = slopes(&net, &mut Given(level, weights.clone()));
            for (place, (variable, slope)) in found.iter().enumerate() {
                // A head, a gate and an expert of one task alone go on with that task's gradient. The trunks of CGC are the shared one
                // and one for each task.
                let own = variable.starts_with("heads")
                    || name == "CGC" && variable.starts_with("added")
                    || name == "CGC"
                        && !variable.starts_with("trunk.0.")
                        && !variable.starts_with("added");
                let expected = match own && level != Level::LastLayer {
                    true => &plain[place].1,
                    false => &weighed[place].1,
                };
                let scale = expected.abs().max().double_value(&[]).max(1e-3);
                let off = (slope - expected).abs().max().double_value(&[]);
                assert!(
                    off < 1e-3 * scale,
                    "{name}, {level:?}, {variable}: {off} of {scale}"
                );
            }
        }
    }
    let (xs, targets) = batch();
    let message = backward(
        &net("MTAN").unwrap(),
        &mut Mgda::upper_bound(),
        (&xs, &targets),
        0,
        false,
    )
    .unwrap_err()
    .to_string();
    assert!(
        message.contains("hard sharing") && message.contains("MTAN"),
        "{message}"
    );
}

#[test]
fn a_task_without_labels_is_left_out() {
    let _alone = alone();
    let net = net("hard sharing").unwrap();
    let (xs, mut targets) = batch();
    let _ = targets[0].fill_(UNLABELLED);
    let _ = targets[2].fill_(f64::NAN);
    for name in WEIGHTINGS {
        let mut rule = weighting(name).unwrap();
        assert_eq!(rule.name(), name);
        rule.begin(4, tch::Device::Cpu).unwrap();
        for (_, variable) in net
            .parameter_groups()
            .iter()
            .flat_map(|group| &group.parameters)
        {
            variable.shallow_clone().zero_grad();
        }
        let weighed = backward(&net, &mut *rule, (&xs, &targets), 0, false)
            .unwrap()
            .unwrap();
        assert_eq!(weighed.tasks, [1, 3], "{name}");
        assert!(weighed.weights.iter().all(|weight| weight.is_finite()));
        let groups = net.parameter_groups();
        for (variable, tensor) in &groups.last().unwrap().parameters {
            let moved =
                tensor.grad().defined() && tensor.grad().abs().max().double_value(&[]) > 0.0;
            let known = variable.starts_with("heads.length") || variable.starts_with("heads.parts");
            assert!(known || !moved, "{name}: {variable}");
        }
    }
    let _ = targets[1].fill_(f64::NAN);
    let _ = targets[3].fill_(UNLABELLED);
    assert!(
        backward(&net, &mut Equal, (&xs, &targets), 0, false)
            .unwrap()
            .is_none()
    );
}

#[test]
fn every_rule_trains_and_the_same_seed_gives_the_same_net() {
    let _alone = alone();
    let trained = |name: &str| {
        let mut learner = MultiTaskLearner::new(net("hard sharing").unwrap(), loader(2, 0))
            .weighting(weighting(name).unwrap())
            .seed(3);
        learner.fit_one_cycle(6, 3e-3).unwrap();
        learner
    };
    for name in WEIGHTINGS {
        let learner = trained(name);
        let steps = &learner.history().steps;
        assert_eq!(steps.len(), 24, "{name}");
        let sum = |of: &[f64]| of.iter().sum::<f64>();
        let (first, last) = (
            sum(&steps[0].weighed.losses),
            sum(&steps[23].weighed.losses),
        );
        assert!(last < 0.8 * first, "{name}: {first} to {last}");
        let measures = learner.evaluate(&loader(1, 1)).unwrap().measures;
        assert!(
            measures
                .iter()
                .all(|measure| measure.is_finite() && *measure >= 0.0),
            "{name}: {measures:?}"
        );
    }
    // Rules that draw, too.
    for name in ["RLW", "PCGrad"] {
        let losses = |learner: &MultiTaskLearner| {
            learner
                .history()
                .steps
                .iter()
                .map(|step| step.weighed.losses.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(losses(&trained(name)), losses(&trained(name)), "{name}");
    }
}

#[test]
fn a_training_tells_of_its_steps_and_of_conflicts() {
    let _alone = alone();
    let told = Rc::new(RefCell::new(Vec::new()));
    let keeps = told.clone();
    let mut learner = MultiTaskLearner::new(net("hard sharing").unwrap(), loader(2, 0))
        .watch_every(3)
        .on_step(move |step, history| {
            keeps
                .borrow_mut()
                .push((step.step, history.steps.len(), step.epoch))
        });
    learner.fit_one_cycle(2, 1e-3).unwrap();
    assert_eq!(
        told.borrow()[..5],
        [(1, 1, 1), (2, 2, 1), (3, 3, 1), (4, 4, 1), (5, 5, 2)]
    );
    let cosines = learner.history().cosines(0, 3);
    assert_eq!(
        cosines.iter().map(|(step, _)| *step).collect::<Vec<_>>(),
        [1.0, 4.0, 7.0]
    );
    assert!(
        cosines
            .iter()
            .all(|(_, cosine)| (-1.0..=1.0).contains(cosine))
    );
    assert_eq!(learner.history().losses(2).len(), 8);
    // Looking changes nothing.
    let mut blind = MultiTaskLearner::new(net("hard sharing").unwrap(), loader(2, 0));
    blind.fit_one_cycle(2, 1e-3).unwrap();
    assert_eq!(blind.history().losses(3), learner.history().losses(3));
    // A rate that throws the net away is an error and not a net of NaN.
    let mut wild = MultiTaskLearner::new(net("hard sharing").unwrap(), loader(2, 0));
    let sgd = transfer::train::OptimizerConfig::sgd(0.0);
    wild = wild.optimizer(sgd);
    assert!(
        wild.fit(3, 1e6, &transfer::train::Schedule::Constant)
            .is_err()
    );
}

#[test]
fn targets_come_from_where_they_are_said_to_be() {
    let _alone = alone();
    let data = leaves(1, 0);
    let plain = || {
        DataLoader::new(
            std::sync::Arc::new(leaves(1, 0)),
            Transform::square(SIZE),
            4,
        )
    };
    let all = targets_of(&data);
    let some = TaskLoader::new(plain(), all.clone())
        .unwrap()
        .known(0, &[1, 2])
        .unwrap()
        .known(2, &[])
        .unwrap();
    let batch = some.batches(0).next().unwrap().unwrap();
    assert_eq!(
        Vec::<i64>::try_from(&batch.targets[0]).unwrap(),
        [UNLABELLED, 1, 2, UNLABELLED]
    );
    assert!(
        Vec::<bool>::try_from(batch.targets[2].isnan().view(-1))
            .unwrap()
            .iter()
            .all(|unknown| *unknown)
    );
    let lengths = Vec::<f32>::try_from(batch.targets[1].view(-1)).unwrap();
    assert_eq!(lengths[3], data.leaf(3).length);
    let map = Vec::<i64>::try_from(batch.targets[3].get(2).view(-1)).unwrap();
    let expected: Vec<i64> = data
        .parts(2)
        .as_raw()
        .iter()
        .map(|class| i64::from(*class))
        .collect();
    assert_eq!(map, expected);
    assert_eq!(some.tasks(&[3, 1]).unwrap().num_tasks(), 2);

    let refused = |made: Result<TaskLoader>, part: &str| {
        let message = made.unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    };
    refused(TaskLoader::new(plain(), Vec::new()), "one for each task");
    refused(
        TaskLoader::new(plain(), vec![Target::Class(5)]),
        "5 columns",
    );
    refused(
        TaskLoader::new(plain(), vec![Target::Numbers(vec![0, 7])]),
        "5 columns",
    );
    let maps = targets_of(&leaves(2, 0)).pop().unwrap();
    refused(TaskLoader::new(plain(), vec![maps]), "12 maps");
    let flipped = DataLoader::new(
        std::sync::Arc::new(leaves(1, 0)),
        Transform::square(SIZE).random_horizontal_flip(0.5),
        4,
    );
    refused(TaskLoader::new(flipped, all.clone()), "in its place");
    let jittered = DataLoader::new(
        std::sync::Arc::new(leaves(1, 0)),
        Transform::square(SIZE).random_grayscale(0.5),
        4,
    );
    assert!(TaskLoader::new(jittered, all.clone()).is_ok());
    refused(some.clone().known(4, &[]), "below 4");
    refused(some.tasks(&[]), "one or more");
    // A length is no class.
    let mut batches = TaskLoader::new(plain(), vec![Target::Class(2)]).unwrap();
    assert!(batches.batches(0).next().unwrap().is_err());
    batches = TaskLoader::new(plain(), vec![Target::Class(0)]).unwrap();
    assert_eq!(
        batches.batches(0).next().unwrap().unwrap().targets[0].kind(),
        tch::Kind::Int64
    );
}

#[test]
fn a_table_may_leave_targets_out() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    leaves(1, 0).write(folder.path().join("leaves")).unwrap();
    let path = folder.path().join("leaves/table.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    let cut = |line: &str, column: usize| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[column] = "";
        cells.join(",")
    };
    lines[2] = cut(&lines[2], 4);
    lines[3] = cut(&lines[3], 2);
    std::fs::write(&path, lines.join("\n")).unwrap();
    let options = CsvOptions::new()
        .label_column("label")
        .target_columns(&["margin", "length"]);
    // Without leave, rows that lack a number are bad ones.
    assert_eq!(
        CsvManifest::open(&path, &options).unwrap().bad_rows().len(),
        2
    );
    let table = CsvManifest::open(&path, &options.missing_targets()).unwrap();
    assert!(table.bad_rows().is_empty());
    let loader = DataLoader::new(std::sync::Arc::new(table), Transform::square(SIZE), 12);
    let loader = TaskLoader::new(loader, vec![Target::Class(0), Target::Numbers(vec![1])]).unwrap();
    let batch = loader.batches(0).next().unwrap().unwrap();
    let margins = Vec::<i64>::try_from(&batch.targets[0]).unwrap();
    assert_eq!(
        margins
            .iter()
            .filter(|margin| **margin == UNLABELLED)
            .count(),
        1
    );
    assert_eq!(margins[2], UNLABELLED);
    assert!(Vec::<f32>::try_from(batch.targets[1].view(-1)).unwrap()[1].is_nan());
}

#[test]
fn a_study_has_single_tasks_first_and_keeps_what_it_has() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.csv");
    let recipes = || {
        vec![
            Recipe::weighting("equal"),
            Recipe::weighting("MGDA-UB"),
            Recipe::architecture("MMoE"),
        ]
    };
    let study = MultiTaskStudy::new(tasks, recipes(), 0..3, (1, 1e-3)).unwrap();
    assert_eq!(study.rows(), ["single task", "equal", "MGDA-UB", "MMoE"]);
    assert_eq!(study.runs(), 12);
    let trial = |seed| {
        Ok(MultiTaskTrial {
            train: loader(1, seed),
            test: loader(1, 9),
            size: SIZE,
            net: Box::new(move |number| Ok(backbone(10 * seed + number))),
        })
    };
    let mut results = study.open(&path, &[]).unwrap();
    let mut told = 0;
    let standings = study
        .run(&mut results, &[], trial, |_, _, measures| {
            told += measures.len()
        })
        .unwrap();
    assert_eq!((told, standings.len()), (48, 4));
    let mean: f64 = standings[0].delta_p.iter().sum();
    assert!(
        mean.abs() < 1e-6,
        "the single-task row is its own baseline: {mean}"
    );
    // Four nets have nearly four times the parameters of one with four heads.
    let ratio = standings[0].parameters[0] / standings[1].parameters[0];
    assert!((2.0..4.0).contains(&ratio), "{ratio}");
    let again = study
        .run(
            &mut study.open(&path, &[]).unwrap(),
            &[],
            |_| Err(Error::Interrupted),
            |_, _, _| (),
        )
        .unwrap();
    // As text: a number that is none is not equal to itself.
    assert_eq!(format!("{again:?}"), format!("{standings:?}"));
    assert!(standings[1].conflicts[0].is_nan());
    let fixed = || {
        Recipe::new("fixed", "MTAN", || {
            Ok(Box::new(Fixed::new(&[1.0, 2.0, 1.0, 0.5])?))
        })
    };
    let watched = MultiTaskStudy::new(tasks, vec![fixed()], 0..3, (1, 1e-3))
        .unwrap()
        .watch_every(1);
    let mut kept = watched
        .open(folder.path().join("watched.csv"), &[])
        .unwrap();
    let standings = watched.run(&mut kept, &[], trial, |_, _, _| ()).unwrap();
    assert!((0.0..=1.0).contains(&standings[1].conflicts[0]) && standings[0].conflicts[0].is_nan());
    let refused = |recipe: Recipe, part: &str| {
        let message = MultiTaskStudy::new(tasks, vec![recipe], 0..3, (1, 1e-3))
            .unwrap_err()
            .to_string();
        assert!(message.contains(part), "{message}");
    };
    refused(Recipe::weighting("PCgrad"), "PCGrad");
    refused(Recipe::architecture("MTANN"), "MTAN");
    refused(
        Recipe::new("it", "MTAN", || weighting("IMTL-G")),
        "hard sharing",
    );
    assert!(MultiTaskStudy::new(tasks, recipes(), 0..2, (1, 1e-3)).is_err());
    assert!(
        MultiTaskStudy::new(tasks, vec![Recipe::weighting("equal"); 2], 0..3, (1, 1e-3)).is_err()
    );
}

#[test]
fn affinity_looks_ahead_and_leaves_the_net_as_it_was() {
    let _alone = alone();
    let net = net("hard sharing").unwrap();
    let (xs, targets) = batch();
    let kept: Vec<Tensor> = net
        .parameter_groups()
        .iter()
        .flat_map(|group| &group.parameters)
        .map(|(_, variable)| variable.copy())
        .collect();
    let found = affinity(&net, (&xs, &targets), 1e-3, 0).unwrap().unwrap();
    for (task, row) in found.iter().enumerate() {
        assert!(
            row.len() == 4 && row[task] > 0.0,
            "a step down a loss lowers it: {found:?}"
        );
    }
    // As large as the first order says: lr · gᵢ · gⱼ / Lⱼ, with the gradients of the shared variables.
    let weighed = backward(&net, &mut Mgda::default(), (&xs, &targets), 0, false)
        .unwrap()
        .unwrap();
    let products = weighed.products.unwrap();
    let near = affinity(&net, (&xs, &targets), 1e-5, 0).unwrap().unwrap();
    for (one, row) in near.iter().enumerate() {
        for (other, found) in row.iter().enumerate() {
            let expected = 1e-5 * products.at(one, other) / weighed.losses[other];
            let scale = 1e-5 * products.norm(one) * products.norm(other) / weighed.losses[other];
            assert!(
                (found - expected).abs() < 0.1 * scale,
                "{one} for {other}: {found} and {expected}"
            );
        }
    }
    for (variable, kept) in net
        .parameter_groups()
        .iter()
        .flat_map(|group| &group.parameters)
        .zip(&kept)
    {
        assert_eq!(&variable.1, kept, "{}", variable.0);
    }

    let mut unknown = targets
        .iter()
        .map(Tensor::shallow_clone)
        .collect::<Vec<_>>();
    unknown[0] = Tensor::full([6], UNLABELLED, tch::kind::INT64_CPU);
    assert!(affinity(&net, (&xs, &unknown), 1e-3, 0).unwrap().is_none());
    let mut learner = MultiTaskLearner::new(net, loader(2, 0)).affinity_every(2);
    let history = learner.fit_one_cycle(1, 1e-3).unwrap();
    assert_eq!(
        history
            .affinities
            .iter()
            .map(|(step, _)| *step)
            .collect::<Vec<_>>(),
        [1, 3]
    );
    let mean = 0.5 * (history.affinities[0].1[2][1] + history.affinities[1].1[2][1]);
    assert!((history.mean_affinity()[2][1] - mean).abs() < 1e-12);

    // Two pairs of friends, and a loner.
    let mut friends = vec![vec![-0.1; 5]; 5];
    for (one, other) in [(0, 3), (1, 2)] {
        (friends[one][other], friends[other][one]) = (0.2, 0.3);
    }
    assert_eq!(
        best_groups(&friends, 5).unwrap(),
        [vec![0, 3], vec![1, 2], vec![4]]
    );
    assert_eq!(best_groups(&friends, 1).unwrap(), [vec![0, 1, 2, 3, 4]]);
    assert_eq!(best_groups(&friends, 2).unwrap().len(), 2);
    assert!(best_groups(&[vec![0.0]], 0).is_err() && best_groups(&[vec![0.0, 1.0]], 1).is_err());
    assert!(best_groups(&[vec![f64::NAN]], 1).is_err());
}
