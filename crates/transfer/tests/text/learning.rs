//! Classifiers and encoders learn, and the same seed gives the same.

use transfer::prelude::*;

use super::{alone, messages, messages_from, small_encoder, tokenizer};

fn loader(each: usize) -> TextLoader {
    TextLoader::new(&messages(each), &tokenizer(), 8).unwrap()
}

fn unseen(each: usize) -> TextLoader {
    TextLoader::new(&messages_from(40, each), &tokenizer(), 8).unwrap()
}

fn trained(seed: u64, prepare: impl Fn(&mut Bert)) -> TextLearner {
    let mut net = TextClassifier::new(small_encoder(0), loader(4).classes(), 0).unwrap();
    prepare(net.bert_mut());
    let mut learner = TextLearner::new(net, loader(16).shuffled(seed))
        .validate_on(unseen(8))
        .seed(seed);
    let rates = LearningRate::LayerWise {
        head: 2e-2,
        top: 1e-2,
        decay: 0.9,
    };
    learner.fit_warm(8, rates).unwrap();
    learner
}

fn same(one: &TextLearner, other: &TextLearner) -> bool {
    let (one, other) = (one.net().state(), other.net().state());
    one.iter().all(|(name, of)| *of == other[name])
}

#[test]
fn a_classifier_learns_the_same_with_the_same_seed() {
    let _alone = alone();
    let learner = trained(0, |_| ());
    let history = learner.history();
    assert_eq!((history.epochs.len(), history.steps.len()), (8, 32));
    let (first, last) = (&history.epochs[0], &history.epochs[7]);
    assert!(last.loss < 0.5 * first.loss, "{first} then {last}");
    assert!(last.valid_accuracy.unwrap() > 0.9, "{last}");
    assert_eq!(last.trainable, last.parameters);
    assert!(same(&learner, &trained(0, |_| ())) && !same(&learner, &trained(1, |_| ())));
    let judged = learner.evaluate(&unseen(8)).unwrap();
    assert_eq!(judged.predictions.indices, (0..16).collect::<Vec<_>>());
    assert_eq!(Some(judged.accuracy), last.valid_accuracy);
    // In the order of the texts, whatever the batches.
    let logits = predict_texts(learner.net(), &tokenizer(), messages_from(40, 8).texts()).unwrap();
    assert!(
        (logits - judged.predictions.logits)
            .abs()
            .max()
            .double_value(&[])
            < 1e-5
    );
}

#[test]
fn frozen_layers_stay_as_they_are() {
    let _alone = alone();
    let before = small_encoder(0).bert().state();
    let learner = trained(0, |bert| bert.train_top(1));
    let after = learner.net().encoder().bert().state();
    for (name, of) in &before {
        // (A key's bias moves all scores of a query alike, which changes nothing: its gradient is 0 but for rounding.)
        if !name.ends_with("key.bias") {
            let is_top = name.starts_with("encoder.layer.1");
            assert_eq!(*of == after[name], !is_top, "{name}");
        }
    }
    let (trainable, all) = learner.net().parameter_counts();
    assert!(trainable < all / 2 && trainable > 0);
}

#[test]
fn rates_fall_from_the_head_down() {
    let rates = LearningRate::LayerWise {
        head: 1.0,
        top: 0.1,
        decay: 0.5,
    };
    assert_eq!(rates.of_groups(4).unwrap(), [0.025, 0.05, 0.1, 1.0]);
    assert!(
        LearningRate::LayerWise {
            head: 1.0,
            top: -0.1,
            decay: 0.5
        }
        .of_groups(4)
        .is_err()
    );
}

