//! Boxes by themselves.

use tch::{Kind, Tensor};
use transfer::detection::*;

use super::{Reference, SIZE, boxes_of, drawn, flat};

#[test]
fn boxes_overlap_and_change_their_format_as_torchvisions() {
    let reference = Reference::of("boxes");
    let (ones, others) = (boxes_of("ones", 7, 60.0), boxes_of("others", 5, 60.0));
    reference.check_tensor("iou", &box_iou(&ones, &others));
    reference.check_tensor("area", &box_area(&ones));
    for (name, format) in [
        ("cxcywh", BoxFormat::CentreSize),
        ("xywh", BoxFormat::CornerSize),
    ] {
        let there = convert_boxes(&ones, BoxFormat::Corners, format);
        reference.check_tensor(name, &there);
        let back = convert_boxes(&there, format, BoxFormat::Corners);
        assert!((back - &ones).abs().max().double_value(&[]) < 1e-12);
    }
    reference.check_tensor("clipped", &clip_boxes(&(&ones * 2.0 - 30.0), SIZE));
    // torchvision's has no epsilon where this has one.
    let off =
        generalized_box_iou(&ones, &others) - Tensor::from_slice(&reference.0["giou"]).view([7, 5]);
    assert!(off.abs().max().double_value(&[]) < 1e-8);
    // A box without area, and two that do not touch.
    let point = Tensor::from_slice(&[3f64, 3.0, 3.0, 3.0]).view([1, 4]);
    assert_eq!(flat(&box_iou(&point, &point)), [0.0]);
    let apart = Tensor::from_slice(&[0f64, 0.0, 1.0, 1.0, 3.0, 0.0, 4.0, 1.0]).view([2, 4]);
    // The hull has four, of which two are in neither.
    let giou = generalized_box_iou(&apart, &apart).double_value(&[0, 1]);
    assert!((giou + 0.5).abs() < 1e-6, "{giou}");
}

#[test]
fn losses_and_their_gradients_are_torchvisions() {
    let reference = Reference::of("boxes");
    let ones = boxes_of("ones", 7, 60.0);
    let near = (&ones + drawn("near", &[7, 4], (-3.0, 3.0))).set_requires_grad(true);
    let loss = giou_loss(&near, &ones);
    reference.check_tensor("giou_loss", &loss);
    loss.sum(Kind::Double).backward();
    reference.check_tensor("giou_loss.gradient", &near.grad());
    let logits = drawn("logits", &[6, 4], (-4.0, 4.0)).set_requires_grad(true);
    let targets = drawn("targets", &[6, 4], (0.0, 1.0))
        .gt(0.7)
        .to_kind(Kind::Double);
    let loss = sigmoid_focal_loss(&logits, &targets, FOCAL);
    reference.check_tensor("focal", &loss);
    loss.sum(Kind::Double).backward();
    reference.check_tensor("focal.gradient", &logits.grad());
}

#[test]
fn codes_say_boxes_and_back() {
    let reference = Reference::of("boxes");
    let ones = boxes_of("ones", 7, 60.0);
    let near = &ones + drawn("near", &[7, 4], (-3.0, 3.0));
    let distances = DistanceCoder.encode(&ones, &near);
    reference.check_tensor("distances", &distances);
    assert!(
        (DistanceCoder.decode(&ones, &distances) - &near)
            .abs()
            .max()
            .double_value(&[])
            < 1e-9
    );
    let codes = drawn("codes", &[7, 4], (0.0, 3.0));
    reference.check_tensor("distances.decoded", &DistanceCoder.decode(&ones, &codes));
    let shifts = ShiftCoder.encode(&ones, &near);
    reference.check_tensor("shifts", &shifts);
    assert!(
        (ShiftCoder.decode(&ones, &shifts) - &near)
            .abs()
            .max()
            .double_value(&[])
            < 1e-9
    );
    let codes = drawn("codes", &[7, 4], (-2.0, 6.0));
    reference.check_tensor("shifts.decoded", &ShiftCoder.decode(&ones, &codes));
}

