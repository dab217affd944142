//! One step of several tasks: what reaches which variable, and what it does to the other tasks.

use super::{alone, batch, loader, net};
use tch::Tensor;
use transfer::Result;
use transfer::multitask::*;
use transfer::train::MultiTaskLearner;

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
