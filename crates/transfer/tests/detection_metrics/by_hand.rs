//! Small cases whose figures can be worked out on paper.

use transfer::metrics::{CocoSummary, Detection, TrueBox, VocRule};

use super::{eval, square};

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-12
}

#[test]
fn one_object_found_well() {
    // An overlap of 80 / 120 reaches four of the ten thresholds: 0.50, 0.55, 0.60, 0.65.
    let truth = [TrueBox::new([0.0, 0.0, 10.0, 10.0], 0)];
    let found = [Detection::new([2.0, 0.0, 12.0, 10.0], 0, 0.5)];
    let coco = eval(1, &[(&truth, &found)]).coco();
    assert!(near(coco.ap, 0.4) && near(coco.ar_100, 0.4) && near(coco.ar_1, 0.4));
    assert!(near(coco.ap50, 1.0) && near(coco.ap75, 0.0));
    // 100 pixels are small, and there is nothing else.
    assert!(near(coco.ap_small, 0.4) && near(coco.ar_small, 0.4));
    for figure in [coco.ap_medium, coco.ap_large, coco.ar_medium, coco.ar_large] {
        assert!(figure.is_nan());
    }
    let class = &coco.classes[0];
    assert!(near(class.ap, 0.4) && near(class.ap50, 1.0) && class.name == "class 0");
    assert_eq!((class.objects, class.ignored), (1, 0));
    assert_eq!((class.detections, class.beyond_limit), (1, 0));
}

#[test]
fn a_curve() {
    // Wrong, of a crowd, right, wrong, right; two of four objects remain unfound.
    let at = |place: usize| square(100.0 * place as f64, 10.0);
    let mut truth = [0, 1, 2, 3, 4].map(|place| TrueBox::new(at(place), 0));
    truth[4].crowd = true;
    let places = [(5, 0.9), (4, 0.8), (0, 0.7), (6, 0.6), (1, 0.2)];
    let found = places.map(|(place, score)| Detection::new(at(place), 0, score));
    let eval = eval(1, &[(&truth, &found)]);
    let curve = eval.precision_recall(0, 0.5).unwrap();
    let figures = curve
        .points
        .iter()
        .map(|point| [point.score, point.precision, point.recall]);
    let expected = [
        [0.9, 0.0, 0.0],
        [0.7, 0.5, 0.25],
        [0.6, 1.0 / 3.0, 0.25],
        [0.2, 0.5, 0.5],
    ];
    assert_eq!(
        (figures.collect::<Vec<_>>(), curve.objects),
        (expected.to_vec(), 4)
    );
    // Precision is never below 0.5 up to a recall of 0.5: 51 of 101 recalls, 6 of 11, half of the axis.
    assert!(near(eval.coco().ap50, 0.5 * 51.0 / 101.0));
    let voc = |rule| eval.voc(0.5, rule).unwrap().map;
    assert!(near(voc(VocRule::ElevenPoint), 0.5 * 6.0 / 11.0) && near(voc(VocRule::Area), 0.25));
}

#[test]
fn nothing_at_all() {
    let ap = |coco: &CocoSummary| [coco.ap, coco.ap50, coco.ar_1, coco.classes[0].ap];
    for empty in [eval(1, &[]), eval(1, &[(&[], &[]), (&[], &[])])] {
        assert!(ap(&empty.coco()).iter().all(|figure| figure.is_nan()));
        let voc = empty.voc(0.5, VocRule::Area).unwrap();
        assert!(voc.map.is_nan() && voc.classes[0].ap.is_nan());
        let curve = empty.precision_recall(0, 0.5).unwrap();
        assert!(curve.points.is_empty() && curve.objects == 0);
        assert_eq!(empty.errors(0.0).unwrap().total, Default::default());
    }
    assert!(eval(0, &[(&[], &[])]).coco().ap.is_nan());
    // Objects and no detections: nothing is found. Detections and no objects: there is no telling.
    let missed = eval(1, &[(&[TrueBox::new(square(0.0, 9.0), 0)], &[])]);
    assert_eq!(ap(&missed.coco()), [0.0; 4]);
    assert_eq!(missed.voc(0.5, VocRule::ElevenPoint).unwrap().map, 0.0);
    let invented = eval(1, &[(&[], &[Detection::new(square(0.0, 9.0), 0, 0.5)])]);
    assert!(ap(&invented.coco()).iter().all(|figure| figure.is_nan()));
    let curve = invented.precision_recall(0, 0.5).unwrap();
    assert!(curve.points[0].precision == 0.0 && curve.points[0].recall.is_nan());
}