#[test]
fn contrastive_tuning_draws_classes_apart() {
    let _alone = alone();
    let few = loader(4);
    let test = unseen(16);
    let gap = |encoder: &TextEncoder| {
        let seen = embeddings_of(encoder, &test).unwrap();
        let xs = &seen.xs / seen.xs.norm_scalaropt_dim(2, [1i64], true);
        let cosines = xs.matmul(&xs.transpose(0, 1));
        let alike = seen
            .labels
            .unsqueeze(0)
            .eq_tensor(&seen.labels.unsqueeze(1))
            .to_kind(Kind::Float);
        let mean = |of: Tensor| {
            ((&cosines * &of).sum(Kind::Float) / of.sum(Kind::Float)).double_value(&[])
        };
        mean(alike.shallow_clone()) - mean(1.0 - alike)
    };
    let tuned = |seed| {
        let mut encoder = small_encoder(0);
        let mut seen = Vec::new();
        let setfit = SetFit {
            texts: 8,
            ..SetFit::new(30).lr(3e-3).seed(seed)
        };
        let steps = setfit
            .tune(&mut encoder, &few, |step| seen.push(*step))
            .unwrap();
        assert_eq!((steps.len(), steps[0].pairs), (30, 28));
        assert_eq!(steps, seen);
        assert!(steps[29].loss < 0.5 * steps[0].loss, "{steps:?}");
        encoder
    };
    let (before, encoder) = (gap(&small_encoder(0)), tuned(0));
    assert!(gap(&encoder) > before + 0.3, "{before} {}", gap(&encoder));
    let same = |other: TextEncoder| {
        other
            .bert()
            .state()
            .iter()
            .all(|(name, of)| *of == encoder.bert().state()[name])
    };
    assert!(same(tuned(0)) && !same(tuned(1)));
    let one_class = messages(4).select(&[0, 2, 4]);
    let one_class = TextLoader::new(&one_class, &tokenizer(), 2).unwrap();
    assert!(
        SetFit::new(1)
            .tune(&mut small_encoder(0), &one_class, |_| ())
            .is_err()
    );
}

#[test]
fn neighbours_are_the_nearest_by_angle() {
    let rows = |rows: &[f32]| Tensor::from_slice(rows).view([-1, 2]);
    let known = Features {
        xs: rows(&[1.0, 0.0, 0.0, 2.0, 3.0, 0.1]),
        labels: Tensor::from_slice(&[0i64, 1, 0]),
        classes: vec!["a".into(), "b".into()],
        indices: vec![0, 1, 2],
        skipped: Vec::new(),
    };
    let nearest = NearestNeighbors::new(&known).unwrap();
    let found = nearest.nearest(&rows(&[10.0, 0.2, 0.1, 1.0]), 2).unwrap();
    assert_eq!(
        Vec::<i64>::try_from(found.rows.view(-1)).unwrap(),
        [2, 0, 1, 2]
    );
    let voted = nearest.predict(&rows(&[10.0, 0.2, 0.1, 1.0]), 3).unwrap();
    // Two neighbours of class a far away count less than one of class b nearby.
    assert_eq!(Vec::<i64>::try_from(voted).unwrap(), [0, 1]);
    assert!(nearest.nearest(&rows(&[1.0, 1.0]), 4).is_err());
    assert!(
        nearest
            .nearest(&Tensor::from_slice(&[1f32, 1.0]), 1)
            .is_err()
    );
    // Nobody nearby: still one of those who are there, and not a class without any.
    let lonely = Features {
        labels: Tensor::from_slice(&[1i64, 1, 1]),
        ..known
    };
    let voted = NearestNeighbors::new(&lonely)
        .unwrap()
        .predict(&rows(&[-1.0, -1.0]), 1)
        .unwrap();
    assert_eq!(Vec::<i64>::try_from(voted).unwrap(), [1]);
}

#[test]
fn mistakes_are_named() {
    let _alone = alone();
    let net = TextClassifier::new(small_encoder(0), &["other"], 0).unwrap();
    let error = TextLearner::new(net, loader(2))
        .fit_warm(1, 1e-3)
        .unwrap_err()
        .to_string();
    assert!(error.contains("money"), "{error}");
    let net = || TextClassifier::new(small_encoder(0), loader(2).classes(), 0).unwrap();
    assert!(
        TextLearner::new(net(), loader(2))
            .clip_norm(-1.0)
            .fit_warm(1, 1e-3)
            .is_err()
    );
    assert!(matches!(
        TextLearner::new(net(), loader(2))
            .clip_norm(None)
            .optimizer(OptimizerConfig::sgd(0.0))
            .fit(3, 1e30, &Schedule::Constant),
        Err(Error::Diverged { .. })
    ));
    assert!(TextClassifier::new(small_encoder(0), &[] as &[&str], 0).is_err());
}
