//! Pictures with boxes, and charts of how good a detector is.

use transfer::data::{BoxLabel, RgbImage};
use transfer::metrics::{Detection, DetectionEval, TrueBox};
use transfer::viz::*;

use super::{count, names, sound};

fn tile(caption: &str) -> BoxTile {
    BoxTile::new(RgbImage::new(200, 100), caption)
}

const ANT: [f32; 4] = [20.0, 30.0, 80.0, 70.0];

fn ant() -> BoxLabel {
    BoxLabel::new(ANT, 0)
}

fn bee(score: f64) -> Detection {
    Detection::new([100.0, 40.0, 150.0, 90.0], 1, score)
}

#[test]
fn pairs_of_truth_and_of_what_was_found() {
    let classes = names(&["a<nt", "bee"]);
    let pair = tile("one & all").truth(&[ant()]).found(&[bee(0.974)]);
    let chart = box_grid("Insects", &[pair, tile("nothing")], &classes, 2).unwrap();
    let svg = sound(&chart);
    for part in [
        ">a&lt;nt<",
        ">bee 0.97<",
        ">truth<",
        ">found<",
        ">one &amp; all<",
    ] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
    assert_eq!(count(&chart, "image"), 3);
    assert_eq!(
        chart.alt(),
        "Insects. 2 pictures, left the truth, right what was found: one & all (boxes: 1 true, 1 found); nothing"
    );
    // Each box has an edge and a line in its class's ink, and a label filled with it.
    for class in 0..2 {
        let plotters::style::RGBColor(r, g, b) = series_ink(class);
        let ink = format!("#{r:02x}{g:02x}{b:02x}");
        for way in ["stroke", "fill"] {
            let painted = format!("{way}=\"{ink}\"");
            assert_eq!(svg.matches(&painted).count(), 1, "{painted} in {svg}");
        }
    }
    // One kind of boxes only: one picture to a tile, and no headings. An empty title takes no room.
    let alone = box_grid("", &[tile("a").found(&[bee(1.0)])], &classes, 3).unwrap();
    assert!(count(&alone, "image") == 1 && !sound(&alone).contains(">found<"));
    assert_eq!(alone.alt(), "1 picture: a (boxes: 1 found)");
    sound(&box_grid("", &[], &[], 0).unwrap());
    let none = BoxTile::new(RgbImage::new(0, 0), "no pixels").truth(&[ant()]);
    assert_eq!(
        count(&box_grid("", &[none], &classes, 1).unwrap(), "image"),
        0
    );
}

#[test]
fn boxes_are_cut_at_the_edges_and_what_need_not_be_found_is_dashed() {
    let classes = names(&["ant"]);
    let drawn = |label: BoxLabel| box_grid("", &[tile("").truth(&[label])], &classes, 1).unwrap();
    let whole = drawn(ant());
    // Two lines and the label.
    assert_eq!((count(&whole, "rect"), count(&whole, "polyline")), (3, 0));
    for label in [
        BoxLabel {
            crowd: true,
            ..ant()
        },
        BoxLabel {
            difficult: true,
            ..ant()
        },
    ] {
        let dashed = drawn(label);
        assert!(count(&dashed, "rect") == 1 && count(&dashed, "polyline") > 20);
    }
    let beyond = drawn(BoxLabel::new([250.0, 10.0, 300.0, 40.0], 0));
    assert!(!sound(&beyond).contains(">ant<"));
    let large = drawn(BoxLabel::new([-1e6, -1e6, 1e6, 1e6], 0));
    assert!(sound(&large).contains(">ant<") && !large.svg().contains("\"-"));
}

#[test]
fn a_legend_where_labels_have_no_room() {
    let classes = names(&["a", "b", "c", "d", "e", "f", "the seventh class"]);
    let many: Vec<BoxLabel> = (0..400)
        .map(|number| {
            let (x, y) = ((number % 20 * 10) as f32, (number / 20 * 5) as f32);
            BoxLabel::new([x, y, x + 9.0, y + 4.0], 6 * (number % 2))
        })
        .collect();
    let crowded = tile("many").truth(&many);
    let chart = box_grid(
        "Many",
        &[crowded, tile("few").truth(&[BoxLabel::new(ANT, 1)])],
        &classes,
        2,
    );
    let chart = chart.unwrap();
    let svg = sound(&chart);
    // The classes of the crowded picture, each once; the other picture has its label.
    for name in [">a<", ">the seventh class<", ">b<"] {
        assert_eq!(svg.matches(name).count(), 1, "{name}");
    }
    assert!(!svg.contains(">c<"));
}