#[test]
fn the_surest_of_overlapping_boxes_stays() {
    let reference = Reference::of("boxes");
    let boxes = boxes_of("crowd", 120, 50.0);
    let scores = drawn("scores", &[120], (0.0, 1.0));
    let classes = drawn("classes", &[120], (0.0, 3.0)).to_kind(Kind::Int64);
    reference.check_tensor("nms", &nms(&boxes, &scores, 0.4).unwrap());
    reference.check_tensor(
        "batched_nms",
        &batched_nms(&boxes, &scores, &classes, 0.3).unwrap(),
    );
    // Of equal scores the first; none of nothing.
    let same = Tensor::from_slice(&[0f32, 0.0, 9.0, 9.0, 0.0, 0.0, 9.0, 9.0]).view([2, 4]);
    let kept = nms(&same, &Tensor::from_slice(&[0.5f32, 0.5]), 0.9).unwrap();
    assert_eq!(flat(&kept), [0.0]);
    let none = Tensor::zeros([0, 4], (Kind::Float, tch::Device::Cpu));
    assert_eq!(
        nms(&none, &Tensor::from_slice(&[0f32; 0]), 0.5)
            .unwrap()
            .size(),
        [0]
    );
    // What does not fit is refused.
    let said = nms(&same, &Tensor::from_slice(&[0.5f32]), 0.5)
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("[N, 4], [N] and [N]") && said.contains("[2, 4]"),
        "{said}"
    );
    let said = nms(&same, &Tensor::from_slice(&[0.5f32, f32::NAN]), 0.5)
        .unwrap_err()
        .to_string();
    assert!(said.contains("finite") && said.contains("NaN"), "{said}");
}

#[test]
fn places_answer_for_the_smallest_box_around_them_in_their_level() {
    // Two levels, of strides 8 and 16, for 32 pixels.
    let anchors = Anchors::squares(&[8, 16]);
    let levels = anchors
        .of_maps([32, 32], &[[4, 4], [2, 2]], tch::Device::Cpu)
        .unwrap();
    assert_eq!(flat(&levels[0].get(5)), [4.0, 4.0, 12.0, 12.0]);
    // A small box around (8, 8), one around everything whose middle is at (16, 16), and one that contains no place.
    let boxes = Tensor::from_slice(&[
        5f32, 5.0, 12.0, 12.0, 0.5, 0.5, 31.5, 31.5, 1.0, 17.0, 7.0, 23.0,
    ])
    .view([3, 4]);
    let found = flat(&assign_by_centre(&levels, &boxes, 1.5));
    // The first level: the small box has its place; the large one the places around its middle; (0, 0) is in neither.
    assert_eq!(found[5], 0.0);
    assert_eq!((found[10], found[0], found[8]), (1.0, -1.0, -1.0));
    // The second level is for boxes that reach further than 64 pixels.
    assert!(found[16..].iter().all(|place| *place == -1.0), "{found:?}");
    let nothing = Tensor::zeros([0, 4], (Kind::Float, tch::Device::Cpu));
    assert!(
        flat(&assign_by_centre(&levels, &nothing, 1.5))
            .iter()
            .all(|place| *place == -1.0)
    );
}

#[test]
fn anchors_answer_by_overlap_and_every_box_has_one() {
    let anchors = Tensor::from_slice(&[
        0f32, 0.0, 10.0, 10.0, 20.0, 0.0, 30.0, 10.0, 40.0, 0.0, 50.0, 10.0, 60.0, 0.0, 70.0, 10.0,
    ]);
    let anchors = anchors.view([4, 4]);
    // Overlaps: 0.8 with the first; 0.45 with the second, none better for it; a sliver of the third, which also is its best.
    let boxes = Tensor::from_slice(&[
        0f32, 0.0, 10.0, 8.0, 20.0, 0.0, 30.0, 4.5, 49.0, 0.0, 59.0, 10.0,
    ])
    .view([3, 4]);
    assert_eq!(
        flat(&assign_by_overlap(&anchors, &boxes, (0.5, 0.4))),
        [0.0, 1.0, 2.0, -1.0]
    );
    // Where another overlaps it more, 0.45 is neither.
    let more = Tensor::cat(
        &[
            anchors.shallow_clone(),
            Tensor::from_slice(&[20f32, 0.0, 30.0, 5.0]).view([1, 4]),
        ],
        0,
    );
    assert_eq!(
        flat(&assign_by_overlap(&more, &boxes, (0.5, 0.4))),
        [0.0, -2.0, 2.0, -1.0, 1.0]
    );
}
