//! Pictures with boxes in batches, and detectors judged by them.

use std::path::Path;
use std::sync::Arc;

use image::RgbImage;
use transfer::data::synth::{SceneFormat, Scenes, SpeciesSet, write_scenes};
use transfer::data::{
    BoxDataset, BoxLabel, BoxOptions, BoxPictures, BoxesInMemory, DataLoader, Dataset, PascalVoc,
    Transform,
};
use transfer::train::{BoxLoader, Target, TaskLoader, evaluate_detector};

use super::{alone, loader, net};

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
    let files: Vec<_> = (0..3).map(|index| parts.name(index)).collect();
    let half = |path: &Path| {
        let bytes = std::fs::read(path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    };
    half(&files[1]);
    let on = BoxLoader::new(Arc::new(parts), Transform::detection(64, 64), 2).unwrap();
    let judged = evaluate_detector(&net(0, 12), &on).unwrap();
    assert_eq!(judged.eval.num_pictures(), 2);
    assert_eq!(judged.skipped.len(), 1);
    assert_eq!(judged.skipped[0].path, files[1]);
    assert!(judged.detections[1].is_empty() && !judged.detections[2].is_empty());
    half(&files[0]);
    half(&files[2]);
    let none = evaluate_detector(&net(0, 12), &on).unwrap_err().to_string();
    assert!(none.contains("3 that cannot"), "{none}");
}

#[test]
fn pictures_of_several_sizes_are_one_batch_in_a_frame_and_an_error_without() {
    let pictures = |sizes: [(u32, u32); 2]| {
        let boxed = |(width, height): (u32, u32)| {
            let label = BoxLabel::new([0.0, 0.0, width as f32, height as f32], 0);
            (RgbImage::new(width, height), vec![label])
        };
        BoxesInMemory::new(&["all"], sizes.map(boxed).to_vec()).unwrap()
    };
    let framed = loader(pictures([(80, 40), (40, 80)]), Transform::detection(64, 64));
    let batch = framed.batches(0).next().unwrap().unwrap();
    assert_eq!(
        (batch.xs.size(), &batch.sizes),
        (vec![2, 3, 64, 64], &vec![(80, 40), (40, 80)])
    );
    let of = |index: usize| Vec::<f32>::try_from(batch.truth[index].boxes.flatten(0, -1)).unwrap();
    assert_eq!(of(0), [0.0, 16.0, 64.0, 48.0]);
    assert_eq!(of(1), [16.0, 0.0, 48.0, 64.0]);
    let loose = loader(pictures([(80, 40), (40, 80)]), Transform::new().resize(32));
    let said = loose.batches(0).next().unwrap().unwrap_err().to_string();
    assert!(said.contains("letterbox"), "{said}");
    // Without its boxes a set has pictures, and neither classes nor labels.
    let alone: Arc<dyn Dataset> =
        Arc::new(BoxPictures::new(Arc::new(pictures([(80, 40), (40, 80)]))));
    assert_eq!((alone.len(), alone.classes().len()), (2, 0));
    let labelled = TaskLoader::new(
        DataLoader::new(alone, Transform::square(32), 2),
        vec![Target::Label],
    );
    assert!(labelled.is_err());
}
