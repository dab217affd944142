//! Adaptation in the Learner's steps: what the method is shown, what stays apart, and that nothing depends on the target's labels.

mod training;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use tch::{Kind, Tensor};
use training::{alone, loader, net, same, weights};
use transfer::adapt::{self, METHODS, Method, SourceUse, Views};
use transfer::data::{DataLoader, Dataset, RgbImage, Subset};
use transfer::models::Backbone;
use transfer::train::{
    Adaptation, CrossEntropy, Every, Learner, LearningRate, OptimizerConfig, TrainConfig, evaluate,
    features_of,
};

/// Other pictures, as a function of their place and themselves makes them.
#[derive(Debug)]
struct Changed(
    Arc<dyn Dataset>,
    fn(usize, RgbImage) -> transfer::Result<RgbImage>,
);

impl Dataset for Changed {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn classes(&self) -> &[String] {
        self.0.classes()
    }

    fn label(&self, index: usize) -> usize {
        self.0.label(index)
    }

    fn picture(&self, index: usize) -> transfer::Result<RgbImage> {
        self.1(index, self.0.picture(index)?)
    }
}

/// Negatives: another domain.
fn negatives(len: usize, seed: u64, batch: usize) -> DataLoader {
    let source = loader(len, seed, batch);
    let pictures = Arc::new(Changed(source.dataset().clone(), |_, mut picture| {
        image::imageops::invert(&mut picture);
        Ok(picture)
    }));
    DataLoader::new(pictures, source.transform().clone(), batch)
}

fn adapted(target: &DataLoader, method: Box<dyn Method>, lr: f64) -> Learner {
    let config = TrainConfig::new()
        .optimizer(OptimizerConfig::sgd(0.0))
        .lr(lr);
    Learner::new(Box::new(net(0)), loader(12, 0, 6).shuffled(0))
        .config(config)
        .adapt_to(Adaptation::new(target, method))
}

/// What a method was shown.
#[derive(Debug, Default)]
struct Shown {
    progress: Vec<f64>,
    indices: Vec<Vec<usize>>,
    source: Vec<Option<Tensor>>,
    target: Vec<Tensor>,
    looked: usize,
}

/// A method that writes down what it is shown and asks for nothing.
#[derive(Debug)]
struct Spy(Rc<RefCell<Shown>>, SourceUse);

impl Method for Spy {
    fn name(&self) -> &'static str {
        "spy"
    }

    fn source_use(&self) -> SourceUse {
        self.1
    }

    fn looks_at_all(&self) -> bool {
        true
    }

    fn epoch(&mut self, all: &adapt::DomainOutputs<'_>, indices: &[usize]) -> transfer::Result<()> {
        assert_eq!(indices, (0..9).collect::<Vec<_>>());
        assert_eq!(all.features.size()[0], 9);
        assert!(!all.logits.requires_grad());
        self.0.borrow_mut().looked += 1;
        Ok(())
    }

    fn loss(&mut self, step: &Views<'_>) -> transfer::Result<Tensor> {
        let mut shown = self.0.borrow_mut();
        shown.progress.push(step.progress);
        shown.indices.push(step.indices.to_vec());
        let source = step.source.as_ref().map(|it| it.features.detach().copy());
        shown.source.push(source);
        shown.target.push(step.target.features.detach().copy());
        Ok(step.target.logits.sum(Kind::Float) * 0.0)
    }
}

#[test]
fn a_method_is_shown_both_domains_apart_and_the_net_keeps_the_targets_statistics() {
    let _turn = alone();
    let shown = Rc::new(RefCell::new(Shown::default()));
    let spy = Box::new(Spy(shown.clone(), SourceUse::Learned));
    // Two batches of the source in an epoch, and one and a half of the target: its epochs go on by themselves.
    let mut learner = adapted(&negatives(9, 5, 6), spy, 0.0);
    learner.fit(2).unwrap();
    let shown = shown.borrow();
    assert_eq!(shown.progress, [0.0, 0.25, 0.5, 0.75]);
    let lengths: Vec<usize> = shown.indices.iter().map(Vec::len).collect();
    assert_eq!(lengths, [6, 3, 6, 3]);
    assert_eq!(shown.looked, 2);

    // The same net that sees the target's batches alone has the same features and statistics. It begins with the target's, since
    // the method looks at all of it.
    let alone = net(0);
    let all = negatives(9, 5, 6).batches(0).map(|batch| Ok(batch?.xs));
    adapt::adapt_batch_norm(&alone, all).unwrap();
    for (batch, found) in negatives(9, 5, 6).epochs(1..3, 0).zip(&shown.target) {
        let seen = tch::no_grad(|| alone.features(&batch.unwrap().xs, true));
        assert!(seen.equal(found));
    }
    assert!(same(&weights(learner.net()), &weights(&alone)));
    // And the source's features are those of the source's batches alone.
    let alone = net(0);
    let batches = loader(12, 0, 6).shuffled(0).epochs(1..3, 0);
    for (batch, found) in batches.zip(&shown.source) {
        let seen = tch::no_grad(|| alone.features(&batch.unwrap().xs, true));
        assert!(seen.equal(found.as_ref().unwrap()));
    }
}