#[test]
fn what_is_wrong_with_a_box_is_said() {
    let classes = names(&["ant"]);
    let says = |tile: BoxTile| {
        let tiles = [self::tile("right"), tile];
        box_grid("", &tiles, &classes, 2).unwrap_err().to_string()
    };
    let error = says(tile("").truth(&[ant(), BoxLabel::new(ANT, 1)]));
    assert!(
        error.contains("true box 1 of tile 1") && error.contains("below 1"),
        "{error}"
    );
    assert!(says(tile("").found(&[bee(0.5)])).contains("detection 0 of tile 1"));
    let odd = Detection::new([0.0, 0.0, 9.0, 9.0], 0, f64::NAN);
    assert!(says(tile("").found(&[odd])).contains("score"));
    for bounds in [[5.0, 0.0, 1.0, 9.0], [0.0, f32::NAN, 1.0, 9.0]] {
        assert!(says(tile("").truth(&[BoxLabel::new(bounds, 0)])).contains("left <= right"));
    }
}

/// An ant found twice, one taken for a bee, and a box where there is nothing; no wasps.
fn eval() -> DetectionEval {
    let mut eval = DetectionEval::new(&names(&["ant", "bee", "wasp"]));
    let truth = [
        TrueBox::new([0.0, 0.0, 10.0, 10.0], 0),
        TrueBox::new([20.0, 0.0, 30.0, 10.0], 0),
        TrueBox::new([60.0, 0.0, 70.0, 10.0], 1),
    ];
    let found = [
        Detection::new([0.0, 0.0, 10.0, 10.0], 0, 0.9),
        Detection::new([0.0, 0.0, 10.0, 9.0], 0, 0.8),
        Detection::new([20.0, 0.0, 30.0, 10.0], 1, 0.7),
        Detection::new([80.0, 80.0, 90.0, 90.0], 1, 0.6),
        Detection::new([60.0, 0.0, 70.0, 10.0], 1, 0.1),
    ];
    eval.add(&truth, &found).unwrap();
    eval
}

#[test]
fn precision_against_recall() {
    let eval = eval();
    for iou in [0.5, 0.75] {
        let chart = precision_recall_chart("Insects", &eval, iou).unwrap();
        let coco = eval.coco();
        for class in &coco.classes[..2] {
            let name = format!(">{} {:.2}<", class.name, class.ap50);
            assert!(sound(&chart).contains(&name), "{name} in {}", chart.svg());
        }
        assert!(chart.svg().contains(">wasp: no values<") && count(&chart, "circle") == 0);
        let mean = format!(
            "mean average precision {:.2}, at an IoU of {iou} or more",
            coco.ap50
        );
        assert!(chart.alt().contains(&mean), "{}", chart.alt());
    }
    let none = DetectionEval::new(&[]);
    assert!(sound(&precision_recall_chart("", &none, 0.5).unwrap()).contains(">no values<"));
    assert!(precision_recall_chart("", &eval, 0.0).is_err());
}

#[test]
fn kinds_of_error() {
    let eval = eval();
    let chart = detection_errors_chart("Insects", &eval.errors(0.2).unwrap()).unwrap();
    let svg = sound(&chart);
    for part in [
        ">ant<",
        ">wasp<",
        ">3 objects<",
        ">4 detections<",
        ">wrong class<",
    ] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
    assert_eq!(
        chart.alt(),
        "Insects. 3 objects: 1 found, 1 nearly found, 1 missed; 4 detections: 1 right, 0 badly placed, 1 wrong class, \
         0 wrong class and badly placed, 1 found twice, 1 background. Left out: 1 detection with scores below 0.2, 0 of \
         crowds or difficult objects"
    );
    let many = DetectionEval::new(&super::numbered(7)).errors(0.5).unwrap();
    assert!(sound(&detection_errors_chart("", &many).unwrap()).contains(">all 7 classes<"));
    let none = DetectionEval::new(&[]).errors(0.5).unwrap();
    assert!(sound(&detection_errors_chart("", &none).unwrap()).contains(">all 0 classes<"));
}

#[test]
fn cocos_figures_as_a_table() {
    let coco = eval().coco();
    let html = coco.to_html();
    let percent = |value: f64| format!("{:.1} %", 100.0 * value);
    for part in [
        format!(">{}<", percent(coco.classes[0].ap50)),
        format!(">{}<", percent(coco.ap)),
        format!("AP75: {}", percent(coco.ap75)),
        ">mean of the classes<".into(),
        // Wasps have no average precision.
        ">–<".into(),
        "large: –".into(),
    ] {
        assert!(html.contains(&part), "{part} in {html}");
    }
    assert_eq!(html.matches("<tr>").count(), 1 + 4, "{html}");
    assert!(!html.contains("NaN") && DetectionEval::new(&[]).coco().to_html().contains("AP75: –"));
}