#[test]
fn a_crowd_swallows_what_lies_in_it() {
    let crowd = TrueBox {
        crowd: true,
        ..TrueBox::new(square(100.0, 100.0), 0)
    };
    let truth = [crowd, TrueBox::new(square(0.0, 10.0), 0)];
    let found = [
        Detection::new(square(110.0, 10.0), 0, 0.9),
        Detection::new(square(130.0, 10.0), 0, 0.8),
        Detection::new(square(0.0, 10.0), 0, 0.7),
    ];
    let eval = eval(1, &[(&truth, &found)]);
    let coco = eval.coco();
    assert!(near(coco.ap, 1.0) && near(coco.ar_100, 1.0));
    // The surest detection of the picture is of the crowd, and takes the one place that there is.
    assert!(near(coco.ar_1, 0.0) && near(coco.ar_10, 1.0));
    assert_eq!((coco.classes[0].objects, coco.classes[0].ignored), (1, 1));
    assert_eq!(eval.precision_recall(0, 0.5).unwrap().points.len(), 1);
    // VOC has no crowds: they overlap the crowd by a hundredth.
    let voc = eval.voc(0.5, VocRule::Area).unwrap();
    assert!(near(voc.map, 1.0 / 3.0));
    assert_eq!((voc.classes[0].objects, voc.classes[0].ignored), (1, 1));
}

#[test]
fn voc_takes_the_nearest_object_and_coco_the_nearest_that_is_left() {
    // Two boxes overlap by more than half; two detections are nearer to the first.
    let truth = [
        TrueBox::new(square(0.0, 12.0), 0),
        TrueBox::new(square(3.0, 12.0), 0),
    ];
    let found = [
        Detection::new(square(0.0, 12.0), 0, 0.9),
        Detection::new(square(1.0, 12.0), 0, 0.8),
    ];
    let eval = eval(1, &[(&truth, &found)]);
    assert!(near(eval.coco().ap50, 1.0));
    let voc = |rule| eval.voc(0.5, rule).unwrap().map;
    assert!(near(voc(VocRule::Area), 0.5));
    // Recalls from 0 to 0.5: six of the eleven.
    assert!(near(voc(VocRule::ElevenPoint), 6.0 / 11.0));
}

#[test]
fn difficult_objects_count_neither_way_in_voc() {
    let difficult = TrueBox {
        difficult: true,
        ..TrueBox::new(square(50.0, 10.0), 0)
    };
    let truth = [difficult, TrueBox::new(square(0.0, 10.0), 0)];
    let found = [
        Detection::new(square(50.0, 10.0), 0, 0.9),
        Detection::new(square(50.0, 10.0), 0, 0.8),
        Detection::new(square(0.0, 10.0), 0, 0.7),
    ];
    let eval = eval(2, &[(&truth, &found)]);
    let voc = eval.voc(0.5, VocRule::Area).unwrap();
    assert!(near(voc.classes[0].ap, 1.0) && voc.classes[1].ap.is_nan() && near(voc.map, 1.0));
    assert_eq!((voc.classes[0].objects, voc.classes[0].ignored), (1, 1));
    assert_eq!(voc.classes[0].detections, 3);
    // COCO takes it for an ordinary object.
    assert_eq!(eval.coco().classes[0].objects, 2);
}