#[test]
fn a_frozen_source_is_seen_by_the_net_that_began_and_an_unused_one_not_at_all() {
    let _turn = alone();
    for source_use in [SourceUse::Frozen, SourceUse::Unused] {
        let shown = Rc::new(RefCell::new(Shown::default()));
        let mut learner = adapted(
            &negatives(9, 5, 9),
            Box::new(Spy(shown.clone(), source_use)),
            0.0,
        );
        let history = learner.fit(1).unwrap();
        assert!(
            history.epochs[0].accuracy.is_nan(),
            "it is not learned from"
        );
        for (number, source) in shown.borrow().source.iter().enumerate() {
            let expected = (source_use == SourceUse::Frozen).then(|| {
                let mut batches = loader(12, 0, 6).shuffled(0).batches(1);
                let batch = batches.nth(number).unwrap().unwrap();
                tch::no_grad(|| net(0).features(&batch.xs, false))
            });
            assert_eq!(source.is_some(), expected.is_some());
            if let (Some(found), Some(expected)) = (source, expected) {
                assert!(found.equal(&expected));
            }
        }
    }
}

#[test]
fn every_method_learns_by_its_own_rules_and_the_same_seed_gives_the_same_net() {
    let _turn = alone();
    let start = weights(&net(0));
    for name in METHODS {
        let train = || {
            let target = negatives(12, 5, 6).shuffled(1);
            let mut learner = adapted(&target, adapt::method(name).unwrap(), 0.05);
            learner.fit(2).unwrap();
            let adaptation = learner.adaptation().unwrap();
            assert_eq!(adaptation.method().name(), name);
            let losses = adaptation.losses().to_vec();
            (
                weights(learner.net()),
                losses,
                adaptation.method().source_use(),
            )
        };
        let (found, losses, source_use) = train();
        assert_eq!(losses.len(), 4, "{name}");
        assert!(
            losses.iter().all(|loss| loss.is_finite()),
            "{name}: {losses:?}"
        );
        assert!(
            !found["conv1.weight"].equal(&start["conv1.weight"]),
            "{name}"
        );
        let head_learns = source_use == SourceUse::Learned;
        let changed = !found["linear.weight"].equal(&start["linear.weight"]);
        assert_eq!(changed, head_learns, "{name}");
        let (again, losses_again, _) = train();
        assert!(same(&found, &again) && losses == losses_again, "{name}");
    }
    assert!(
        adapt::method("DAN N")
            .unwrap_err()
            .to_string()
            .contains("DANN")
    );
}

#[test]
fn what_a_method_learns_beside_the_net_learns_too() {
    let _turn = alone();
    let of = |learner: &Learner| -> Vec<Tensor> {
        let groups = learner.adaptation().unwrap().method().parameter_groups();
        let all = groups.into_iter().flat_map(|group| group.parameters);
        all.map(|(_, value)| value.detach().copy()).collect()
    };
    for name in ["DANN", "CDAN", "ADDA", "MCD", "MDD"] {
        let target = negatives(12, 5, 6);
        let mut learner = adapted(&target, adapt::method(name).unwrap(), 0.05);
        // No step, only the beginning.
        learner.fit(0).unwrap();
        let before = of(&learner);
        assert!(!before.is_empty(), "{name}");
        learner.fit(1).unwrap();
        let after = of(&learner);
        let moved = before
            .iter()
            .zip(&after)
            .filter(|(one, other)| !one.equal(other));
        assert!(moved.count() * 2 > before.len(), "{name}");
    }
}

