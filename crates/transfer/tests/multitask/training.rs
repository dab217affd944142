//! Trainings of several tasks, and their comparison.

use super::{SIZE, alone, backbone, loader, net, tasks};
use std::cell::RefCell;
use std::rc::Rc;

use transfer::Error;
use transfer::multitask::*;
use transfer::train::{
    MultiTaskLearner, MultiTaskStudy, MultiTaskTrial, OptimizerConfig, Recipe, Schedule,
};

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
fn every_rule_lets_a_task_come_and_go() {
    let _alone = alone();
    for name in WEIGHTINGS {
        // Of 24 pictures one has a length: it is there in one of an epoch's four steps, and not always in the same.
        let loader = loader(2, 0).known(1, &[7]).unwrap();
        let mut learner = MultiTaskLearner::new(net("hard sharing").unwrap(), loader)
            .weighting(weighting(name).unwrap())
            .seed(3);
        learner.fit_one_cycle(4, 3e-3).unwrap();
        let history = learner.history();
        assert_eq!(history.steps.len(), 16, "{name}");
        assert_eq!(history.losses(1).len(), 4, "{name}");
        for step in &history.steps {
            let Weighed { tasks, weights, .. } = &step.weighed;
            assert_eq!(weights.len(), tasks.len(), "{name}");
            assert!(weights.iter().all(|weight| weight.is_finite()), "{name}");
            assert!([0, 2, 3].iter().all(|task| tasks.contains(task)), "{name}");
        }
        let sum = |step: usize| {
            let losses = [0, 2, 3].map(|task| history.losses(task)[step].1);
            losses.iter().sum::<f64>()
        };
        assert!(sum(15) < sum(0), "{name}: {} to {}", sum(0), sum(15));
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
    let [species, last] = [0, 3].map(|task| learner.history().gradient_norms(task));
    for (place, (step, cosine)) in cosines.iter().enumerate() {
        assert_eq!([species[place].0, last[place].0], [*step, *step]);
        let products = learner.history().steps[*step as usize - 1]
            .weighed
            .products
            .as_ref()
            .unwrap();
        let product = cosine * species[place].1 * last[place].1;
        assert!((products.at(0, 3) - product).abs() < 1e-9 * (1.0 + product.abs()));
        assert!(species[place].1 > 0.0 && last[place].1 > 0.0);
    }
    assert_eq!(learner.history().losses(2).len(), 8);
    // Looking changes nothing.
    let mut blind = MultiTaskLearner::new(net("hard sharing").unwrap(), loader(2, 0));
    blind.fit_one_cycle(2, 1e-3).unwrap();
    assert_eq!(blind.history().losses(3), learner.history().losses(3));
    // A rate that throws the net away is an error and not a net of NaN.
    let mut wild = MultiTaskLearner::new(net("hard sharing").unwrap(), loader(2, 0));
    let sgd = OptimizerConfig::sgd(0.0);
    wild = wild.optimizer(sgd);
    assert!(wild.fit(3, 1e6, &Schedule::Constant).is_err());
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
    // Before any run, not after the first rows.
    refused(
        Recipe::new("IMTL-G, mine", "hard sharing", || weighting("IMTL-G")),
        "without commas",
    );
    assert!(MultiTaskStudy::new(tasks, recipes(), 0..2, (1, 1e-3)).is_err());
    assert!(
        MultiTaskStudy::new(tasks, vec![Recipe::weighting("equal"); 2], 0..3, (1, 1e-3)).is_err()
    );
}
