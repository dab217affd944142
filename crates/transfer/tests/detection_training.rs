//! Detectors learn, are judged and find, in the pixels of the pictures as they came.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use image::{Rgb, RgbImage};
use tch::{Device, Tensor};
use transfer::Error;
use transfer::data::synth::{SceneFormat, Scenes, SpeciesSet, write_scenes};
use transfer::data::{BoxDataset, BoxLabel, BoxOptions, BoxesInMemory, PascalVoc, Transform};
use transfer::detection::Thresholds;
use transfer::models::{CifarResNet, CifarResNetConfig, Detector, DetectorConfig};
use transfer::train::{
    BoxLoader, DetectionLearner, OptimizerConfig, detect, detect_in, evaluate_detector,
};

/// Nets are drawn from libtorch's generator, of which there is one for all threads.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bright squares (class 0) and bars (class 1) on dark ground, 96 × 64 pixels.
fn shapes(count: usize, seed: u64) -> BoxesInMemory {
    let mut state = seed.wrapping_mul(6_364_136_223_846_793_005) | 1;
    let mut below = |bound: u32| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as u32) % bound
    };
    let mut all = Vec::new();
    for _ in 0..count {
        let mut picture = RgbImage::from_pixel(96, 64, Rgb([30, 40, 50]));
        let mut boxes = Vec::new();
        for class in 0..2usize {
            let (width, height) = if class == 0 { (18, 18) } else { (28, 10) };
            let (left, top) = (48 * class as u32 + below(48 - width), below(64 - height));
            let colour = if class == 0 {
                Rgb([240, 200, 60])
            } else {
                Rgb([90, 220, 250])
            };
            for (x, y) in (0..width).flat_map(|x| (0..height).map(move |y| (x, y))) {
                picture.put_pixel(left + x, top + y, colour);
            }
            let bounds = [left, top, left + width, top + height].map(|side| side as f32);
            boxes.push(BoxLabel::new(bounds, class));
        }
        all.push((picture, boxes));
    }
    BoxesInMemory::new(&["square", "bar"], all).unwrap()
}

fn net(seed: u64, classes: i64) -> Detector {
    let body = CifarResNet::new(CifarResNetConfig { blocks: 1 }, 2, Device::Cpu, seed);
    let config = DetectorConfig {
        width: 24,
        convs: 1,
        ..DetectorConfig::fcos(classes)
    };
    Detector::new(config, Box::new(body), 64, seed).unwrap()
}

fn loader(of: BoxesInMemory, transform: Transform) -> BoxLoader {
    BoxLoader::new(Arc::new(of), transform, 6).unwrap()
}

#[test]
fn a_detector_learns_and_says_where_things_are_in_the_picture_as_it_came() {
    let _turn = alone();
    let still = Transform::detection(64, 64);
    let train = loader(shapes(36, 1), Transform::detection_train(64, 64)).shuffled(0);
    let valid = loader(shapes(8, 2), still.clone());
    let mut learner = DetectionLearner::new(net(0, 2), train).validate_on(valid.clone());
    let before = learner.evaluate(&valid).unwrap().eval.coco().ap50;
    let history = learner.fit_one_cycle(12, 4e-3).unwrap();
    assert_eq!(
        (history.steps.len(), history.epochs.len(), history.skipped),
        (72, 12, 0)
    );
    let after = learner.evaluate(&valid).unwrap().eval.coco();
    assert!(
        before < 0.1 && after.ap50 > 0.8,
        "{before} and then {}",
        after.ap50
    );
    // The best epoch's weights are those that it ends with.
    let best = history.best.unwrap();
    let of_best = history.epochs[best - 1].valid.unwrap();
    assert_eq!(of_best, [after.ap, after.ap50]);
    assert!(
        history
            .epochs
            .iter()
            .all(|epoch| epoch.valid.unwrap()[0] <= of_best[0])
    );
    // 96 x 64 pixels are 64 x 43 in the frame: boxes come back in those of the picture.
    let held_out = shapes(4, 3);
    let found = detect_in(
        learner.net(),
        &held_out.picture(0).unwrap(),
        &still,
        &Thresholds::of(learner.net().config().kind),
    );
    let found = found.unwrap();
    for label in held_out.boxes(0) {
        let near = |found: &&transfer::metrics::Detection| {
            let far = found
                .bounds
                .iter()
                .zip(label.bounds)
                .map(|(one, other)| (one - f64::from(other)).abs());
            found.class == label.class && far.fold(0.0, f64::max) < 8.0
        };
        assert!(found.iter().any(|one| near(&one)), "{label:?} in {found:?}");
    }
    let all = detect(
        learner.net(),
        &loader(held_out, still),
        &Thresholds::of(learner.net().config().kind),
    );
    assert_eq!(all.unwrap().pictures[0].len(), found.len());
}