#[test]
fn the_labels_of_the_target_are_out_of_reach() {
    let _turn = alone();
    let target = negatives(12, 5, 6);
    // The same pictures with other labels and classes.
    #[derive(Debug)]
    struct Relabelled(Arc<dyn Dataset>, Vec<String>);
    impl Dataset for Relabelled {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn classes(&self) -> &[String] {
            &self.1
        }
        fn label(&self, _: usize) -> usize {
            1
        }
        fn picture(&self, index: usize) -> transfer::Result<RgbImage> {
            self.0.picture(index)
        }
    }
    let other = Relabelled(
        target.dataset().clone(),
        ["x", "y"].map(String::from).to_vec(),
    );
    let other = DataLoader::new(Arc::new(other), target.transform().clone(), 6);
    for name in ["DANN", "SHOT", "pseudo-labels"] {
        let train = |target: &DataLoader| {
            let mut learner = adapted(target, adapt::method(name).unwrap(), 0.05);
            learner.fit(1).unwrap();
            weights(learner.net())
        };
        assert!(same(&train(&target), &train(&other)), "{name}");
    }
}

#[test]
fn matched_statistics_bring_the_domains_together() {
    let _turn = alone();
    let distance = |adapting: bool| {
        let (source, target) = (loader(48, 0, 12), negatives(48, 5, 12));
        let mut learner = Learner::new(Box::new(net(0)), source.clone().shuffled(0))
            .config(TrainConfig::new().lr(LearningRate::Same(3e-3)));
        if adapting {
            let method = adapt::method("CORAL").unwrap();
            learner = learner.adapt_to(Adaptation::new(&target.shuffled(1), method));
        }
        learner.fit(6).unwrap();
        let net = learner.net();
        let (ours, theirs) = (
            features_of(net, &source).unwrap(),
            features_of(net, &negatives(48, 5, 12)).unwrap(),
        );
        let (ours, theirs) = (ours.xs, theirs.xs);
        let scale = ours.std(true).double_value(&[]);
        adapt::coral(&(ours / scale), &(theirs / scale))
            .unwrap()
            .double_value(&[])
    };
    let (with, without) = (distance(true), distance(false));
    assert!(with < 0.5 * without, "{with} and {without}");
}

#[test]
fn a_picture_of_the_target_that_cannot_be_read_is_named() {
    let _turn = alone();
    let whole = negatives(12, 5, 6);
    let broken = Arc::new(Changed(
        whole.dataset().clone(),
        |index, picture| match index {
            4 => Err(transfer::Error::Picture {
                path: "four.jpg".into(),
                reason: "broken".into(),
            }),
            _ => Ok(picture),
        },
    ));
    let target = DataLoader::new(broken, whole.transform().clone(), 6);
    for name in ["CORAL", "SHOT"] {
        let mut learner = adapted(&target, adapt::method(name).unwrap(), 0.05);
        let history = learner.fit(2).unwrap();
        assert_eq!(history.skipped, 2, "{name}: once in an epoch");
        assert_eq!(history.unreadable.len(), 1, "{name}");
        assert!(history.unreadable[0].path.ends_with("four.jpg"));
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let _turn = alone();
    let target = negatives(12, 5, 6);
    let method = || adapt::method("CORAL").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut learner =
        adapted(&target, method(), 0.05).checkpoint_to(folder.path().join("run"), Every::Epochs(1));
    let message = learner.fit(1).unwrap_err().to_string();
    assert!(message.contains("checkpoints"), "{message}");
    assert!(!folder.path().join("run").exists());

    let message = adapted(&target, method(), 0.05)
        .fit_head_on_features(1, None)
        .unwrap_err();
    assert!(message.to_string().contains("adaptation"), "{message}");
    let nothing = Arc::new(Subset::new(target.dataset().clone(), Vec::new()));
    let nothing = DataLoader::new(nothing, target.transform().clone(), 6);
    assert!(adapted(&nothing, method(), 0.05).fit(1).is_err());
    let single = Arc::new(Subset::new(target.dataset().clone(), vec![0]));
    let single = DataLoader::new(single, target.transform().clone(), 6);
    let message = adapted(&single, method(), 0.05).fit(1).unwrap_err();
    assert!(message.to_string().contains("two or more"), "{message}");

    // Unlabelled pictures have no accuracy.
    let unlabelled = transfer::data::Unlabelled::new(target.dataset().clone());
    let unlabelled = DataLoader::new(Arc::new(unlabelled), target.transform().clone(), 6);
    let message = evaluate(&net(0), &unlabelled, &CrossEntropy::default()).unwrap_err();
    assert!(message.to_string().contains("unlabelled"), "{message}");
}