#[test]
fn an_overlap_of_exactly_the_threshold_is_enough() {
    let truth = [TrueBox::new([0.0, 0.0, 10.0, 10.0], 0)];
    let eval = eval(
        1,
        &[(&truth, &[Detection::new([0.0, 0.0, 5.0, 10.0], 0, 0.1)])],
    );
    assert_eq!(eval.coco().ap50, 1.0);
    assert_eq!(eval.voc(0.5, VocRule::Area).unwrap().map, 1.0);
    assert_eq!(eval.voc(0.51, VocRule::Area).unwrap().map, 0.0);
}

#[test]
fn equal_scores_count_in_the_order_of_adding() {
    let truth = [TrueBox::new(square(0.0, 10.0), 0)];
    let (right, wrong) = (
        Detection::new(square(0.0, 10.0), 0, 0.5),
        Detection::new(square(50.0, 10.0), 0, 0.5),
    );
    let map = |found: &[Detection]| {
        eval(1, &[(&truth, found)])
            .voc(0.5, VocRule::Area)
            .unwrap()
            .map
    };
    assert_eq!((map(&[right, wrong]), map(&[wrong, right])), (1.0, 0.5));
    let zeros = [
        Detection {
            score: -0.0,
            ..right
        },
        Detection {
            score: 0.0,
            ..wrong
        },
    ];
    assert_eq!(map(&zeros), 1.0);
    // The same in two pictures.
    let pictures = |first: &[Detection], second: &[Detection]| {
        eval(1, &[(&[], first), (&truth, second)]).coco().ap50
    };
    assert!(near(pictures(&[wrong], &[right]), 0.5));
    assert!(near(pictures(&[], &[right, wrong]), 1.0));
}

#[test]
fn what_is_refused() {
    let whole = [TrueBox::new(square(0.0, 10.0), 1)];
    let mut eval = eval(2, &[(&whole, &[])]);
    let mut refused = |truth: TrueBox, found: Detection| {
        let error = eval.add(&[whole[0], truth], &[found]).unwrap_err();
        assert_eq!(eval.num_pictures(), 1);
        error.to_string()
    };
    let (truth, found) = (whole[0], Detection::new(square(0.0, 10.0), 0, 0.5));
    assert_eq!(
        refused(TrueBox { class: 2, ..truth }, found),
        "class of a box: expected below 2, the number of classes, found 2 in true box 1 of picture 1 (both counted from 0)"
    );
    let inverted = [5.0, 0.0, 4.0, 1.0];
    assert_eq!(
        refused(
            truth,
            Detection {
                bounds: inverted,
                ..found
            }
        ),
        "box: expected left, top, right, bottom: finite, left <= right and top <= bottom, \
         found [5.0, 0.0, 4.0, 1.0] in detection 0 of picture 1 (both counted from 0)"
    );
    for bounds in [
        [0.0, 2.0, 1.0, 1.0],
        [f64::NAN; 4],
        [0.0, 0.0, f64::INFINITY, 0.0],
        square(0.0, 1e200),
    ] {
        assert!(refused(TrueBox { bounds, ..truth }, found).starts_with("box: "));
    }
    for area in [-1.0, f64::NAN, f64::INFINITY] {
        let message = refused(
            TrueBox {
                area: Some(area),
                ..truth
            },
            found,
        );
        assert!(message.starts_with("area of a true box: "), "{message}");
    }
    for score in [f64::NAN, f64::INFINITY] {
        let message = refused(truth, Detection { score, ..found });
        assert!(message.starts_with("score of a detection: "), "{message}");
    }
    assert!(eval.precision_recall(2, 0.5).is_err());
    for threshold in [0.0, -0.5, 1.01, f64::NAN] {
        assert!(eval.precision_recall(0, threshold).is_err());
        assert!(eval.voc(threshold, VocRule::Area).is_err());
    }
    assert!(eval.errors(f64::NAN).is_err());
    // A box without area is unusual, and no mistake.
    assert!(eval.add(&[TrueBox::new([3.0; 4], 0)], &[]).is_ok());
}