#[test]
fn the_same_seed_gives_the_same_detector_and_a_frozen_body_stays_as_it_is() {
    let _turn = alone();
    let trained = |seed: u64| {
        let train = loader(shapes(12, 1), Transform::detection_train(64, 64)).shuffled(seed);
        let mut net = net(0, 2);
        net.freeze_body().unwrap();
        let before = net.state();
        let body: Vec<(String, Tensor)> = before
            .into_iter()
            .filter(|(name, _)| name.starts_with("backbone.body."))
            .map(|(name, value)| (name, value.copy()))
            .collect();
        let mut learner = DetectionLearner::new(net, train).optimizer(OptimizerConfig::sgd(0.9));
        let history = learner
            .fit(2, 1e-2, &transfer::train::Schedule::Constant)
            .unwrap();
        assert!(history.best.is_none() && history.epochs[0].valid.is_none());
        let after = learner.net().state();
        assert!(body.iter().all(|(name, value)| after[name].equal(value)));
        history
            .steps
            .iter()
            .map(|step| step.loss())
            .collect::<Vec<_>>()
    };
    assert_eq!(trained(3), trained(3));
    assert_ne!(trained(3), trained(4));
}

#[test]
fn boxes_move_with_their_pictures_and_what_is_hardly_seen_is_not_learned_from() {
    let _turn = alone();
    let picture = RgbImage::new(80, 40);
    let crowd = BoxLabel {
        crowd: true,
        ..BoxLabel::new([0.0, 0.0, 80.0, 40.0], 0)
    };
    let half = BoxLabel::new([30.0, 10.0, 50.0, 30.0], 0);
    let corner = BoxLabel::new([0.0, 0.0, 24.0, 10.0], 0);
    let set = BoxesInMemory::new(&["thing"], vec![(picture, vec![crowd, half, corner])]).unwrap();
    // The central square of 40 x 40 pixels has a sixth of the corner's box.
    let cut = loader(set.clone(), Transform::new().center_crop(40));
    let batch = cut.batches(0).next().unwrap().unwrap();
    let boxes = Vec::<f32>::try_from(batch.truth[0].boxes.flatten(0, -1)).unwrap();
    assert_eq!(boxes, [10.0, 10.0, 30.0, 30.0]);
    let framed = loader(set, Transform::new().letterbox(40, 40));
    let batch = framed.batches(0).next().unwrap().unwrap();
    let boxes = Vec::<f32>::try_from(batch.truth[0].boxes.flatten(0, -1)).unwrap();
    assert_eq!(boxes, [15.0, 15.0, 25.0, 25.0, 0.0, 10.0, 12.0, 15.0]);
    assert_eq!(
        batch.placements[0].back([15.0, 15.0, 25.0, 25.0]),
        [30.0, 10.0, 50.0, 30.0]
    );
}

#[test]
fn pictures_that_cannot_be_read_are_named_and_not_judged() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let scenes = Scenes::new(SpeciesSet::Novel, 3, 64, 0);
    let root = folder.path().join("set");
    write_scenes(SceneFormat::Voc, &root, &[("train", &scenes)]).unwrap();
    let parts = PascalVoc::open(&root, &BoxOptions::new().classes(scenes.classes())).unwrap();
    let broken = parts.name(1);
    let bytes = std::fs::read(&broken).unwrap();
    std::fs::write(&broken, &bytes[..bytes.len() / 2]).unwrap();
    let on = BoxLoader::new(Arc::new(parts), Transform::detection(64, 64), 2).unwrap();
    let judged = evaluate_detector(&net(0, 12), &on).unwrap();
    assert_eq!(judged.eval.num_pictures(), 2);
    assert_eq!(judged.skipped.len(), 1);
    assert_eq!(
        (judged.skipped[0].path.clone(), judged.detections[1].len()),
        (broken, 0)
    );
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let _turn = alone();
    let said = |error: Error| error.to_string();
    let three = DetectionLearner::new(
        net(0, 3),
        loader(shapes(2, 0), Transform::detection(64, 64)),
    )
    .fit_one_cycle(1, 1e-3);
    assert!(said(three.unwrap_err()).contains("2, as the pictures have"));
    let turned = Transform::new().trivial_augment_wide();
    let turned = BoxLoader::new(Arc::new(shapes(2, 0)), turned, 2).unwrap_err();
    assert!(said(turned).contains("TrivialAugmentWide"));
    let mut learner = DetectionLearner::new(
        net(0, 2),
        loader(shapes(2, 0), Transform::detection(64, 64)),
    )
    .clip_norm(0.0);
    assert!(said(learner.fit_one_cycle(1, 1e-3).unwrap_err()).contains("clip_norm"));
    let mut learner = DetectionLearner::new(
        net(0, 2),
        loader(shapes(6, 0), Transform::detection(64, 64)),
    )
    .clip_norm(1e9);
    let diverged = learner
        .fit(9, 1e30, &transfer::train::Schedule::Constant)
        .unwrap_err();
    assert!(matches!(diverged, Error::Diverged { .. }), "{diverged}");
}
