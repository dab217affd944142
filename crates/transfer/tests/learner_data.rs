//! A learner and its pictures: what cannot be decoded is named, classes must agree, and no epoch waits for its first
//! pictures.

mod training;

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use image::{Rgb, RgbImage};
use training::{alone, learner, net};
use transfer::data::{DataLoader, Dataset, Transform};
use transfer::train::{Every, Flow, History, Learner, TrainConfig};
use transfer::{Error, Result};

/// How many pictures were decoded, and a bell for it.
type Count = Arc<(Mutex<usize>, Condvar)>;

#[derive(Debug)]
struct Watched {
    classes: Vec<String>,
    broken: Option<usize>,
    decoded: Count,
    /// Before the first picture: until so many of the other ones were decoded.
    after: Option<(Count, usize)>,
}

fn watched(classes: &[&str]) -> Watched {
    Watched {
        classes: classes.iter().map(ToString::to_string).collect(),
        broken: None,
        decoded: Arc::default(),
        after: None,
    }
}

impl Dataset for Watched {
    fn len(&self) -> usize {
        6
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn label(&self, index: usize) -> usize {
        index % self.classes.len()
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        if let Some((count, least)) = &self.after {
            let (decoded, bell) = &**count;
            let long = Duration::from_secs(60);
            let waited = bell.wait_timeout_while(decoded.lock().unwrap(), long, |n| *n < *least);
            assert!(!waited.unwrap().1.timed_out(), "nothing was decoded ahead");
        }
        let (decoded, bell) = &*self.decoded;
        *decoded.lock().unwrap() += 1;
        bell.notify_all();
        if self.broken == Some(index) {
            return Err(Error::Picture {
                path: self.name(index),
                reason: "broken".into(),
            });
        }
        Ok(RgbImage::from_pixel(8, 8, Rgb([40 * index as u8; 3])))
    }
}

fn loader(data: Watched) -> DataLoader {
    DataLoader::new(Arc::new(data), Transform::square(8), 3).workers(2)
}

#[test]
fn the_next_epochs_pictures_are_decoded_while_the_net_is_judged() {
    let _turn = alone();
    let train = watched(&["a", "b"]);
    // Six of the first epoch, and one of the second.
    let valid = Watched {
        after: Some((train.decoded.clone(), 7)),
        ..watched(&["a", "b"])
    };
    let learner = Learner::new(Box::new(net(0)), loader(train)).validate_on(loader(valid));
    // The second one would wait for a third.
    let history = learner.on_epoch(|_| Flow::Stop).fit(2);
    assert_eq!(history.unwrap().epochs.len(), 1);
}

#[test]
fn what_cannot_be_decoded_is_in_the_history_by_name_also_after_a_resumption() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let broken = |index| {
        let data = watched(&["a", "b"]);
        loader(Watched {
            broken: Some(index),
            ..data
        })
    };
    let learner = || {
        Learner::new(Box::new(net(0)), broken(4))
            .validate_on(broken(2))
            .checkpoint_to(folder.path(), Every::Epochs(1))
    };
    let check = |history: &History| {
        let names: Vec<String> = history
            .unreadable
            .iter()
            .map(|one| one.to_string())
            .collect();
        assert_eq!(names, ["picture 2: broken", "picture 4: broken"]);
        assert_eq!(history.skipped, 2, "training's alone, each time");
    };
    check(&learner().fit(2).unwrap());
    let resumed = learner().resume(folder.path()).unwrap().unwrap();
    check(&resumed.history);
}

#[test]
fn other_classes_to_judge_by_are_an_error() {
    let _turn = alone();
    let fit = |classes: &[&str]| {
        let train = loader(watched(&["a", "b", "c"]));
        let learner = Learner::new(Box::new(net(0)), train);
        let judged = learner.evaluate(&loader(watched(classes))).map(|_| ());
        let mut learner = learner.validate_on(loader(watched(classes)));
        (judged, learner.fit(1).map(|_| ()))
    };
    // Without its first class the second one's label would be 0.
    for other in [&["b", "c"][..], &["a", "c", "b"]] {
        let (judged, fitted) = fit(other);
        for error in [judged.unwrap_err(), fitted.unwrap_err()] {
            let message = error.to_string();
            assert!(
                message.contains("\"a\", \"b\", \"c\"") && message.contains("CsvOptions"),
                "{message}"
            );
        }
    }
    let (judged, fitted) = fit(&["a", "b"]);
    assert!(judged.is_ok() && fitted.is_ok());
}

#[test]
fn a_picture_and_its_mirror_image_are_one_to_the_flipped_prediction() {
    let _turn = alone();
    let learner = learner(TrainConfig::new());
    let as_it_is = training::loader(9, 0, 4);
    let mirrored = DataLoader::new(
        as_it_is.dataset().clone(),
        Transform::square(8).horizontal_flip(),
        4,
    );
    let [once, other] = [&as_it_is, &mirrored].map(|l| learner.predict(l).unwrap().logits);
    let [both, turned] = [&as_it_is, &mirrored].map(|l| learner.predict_flipped(l).unwrap().logits);
    assert!(
        !once.allclose(&other, 1e-5, 1e-6, false),
        "nothing to average"
    );
    assert!(both.allclose(&turned, 1e-5, 1e-6, false));
    assert!(both.allclose(&((once + other) / 2.0), 1e-5, 1e-6, false));
}
